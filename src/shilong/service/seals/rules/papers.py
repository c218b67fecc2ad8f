"""哪些文书要盖章、盖哪种章（行政许可法第三十二条第二款：受理与不予受理的凭证加盖本机关专用印章）。"""

from collections.abc import Mapping

_NOTICE = ("12", "11", "01")  # 受理专用章、行政审批专用章、法定名称章，部门有哪枚用哪枚，靠前的优先
_DECISION = ("11", "01")

# 承诺书由申请人自己签；一次性告知单不针对具体的人，都不盖章。
PAPER_SEALS: Mapping[str, tuple[str, ...]] = {
    "receipt": _NOTICE,
    "acceptance": _NOTICE,
    "rejection": _NOTICE,
    "correction": _NOTICE,
    "withdrawal": _NOTICE,
    "special": _DECISION,
    "extension": _DECISION,
    "grant": _DECISION,
    "deny": _DECISION,
    "delivery": _DECISION,
    "register": _DECISION,
}
