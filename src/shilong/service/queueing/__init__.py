"""叫号（W01）：大厅、窗口组、窗口；现场与预约取号、叫号顺序、呼叫到办结的状态机、等候屏、等待统计。

写：`services`（取号、呼叫、重呼、过号、找回、转窗、弃号、办结、窗口与大厅配置）；读：`selectors`。
同一号只会被一个窗口叫到：叫号锁住当天的队列行，数据库另约束一个窗口同时只有一个号。
发布事件 `queueing.<动作>`：taken 取号、called 呼叫、recalled 重呼、serving 开始办理、finished 办结、missed 过号、
returned 找回、transferred 转窗、abandoned 弃号、expired 下班清号。payload（只有编号，没有个人信息）：
ticket（号的 uid）number（如 A012）hall group（键）window（窗口名，未叫到为空）staff（窗口人员账号）
account_id agent_for（取号人账号，现场取号为空）item_code case_no booking_no。
评价器可消费 called（弹出等待）与 finished（弹出评价）。
谁可以调用：web 各面孔、service.booking（签到取号）；booking 认识本模块，本模块不认识 booking。
"""
