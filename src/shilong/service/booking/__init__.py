"""线上预约（W01）：时段与容量模板、按日滚动的号源、预约、改约、取消、签到、爽约与限制预约、临时停办。

写：`services`；读：`selectors`；接口：`api`；定时：生成号源、提醒、记爽约。一个时段不会超卖：条件更新占名额，数据库约束“已约不超过容量”。
发布事件 `booking.<动作>`：made 预约 changed 改约 cancelled 取消 arrived 签到 missed 爽约 suspended 停办待改约
restored 恢复 reminded 提醒，payload：number（预约编号）item_code slot ticket（签到取得的号，其余为空）。
大厅、窗口组与发号用 `service.queueing` 的公开服务。谁可以调用：web 各面孔、接口、一体机。
"""
