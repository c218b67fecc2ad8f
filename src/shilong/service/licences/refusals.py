"""电子证照的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion, TooMany


class LicenceNotFound(NotFound):
    code = "licence_not_found"
    message = "没有找到这张证照，请核对标识。"


class TypeNotFound(NotFound):
    code = "licence_type_not_found"
    message = "没有这种证照类型。"


class OthersLicence(NotAllowed):
    code = "others_licence"
    message = "这张证照不在您的权限范围内。"


class TypeChanged(StaleVersion):
    code = "licence_type_changed"
    message = "这种证照的设置刚刚被别人改过，请刷新后再改。"


class AlreadyValid(Refused):
    """同一证照类型同一主体只允许一条有效（standards §4.5）。"""

    code = "licence_already_valid"
    message = "{holder} 已有一张有效的“{name}”（{number}），同一种证照只能有一张有效。请对原证办理变更、延续或注销。"
    status = 409


class PaperOnly(Refused):
    """婚姻、收养、继承等人身关系的文书不得用电子签名替代（电子签名法第三条第三款第一项）。"""

    code = "licence_paper_only"
    message = "“{name}”涉及人身关系，依法不能用电子签名替代，只发纸质证件。"


class FieldMissing(Refused):
    code = "licence_field_missing"
    message = "照面缺少：{labels}。请先补全再签发。"


class PendingVersion(Refused):
    code = "licence_version_pending"
    message = "这张证照已有一版在等签发，请先签发或作废它。"
    status = 409


class NotElectronic(Refused):
    code = "licence_not_electronic"
    message = "这张证照还没有电子文件。"


class FileBroken(Refused):
    code = "licence_file_broken"
    message = "证照文件与签发时的摘要不一致，已停止提供。请联系平台运维人员核查。"
    status = 500


class ReasonMissing(Invalid):
    code = "licence_reason_missing"
    message = "请写明理由与文号。"


class CauseMissing(Invalid):
    code = "licence_cause_missing"
    message = "请写明用证事由，不超过 200 字。"


class NoBasis(NotAllowed):
    """没有授权依据不得调用：既不是在办的事项要用，持证人也没有授权。"""

    code = "licence_no_basis"
    message = "没有调用这张证照的依据。请给出要用到它的办件编号，或请持证人授权、亮证。"


class GrantUnusable(NotAllowed):
    code = "licence_grant_unusable"
    message = "这份授权不能用：{detail}。"


class CodeUnusable(Refused):
    """重放、过期、被改动的亮证码说同一类话，但讲清原因，好让持证人重新出示。"""

    code = "licence_code_unusable"
    message = "亮证码{detail}，请持证人重新出示。"
    status = 409


class Guessing(TooMany):
    code = "licence_guessing"
    message = "查询太频繁，请 {minutes} 分钟后再试。"


class BatchEmpty(Invalid):
    code = "licence_batch_empty"
    message = "没有可以签发的证照：请选择本部门“待签发”的证照，最多 {most} 张。"


class CityUnavailable(Refused):
    code = "licence_city_unavailable"
    message = "市级电子证照平台暂时连不上：{detail}。恢复后会自动补推。"
    status = 503


class CityDown(Refused):
    """窗口、审批端当面查的时候：告诉人现在可以怎么办。"""

    code = "licence_city_down"
    message = (
        "市级电子证照平台现在没有应答（{detail}）。请先收纸质原件或请持证人亮证，过几分钟再查；"
        "一直不通，请运维人员到“系统管理—外部系统”试连。"
    )
    status = 503


class QueryStale(Refused):
    code = "licence_query_stale"
    message = "这次查询已经过了半小时，或不是您查到的这张证照，请重新查询。"
    status = 409


class NotHeld(Invalid):
    code = "licence_not_held"
    message = "证照库里没有申请人有效的“{name}”。请收纸质原件，或到“市级证照核验”里查。"


class SealBroken(Refused):
    code = "licence_seal_broken"
    message = "“{name}”的电子印章没有通过验证（{detail}），不能用作材料。请收纸质原件，并联系颁发部门。"
