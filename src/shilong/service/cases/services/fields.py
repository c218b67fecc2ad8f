"""动作内容的校验：逐项收集错误，一次说清，不让人改一处报一处。"""

from collections.abc import Mapping, Sequence
from typing import Any

from shilong.service.cases.refusals import PayloadInvalid

TEXT_LIMIT = 2000


class Fields:
    """读取动作的 payload；`done()` 时把全部问题一起抛出。"""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self.payload = payload
        self.errors: dict[str, str] = {}

    def text(self, key: str, label: str, *, required: bool = True, limit: int = TEXT_LIMIT, message: str = "") -> str:
        """一段文字。"""
        raw = self.payload.get(key)
        value = str(raw).strip() if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
        if raw not in (None, "") and not value and not isinstance(raw, str):
            self.errors[key] = f"{label}应是文字"
        elif required and not value:
            self.errors[key] = message or f"请填写{label}"
        elif len(value) > limit:
            self.errors[key] = f"{label}最多 {limit} 字，现在 {len(value)} 字"
        elif "\x00" in value:
            self.errors[key] = f"{label}含有不可见字符，请删除后重填"
        return value

    def choice(self, key: str, label: str, choices: Mapping[str, str], *, aliases: Mapping[str, str] | None = None) -> str:
        """单选；返回码值。"""
        raw = str(self.payload.get(key) or "").strip()
        value = (aliases or {}).get(raw, raw)
        if value not in choices:
            options = "、".join(f"{code}（{name}）" for code, name in choices.items())
            self.errors[key] = f"请选择{label}：{options}"
        return value

    def integer(self, key: str, label: str, *, low: int, high: int, default: int | None = None, unit: str = "") -> int:
        """整数，含两端。"""
        raw = self.payload.get(key)
        if raw in (None, "") and default is not None:
            return default
        try:
            value = int(str(raw))
        except ValueError:
            self.errors[key] = f"请填写{label}，{low} 到 {high} 之间的整数{unit}"
            return low
        if not low <= value <= high:
            self.errors[key] = f"{label}须在 {low} 到 {high}{unit}之间，现在是 {value}"
        return value

    def rows(self, key: str, label: str, *, required: bool = True) -> Sequence[Mapping[str, Any]]:
        """若干行。"""
        raw = self.payload.get(key)
        if isinstance(raw, list) and all(isinstance(row, Mapping) for row in raw) and len(raw) <= 100 and (raw or not required):
            return raw
        if required or raw:
            self.errors[key] = f"请逐项填写{label}"
        return []

    def done(self) -> None:
        """异常：PayloadInvalid，`fields` 指出每一处。"""
        if self.errors:
            raise PayloadInvalid(fields=self.errors)
