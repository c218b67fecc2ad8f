"""终端设备（P11 P12）：一体机、评价器、等候屏、取号机的登记、激活、心跳、下发、截屏、报修、使用统计、指导视频。

激活码换设备令牌，只存散列；令牌只用来认这台终端，不代表任何人，别的接口不认它。
写：`services`（登记、激活、吊销、心跳、下发、截屏、故障、打印留痕、视频）；读：`selectors`；定时：离线判定、清理。
发布事件 `terminal.<动作>`（register activate revoke retire offline online，payload：number）与
`terminal.fault.<动作>`（report assign start resolve reopen cancel，payload：fault number state），以后由 ops.tickets 接成工单。
谁可以调用：web 各面孔。
"""
