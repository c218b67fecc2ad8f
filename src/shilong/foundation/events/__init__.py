"""领域事件：业务事务里写一行发件箱，提交后变成每个消费者各一个作业；至少一次投递，消费恰好生效一次。

需求：P02（办件各环节的联动）、P27（不丢不重）、W06（一处提交，各部门各得其所）。

    services.emit("case.accept", key=case_no, case_no=case_no, version=3)      # 必须在事务里

    @consumer("case.accept", name="notify.case")                              # 写在 consumers.py，自动发现
    def tell(event: EventView) -> None: ...                                    # 与回执同一事务；外部调用请在里面入队作业

主题可写 `case.*` 订阅一类。同一消费者的事件按发生顺序派发，但重试与多线程会打乱次序，消费者须自己看版本号。
"""
