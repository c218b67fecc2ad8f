"""把申请表变成给人看的样子：证件、手机按类型，姓名、地址、账号按含义脱敏；选项码变成文字。"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shilong.foundation.codes import masks

_MASKS = {"idcard": masks.mask_idno, "mobile": masks.mask_mobile}
# 文字框没有专门的类型，按预填自申请人的哪一项判断，没有预填的按标签判断；都可以凭事由揭示，其余内容审查要看，不遮。
_PREFILLED = {"name": masks.mask_name, "person_name": masks.mask_name, "legal_name": masks.mask_name, "address": masks.mask_address}


def _fields(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for section in definition.get("sections", []):
        yield from section.get("fields", [])


def _mask(field: Mapping[str, Any], value: Any) -> Any:
    if field.get("type") == "rows" and isinstance(value, list):
        return [{sub["key"]: _mask(sub, row.get(sub["key"])) for sub in field.get("fields", [])} for row in value if isinstance(row, dict)]
    mask = _MASKS.get(str(field.get("type"))) or _by_meaning(field)
    return mask(value) if mask and isinstance(value, str) and value else value


def _by_meaning(field: Mapping[str, Any]) -> Callable[[str], str] | None:
    if field.get("type") not in ("text", "textarea"):
        return None
    source = str(field.get("prefill") or "")
    if source.startswith("applicant.") and (mask := _PREFILLED.get(source.removeprefix("applicant."))):
        return mask
    label = str(field.get("label") or "")
    return next((mask for words, mask in _LABELLED if any(word in label for word in words)), None)


def _person_or_firm(value: str) -> str:
    """一栏里可能是人也可能是单位：四字以内或带间隔号的按人名遮，单位名称依法公开。"""
    return masks.mask_name(value) if len(value.strip()) <= 4 or "·" in value else value


# 另一方当事人、家庭成员、受托人的姓名不预填，只能按标签认；“姓名或名称”在前，先长后短。
_LABELLED: tuple[tuple[tuple[str, ...], Callable[[str], str]], ...] = (
    (("姓名或名称",), _person_or_firm),
    (("姓名", "收件人", "户名"), masks.mask_name),
    (("证件号", "证号", "银行账号", "银行卡号"), masks.mask_idno),
)


def meaning(field: Mapping[str, Any], value: str) -> str:
    """文字框装的是什么：name 姓名、address 地址、idcard 证件或账号；看不出来为空串。与办件页面的脱敏同一套判断。"""
    mask = _by_meaning(field)
    if mask is _person_or_firm:
        mask = masks.mask_name if _person_or_firm(value) != value else None
    kinds: dict[Callable[[str], str] | None, str] = {masks.mask_name: "name", masks.mask_address: "address", masks.mask_idno: "idcard"}
    return kinds.get(mask, "")


def masked(definition: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    """按字段类型与含义脱敏；定义里没有的键不给出。"""
    return {field["key"]: _mask(field, form[field["key"]]) for field in _fields(definition) if field["key"] in form}


def text(field: Mapping[str, Any], value: Any) -> str:
    """一个值给人看的文字。"""
    labels = {}
    for option in field.get("options") or []:
        code, label = (option.get("value"), option.get("label")) if isinstance(option, Mapping) else (option, option)
        labels[str(code)] = str(label)
    if isinstance(value, list):
        return "、".join(labels.get(str(one), str(one)) for one in value)
    return labels.get(str(value), "" if value is None else str(value))


def sections(definition: Mapping[str, Any], form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """[{title, rows:[(标签, 值)], tables:[(标签, 表头, 行)]}]；没填的不显示。"""
    shown = []
    for section in definition.get("sections", []):
        rows, tables = [], []
        for field in section.get("fields", []):
            value = form.get(field["key"])
            if value in (None, "", []):
                continue
            if field.get("type") == "rows":
                subs = field.get("fields", [])
                tables.append((field["label"], [s["label"] for s in subs], [[text(s, row.get(s["key"])) for s in subs] for row in value]))
            else:
                rows.append((field["label"], text(field, value)))
        if rows or tables:
            shown.append({"title": section.get("title", ""), "rows": rows, "tables": tables})
    return shown
