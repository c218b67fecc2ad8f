"""证照快递的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion, TooLarge


class AddressNotFound(NotFound):
    """不是本人的与没有的说同一句话。"""

    code = "address_not_found"
    message = "没有找到这个收件地址，可能已经删除。请到“收件地址”重新选择。"


class AddressInvalid(Invalid):
    code = "address_invalid"
    message = "收件地址有 {count} 处需要修改，请按提示改正。"


class TooManyAddresses(Refused):
    code = "too_many_addresses"
    message = "最多保存 {limit} 个收件地址，请先删掉不用的。"


class AgentCannotEdit(NotAllowed):
    """限定事项的经办人可以选用单位的地址，不能改单位的地址簿。"""

    code = "agent_cannot_edit_addresses"
    message = "您的经办授权只限部分事项，可以选用单位的收件地址，不能增删改。请由单位账号或全权经办人维护。"


class ShipmentNotFound(NotFound):
    """不在权限范围内的与没有的说同一句话。"""

    code = "shipment_not_found"
    message = "没有找到这份寄递单，请核对单号。"


class ShipmentChanged(StaleVersion):
    code = "shipment_changed"
    message = "这份寄递单刚刚被别人处理过，请刷新页面后再操作。"


class ShipmentState(Refused):
    code = "shipment_state"
    message = "寄递单现在是“{state}”，不能{action}。"
    status = 409


class WayInvalid(Invalid):
    code = "way_invalid"
    message = "请选择领取方式；选快递的要选一个收件地址。"


class WayLocked(Refused):
    code = "way_locked"
    message = "快件已经{state}，不能再改领取方式和地址。需要改址请联系大厅窗口。"
    status = 409


class WayClosed(Refused):
    code = "way_closed"
    message = "办件已是“{state}”，不需要再选领取方式。"
    status = 409


class PickupInvalid(Invalid):
    code = "pickup_invalid"
    message = "上门取件的信息没有填完整，请按提示修改。"


class AlreadyRequested(Refused):
    code = "shipment_exists"
    message = "这件办件已有一份正在办理的{kind}（{number}），办完或取消后才能再建。"
    status = 409


class NotPacked(Invalid):
    code = "not_packed"
    message = "打包核对还没有完成：{names}。请逐项放入并勾选后再下单。"


class OrderInvalid(Invalid):
    code = "order_invalid"
    message = "下单信息有误，请按提示修改。"


class CourierUnknown(Invalid):
    code = "courier_unknown"
    message = "这家快递公司没有启用，请选别的，或先由系统管理员在“外部系统”里配置。"


class ManualOnly(Refused):
    code = "manual_only"
    message = "这份寄递单由{courier}的接口更新，不能手工登记轨迹。"
    status = 409


class NoteMissing(Invalid):
    code = "delivery_note_missing"
    message = "请写明情况，2 到 300 个字。"


class PushRefused(NotAllowed):
    """推送来源不可信：口令、签名或时间戳不对。细节不说给对方听。"""

    code = "push_refused"
    message = "签名验证失败"


class PushInvalid(Invalid):
    code = "push_invalid"
    message = "推送报文不符合约定"


class PushTooLarge(TooLarge):
    code = "push_too_large"
    message = "推送报文太大"
