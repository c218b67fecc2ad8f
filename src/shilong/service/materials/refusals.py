"""草稿的业务拒绝。"""

from shilong.foundation.refusals import NotFound, Refused, StaleVersion


class DraftNotFound(NotFound):
    """没有这份草稿，或不是自己的：两种情形说同一句话，不让人猜出别人有没有草稿。"""

    code = "draft_not_found"
    message = "没有找到这份草稿，可能已经提交或删除。请从事项页面重新开始。"


class DraftChanged(StaleVersion):
    """同一份草稿在另一台设备上改过。"""

    code = "draft_changed"
    message = "这份草稿刚刚在另一个窗口或设备上改过，请刷新后接着填。"


class DraftSubmitted(Refused):
    """已经提交，不能再改草稿。"""

    code = "draft_submitted"
    message = "这份申请已经提交（{case_no}），请到“我的办件”查看进度。"
    status = 409


class NoSuchMaterial(Refused):
    """按所选情形不需要这份材料。"""

    code = "no_such_material"
    message = "按您选的情形不需要这份材料，请刷新页面。"


class LateNotAllowed(Refused):
    """这份材料不能容缺。"""

    code = "late_not_allowed"
    message = "“{name}”不能容缺后补，请现在上传。"


class TooManyFiles(Refused):
    """一份材料的文件太多。"""

    code = "too_many_files"
    message = "一份材料最多 {limit} 个文件，请先合成一个 PDF。"


class Incomplete(Refused):
    """还有没填完、没传齐的；`fields` 的键是步骤与路径。"""

    code = "draft_incomplete"
    message = "还有 {count} 处没有完成，请按提示补全后再提交。"


class PromiseNeeded(Refused):
    """没有勾选真实性承诺等。"""

    code = "promise_needed"
    message = "请先阅读并勾选真实性承诺与个人信息处理告知。"


class NothingToSign(Refused):
    """这个事项没有由申请表生成的材料。"""

    code = "nothing_to_sign"
    message = "“{item}”没有需要签名的申请表，不用签名。"


class SignatureOutdated(Refused):
    """签的是当时的内容：之后改过的，原来的签名不能算数（电子签名法第十三条）。"""

    code = "signature_outdated"
    message = "签名之后申请表改过，原来的签名不再有效。请重新签名，或删除签名后再提交。"
    status = 409
