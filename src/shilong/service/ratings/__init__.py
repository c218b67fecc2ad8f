"""好差评（W03 P07）：评价、评价器、差评整改闭环、公开、分析与上报。

`Occasion` 是“一次可评的服务”（一办件一环节，或窗口一次接待），`Rating` 是对它的评价：首评一次、追评一次；
无人评价的到期记系统默认评价（pf=7），两套指标并存。实名差评自动立工单：核实 → 整改 → 回访 → 办结，申诉由另一人复核。
写：`services`（open_onsite 供叫号等调用、rate、默认评价、工单各步、终端、规则）；读：`selectors`；接口：`api`。
统计只读汇总表 `Tally`，由事件增量维护，`services.tallies.rebuild` 可重建。
发布事件 `rating.opened` `rating.rated` `rating.excluded`，payload：occasion ticket。
谁可以调用：web 各面孔、service.queueing（事件 `queueing.finished`）。
口径与码值见 standards §3；工作人员看不到评价人身份（国办发〔2019〕51号）。
"""
