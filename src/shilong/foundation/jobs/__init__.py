"""后台作业与定时：自有 `Job`/`Schedule` 表，事务内入队，崩溃后由租约收回。

需求：P02（办件流程的后台动作、故障处理）、P27（正常运行保障：数据库断开自动恢复、死信可见可重放）。

写法（`tasks.py`，由 `apps.ready()` 自动发现）：

    @job("documents.render", retries=8, base=30, cap=3600)
    def render(number): ...
    render.enqueue(number, key=f"render:{number}")

作业至少执行一次，因此必须幂等；同一个 `key` 在排队中只留一份。不发布事件；所有模块都可以调用。
"""
