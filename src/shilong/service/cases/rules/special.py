"""特别程序：哪些停表、依据是什么。停表只认行政许可法第四十五条列举的情形，或事项配置了单行法依据的。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shilong.service.cases.refusals import SpecialNotAllowed


@dataclass(frozen=True, slots=True)
class SpecialKind:
    """一种特别程序。`pauses` 是否停表；`inspectors` 结束时至少几名核查人员。"""

    code: str
    name: str
    pauses: bool
    basis: str
    inspectors: int = 0


ARTICLE_45 = "行政许可法第四十五条"
KINDS = {
    kind.code: kind
    for kind in (
        SpecialKind("hearing", "听证", True, ARTICLE_45),
        SpecialKind("bidding", "招标", True, ARTICLE_45),
        SpecialKind("auction", "拍卖", True, ARTICLE_45),
        SpecialKind("inspection", "检验", True, ARTICLE_45),
        SpecialKind("testing", "检测", True, ARTICLE_45),
        SpecialKind("quarantine", "检疫", True, ARTICLE_45),
        SpecialKind("appraisal", "鉴定", True, ARTICLE_45),
        SpecialKind("expert_review", "专家评审", True, ARTICLE_45),
        SpecialKind("site_check", "现场核查", False, "行政许可法第三十四条第三款", 2),
        SpecialKind("publicity", "公示", False, "单行法另有规定的从其规定"),
        SpecialKind("consultation", "征求意见", False, "行政许可法第三十六条、第四十七条"),
        SpecialKind("deliberation", "集体讨论", False, "行政机关负责人集体讨论"),
    )
}
_ALIASES = {
    "expert": "expert_review",
    "survey": "site_check",
    "inspection_site": "site_check",
    "onsite": "site_check",
    "site_inspection": "site_check",
    "tender": "bidding",
    "现场勘验": "site_check",
    "现场检查": "site_check",
    "现场勘查": "site_check",
    "实地核查": "site_check",
    "实地检查": "site_check",
    "现场审查": "site_check",
    "现场审核": "site_check",
    "勘验": "site_check",
}
_BY_NAME = {kind.name: kind for kind in KINDS.values()}


def resolve(value: str, configured: Sequence[Mapping[str, Any]]) -> SpecialKind:
    """把页面或接口给的种类（代码或中文名）变成规则；事项配置可以给出单行法依据使其停表。

    参数：
        configured: 办件快照里的特别程序配置，每项含 kind、name、basis、days、pauses。

    异常：
        SpecialNotAllowed: 既不是法定情形，也没有配置。
    """
    value = value.strip()
    own = next((row for row in configured if value and value in (row.get("kind"), row.get("name"))), None)
    known = KINDS.get(value) or _BY_NAME.get(value) or KINDS.get(_ALIASES.get(value, ""))
    if known is None and own is not None:
        known = KINDS.get(str(own.get("kind"))) or KINDS.get(_ALIASES.get(str(own.get("name")), ""))
    if known is None and own is None:
        names = [kind.name for kind in KINDS.values()] + [str(row.get("name")) for row in configured if row.get("name") not in _BY_NAME]
        raise SpecialNotAllowed(kind=value or "（未选择）", choices="、".join(names))
    if own is None:
        assert known is not None  # noqa: S101 - 上面已排除
        return known
    return _merge(own, known)


def _merge(own: Mapping[str, Any], known: SpecialKind | None) -> SpecialKind:
    """配置可以让非列举的种类停表，但必须有依据；不能取消两名核查人员的要求。"""
    basis = str(own.get("basis") or (known.basis if known else ""))
    pauses = (known.pauses if known else False) or bool(own.get("pauses") and own.get("basis"))
    code = known.code if known else str(own.get("kind") or own.get("name"))
    return SpecialKind(code, str(own.get("name") or (known.name if known else code)), pauses, basis, known.inspectors if known else 0)


def choices(configured: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """页面下拉：事项配置的在前，法定列举的在后。"""
    own = [(str(row.get("kind") or row.get("name")), str(row.get("name"))) for row in configured]
    seen = {code for code, _ in own}
    return own + [(kind.code, kind.name) for kind in KINDS.values() if kind.code not in seen]
