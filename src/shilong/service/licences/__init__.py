"""电子证照（P05 P18 P20）：类型与照面、制证、签发、变更、共享调用、亮证、验真、归集推送。

办件准予（`case.decide`）后自动制成待签发的证照；签发时生成 OFD 原件（附结构化数据、盖章），PDF 副本在首次下载时生成，都加密存放。
写：`services`（签发、状态变更、批量、导入、授权、亮证、推送、市级核验、用作材料、告知持证人）；读：`selectors`；接口：`api`；
定时：过期、到期前提醒、补推。凭什么用别人的证照只在 `basis` 判。
发布事件 `licence.<动作>`（issue suspend resume revoke cancel expire supersede），payload：uid seq state。
谁可以调用：web 各面孔、service.materials（申报时选用，窗口代填时调用）。标识 GB/T 36904，元数据 GB/T 36903，状态 standards §4.5。
"""
