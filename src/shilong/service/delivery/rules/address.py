"""收件地址：字段、校验、脱敏。邮政编码为六位数字（GB/T 18416），手机号按号段校验。"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from shilong.foundation.codes import checks, masks
from shilong.foundation.refusals import Refused
from shilong.service.delivery.refusals import AddressInvalid

LIMIT = 20  # 一人或一个单位最多几个地址
LONGEST = {"name": 30, "province": 20, "city": 20, "county": 20, "detail": 120}
LABELS = {
    "name": "收件人",
    "mobile": "手机号",
    "province": "省（自治区、直辖市）",
    "city": "市（州、盟）",
    "county": "区县",
    "detail": "详细地址",
    "postcode": "邮政编码",
}
_POSTCODE = re.compile(r"[0-8]\d{5}")  # 首位 0–8，没有 9 开头的邮区
HOME = ("河南省", "平顶山市", "石龙区")
_MUNICIPAL = ("北京市", "天津市", "上海市", "重庆市")
_WHOLE = re.compile(
    r"(?P<province>[^省市区县]{2,8}(?:省|自治区)|北京市|天津市|上海市|重庆市)?"
    r"(?P<city>[^省市区县]{2,9}(?:市|自治州|地区|盟))?(?P<county>[^省市区县]{1,9}(?:区|县|旗|市))(?P<detail>.{4,})"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Contact:
    """一位收寄件人。"""

    name: str
    mobile: str
    province: str
    city: str
    county: str
    detail: str
    postcode: str = ""

    @property
    def region(self) -> str:
        """省市区连写；直辖市不重复。"""
        parts = [self.province, self.city if self.city != self.province else "", self.county]
        return "".join(parts)

    @property
    def full(self) -> str:
        return self.region + self.detail

    @property
    def is_office(self) -> bool:
        """用固定电话的是大厅：对外公开，不遮。"""
        return not (len(self.mobile) == 11 and self.mobile.isdigit() and self.mobile.startswith("1"))

    @property
    def masked_name(self) -> str:
        return self.name if self.is_office else masks.mask_name(self.name)

    @property
    def masked_mobile(self) -> str:
        return self.mobile if self.is_office else masks.mask_mobile(self.mobile)

    @property
    def masked_address(self) -> str:
        """省市区照写，详细地址遮住门牌。"""
        return self.full if self.is_office else f"{self.region}{masks.mask_address(self.detail)}"

    def dump(self) -> str:
        """存库的 JSON，外面再整体加密。"""
        return json.dumps(asdict(self), ensure_ascii=False)


def load(text: str) -> Contact | None:
    """`dump` 的逆；空串是还没有地址。"""
    return Contact(**json.loads(text)) if text else None


def clean(values: Mapping[str, str]) -> Contact:
    """校验并归一一个收件地址。

    参数：
        values: 键同 `LABELS`；只有邮编可以不填。

    异常：
        AddressInvalid: `fields` 指出每一处怎样改。
    """
    texts = {name: _CONTROL.sub("", str(values.get(name, ""))).strip() for name in LABELS}
    errors = {name: _missing(name) for name in LABELS if name != "postcode" and not texts[name]}
    errors |= {name: f"{LABELS[name]}最多 {most} 个字" for name, most in LONGEST.items() if len(texts[name]) > most}
    if texts["mobile"] and (problem := _mobile(texts["mobile"])):
        errors["mobile"] = problem
    if texts["postcode"] and not _POSTCODE.fullmatch(texts["postcode"]):
        errors["postcode"] = "邮政编码是 6 位数字，如 467045；不清楚可以不填"
    if texts["detail"] and "detail" not in errors and len(texts["detail"]) < 4:
        errors["detail"] = "详细地址请写到街道、小区或村组和门牌"
    if errors:
        raise AddressInvalid(count=len(errors), fields=errors)
    return Contact(**texts)


def from_form(form: Mapping[str, object]) -> Contact | None:
    """申请表里填的收件人与整段地址；拆不出省市区的不猜，返回 None，请申请人另选。"""
    found = _WHOLE.fullmatch(re.sub(r"\s", "", str(form.get("receiver_address") or "")))
    if found is None:
        return None
    province, city, county, detail = found.group("province", "city", "county", "detail")
    if county == HOME[2] and not city:
        province, city = HOME[0], HOME[1]
    values = {"province": province or (HOME[0] if city == HOME[1] else ""), "city": city or "", "county": county, "detail": detail}
    if values["province"] in _MUNICIPAL and not city:
        values["city"] = values["province"]
    try:
        return clean({**values, "name": str(form.get("receiver_name") or ""), "mobile": str(form.get("receiver_mobile") or "")})
    except AddressInvalid:
        return None


def _missing(name: str) -> str:
    return f"请填写{LABELS[name]}"


def _mobile(value: str) -> str:
    try:
        checks.check_mobile(value)
    except Refused as refused:
        return refused.text
    return ""
