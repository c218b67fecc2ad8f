"""申请表规则：可见性、校验、预填。纯函数；坏输入得到指明位置的一句话，不抛栈。"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from shilong.foundation.refusals import Invalid
from shilong.service.forms.conditions import holds, is_filled
from shilong.service.forms.values import Bad, clean_value

__all__ = ["draft", "fields", "holds", "locked", "prefill", "require_valid", "validate", "visible"]

Definition = Mapping[str, Any]
Values = Mapping[str, Any]
MAX_ROWS = 50
MAX_KEYS = 400
DRAFT_TEXT = 5000


def fields(definition: Definition) -> Iterator[dict[str, Any]]:
    """按显示次序列出最外层字段（重复行算一个字段）。"""
    for section in definition.get("sections", []):
        yield from section.get("fields", [])


def visible(definition: Definition, data: Values, context: Values | None = None) -> set[str]:
    """当前显示的字段路径，重复行内为 `rows.0.key`。

    条件只看排在前面且自己也显示的字段：被隐藏的旧答案不再影响别的字段。

    参数：
        context: 表单以外的条件值，如 `{"situation.house": "rent"}`。
    """
    return set(_Walk(definition, data if isinstance(data, Mapping) else {}, context).shown)


def validate(definition: Definition, data: Any, context: Values | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """校验并清洗一份填写内容。

    返回：
        (clean, errors)。clean 只含显示着的字段，类型已归一（数字、ISO 日期、大写证件号）；
        errors 是路径到一句话，路径如 `area`、`staff.0.idno`；空路径是整份表的错误。
    """
    if not isinstance(data, Mapping):
        return {}, {"": "申请表内容应是一组“字段: 值”。"}
    walk = _Walk(definition, data, context)
    return walk.clean, walk.errors


def require_valid(definition: Definition, data: Any, context: Values | None = None) -> dict[str, Any]:
    """同 `validate`，有错就拒绝。

    异常：
        Invalid: 有任何一处不合规，`fields` 指明每一处。
    """
    clean, errors = validate(definition, data, context)
    if errors:
        raise Invalid(f"申请表有 {len(errors)} 处需要修改。", fields=errors)
    return clean


def draft(definition: Definition, data: Any) -> dict[str, Any]:
    """草稿：可以没填完、填错，但只收表里有的字段，且限制大小。

    异常：
        Invalid: 不是一组“字段: 值”、有表里没有的字段、过长、行数超限。
    """
    if not isinstance(data, Mapping):
        raise Invalid(fields={"": "申请表内容应是一组“字段: 值”。"})
    errors: dict[str, str] = {}
    kept = _draft_row(list(fields(definition)), data, "", errors)
    if errors:
        raise Invalid("草稿没有保存：有内容不符合申请表。", fields=errors)
    return kept


def prefill(definition: Definition, profile: Any) -> dict[str, Any]:
    """按字段的 `prefill` 路径取值，如 `applicant.name`；取不到的不填。

    参数：
        profile: `{"applicant": ApplicantProfile 或字典, …}`。
    """
    filled = {}
    for field in fields(definition):
        value = _path(profile, field["prefill"]) if field.get("prefill") else None
        if is_filled(value):
            filled[field["key"]] = value
    return filled


def locked(definition: Definition, filled: Values) -> set[str]:
    """已由实名资料填好、不能改的字段：标了 `lock` 且预填到了值。"""
    return {field["key"] for field in fields(definition) if field.get("lock") and field["key"] in filled}


def _path(source: Any, path: str) -> Any:
    for part in path.split("."):
        if is_dataclass(source) and not isinstance(source, type):
            source = asdict(source)
        source = source.get(part) if isinstance(source, Mapping) else None
    return source


class _Walk:
    """顺着定义走一遍：边走边判断可见、清洗、记错。"""

    def __init__(self, definition: Definition, data: Values, context: Values | None) -> None:
        self.errors: dict[str, str] = {}
        self.shown: list[str] = []
        self.clean = self._sections(definition, data, dict(context or {}))

    def _sections(self, definition: Definition, data: Values, seen: dict[str, Any]) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        every = list(fields(definition))
        self._unknown(every, data, "")
        for section in definition.get("sections", []):
            if holds(section.get("show"), seen):
                clean.update(self._row(section.get("fields", []), data, "", seen))
        return clean

    def _row(self, specs: list[dict[str, Any]], data: Values, prefix: str, seen: dict[str, Any]) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        for spec in specs:
            if not holds(spec.get("show"), seen):
                continue
            key, path = spec["key"], prefix + spec["key"]
            self.shown.append(path)
            try:
                value = self._rows(spec, data.get(key), path, seen) if spec["type"] == "rows" else clean_value(spec, data.get(key))
            except Bad as error:
                self.errors[path] = str(error)
                seen[key] = data.get(key)
                continue
            seen[key] = clean[key] = value
            if spec.get("required") and not is_filled(value):
                self.errors[path] = _missing(spec)
        return clean

    def _rows(self, spec: dict[str, Any], rows: Any, path: str, seen: dict[str, Any]) -> list[dict[str, Any]]:
        rows = [] if rows is None else rows
        if not isinstance(rows, list):
            raise Bad("应是若干行")
        least, most = int(spec.get("min") or (1 if spec.get("required") else 0)), int(spec.get("max") or MAX_ROWS)
        if not least <= len(rows) <= most:
            raise Bad(f"最多填写 {most} 行，现在有 {len(rows)} 行" if len(rows) > most else f"至少填写 {least} 行")
        return [self._one(spec["fields"], row, f"{path}.{index}.", seen) for index, row in enumerate(rows)]

    def _one(self, specs: list[dict[str, Any]], row: Any, prefix: str, seen: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(row, Mapping):
            self.errors[prefix[:-1]] = "这一行应是一组“字段: 值”"
            return {}
        self._unknown(specs, row, prefix)
        return self._row(specs, row, prefix, dict(seen))

    def _unknown(self, specs: list[dict[str, Any]], data: Values, prefix: str) -> None:
        known = {spec["key"] for spec in specs}
        for key in list(data)[:MAX_KEYS]:
            if key not in known:
                self.errors[prefix + str(key)[:60]] = "申请表里没有这一项"


def _missing(spec: Mapping[str, Any]) -> str:
    verb = "请选择" if spec["type"] in ("radio", "select", "checks", "date") else "请填写"
    return f"{verb}{spec['label']}"


def _draft_row(specs: list[dict[str, Any]], data: Values, prefix: str, errors: dict[str, str]) -> dict[str, Any]:
    known = {spec["key"]: spec for spec in specs}
    kept: dict[str, Any] = {}
    for key in list(data)[:MAX_KEYS]:
        path = prefix + str(key)[:60]
        if key not in known:
            errors[path] = "申请表里没有这一项"
        elif known[key]["type"] == "rows":
            kept[key] = _draft_rows(known[key], data[key], path, errors)
        elif _plain(data[key]):
            kept[key] = data[key]
        else:
            errors[path] = "内容太长或类型不对"
    return kept


def _draft_rows(spec: dict[str, Any], rows: Any, path: str, errors: dict[str, str]) -> list[dict[str, Any]]:
    most = int(spec.get("max") or MAX_ROWS)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        errors[path] = "应是若干行"
        return []
    if len(rows) > most:
        errors[path] = f"最多填写 {most} 行"
        return []
    return [_draft_row(spec["fields"], row, f"{path}.{index}.", errors) for index, row in enumerate(rows)]


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= MAX_ROWS and all(isinstance(item, str) and len(item) <= 200 for item in value)
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= DRAFT_TEXT)
