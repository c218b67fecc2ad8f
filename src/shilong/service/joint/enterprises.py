"""按统一社会信用代码取企业信息：先查双告知建的企业信息表，没有的再问登记部门的接口。只用来自动填表，由申请人核对。"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from shilong.foundation.adapters import selectors as adapters
from shilong.foundation.adapters import signing
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.service.joint.models import Enterprise

KEY = "enterprise_registry"
PERSON = "1"


def prefill(applicant: ApplicantProfile) -> dict[str, Any]:
    """单位申请人能自动填的字段；个人与查不到的为空。"""
    if applicant.kind == PERSON or applicant.id_type != "001":
        return {}
    found = known(applicant.id_no) or _ask(applicant.id_no)
    return {key: value for key, value in found.items() if value}


def known(uscc: str) -> dict[str, Any]:
    """企业信息表里的一家，键是申请表的字段名；没有为空。"""
    row = Enterprise.objects.filter(uscc=uscc.strip().upper()).first()
    if row is None:
        return {}
    return _fields(row.name, row.uscc, row.legal_name, row.address, row.scope, row.capital)


def _ask(uscc: str) -> dict[str, Any]:
    """问登记部门的接口；没有启用、连不上、查不到都当没有：自动填表不能挡住申报。"""
    config = adapters.config(KEY)
    if config is None:
        return {}
    try:
        answer = signing.post(config, "/enterprises/query", {"uscc": uscc}, timeout=3.0)
    except signing.PeerUnavailable:
        return {}
    row = answer.get("data")
    if not isinstance(row, Mapping):
        return {}
    name, code, legal_name, address, scope = (str(row.get(key) or "")[:300] for key in ("name", "uscc", "legal_name", "address", "scope"))
    return _fields(name, code, legal_name, address, scope, _decimal(row.get("capital")))


def _fields(name: str, uscc: str, legal_name: str, address: str, scope: str, capital: Decimal | None) -> dict[str, Any]:
    return {
        "corp_name": name,
        "uscc": uscc,
        "legal_name": legal_name,
        "address": address,
        "place_address": address,
        "place_name": name,
        "shop_name": name,
        "scope": scope,
        "capital": float(capital) if capital is not None else None,
    }


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < 10**10 else None
