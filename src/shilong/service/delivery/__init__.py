"""证照快递与收件地址簿（W04 W05）：收件地址、领取方式、上门揽件、证照寄送、物流轨迹、签收回写送达。

申请人选领取方式（窗口、快递、电子）；作出决定（`case.decide`）后选快递的自动生成待寄件，窗口打包、下单、打印面单；
轨迹由快递公司推送、定时补查，签收后以系统身份对办件执行 `deliver`（邮寄，凭物流单号）。快递公司是适配器（`adapters`）。
写：`services`；读：`selectors`；推送接口：`api`；定时：补下单、补查轨迹、久未移动的标异常。
发布事件 `delivery.<动作>`（create place order cancel sign problem handle），payload：number case_no kind state。
谁可以调用：web 的门户与窗口。办件引擎不认识本模块，领取方式按办件号存在这里。
"""
