"""给演示与各模块测试用：不经办件直接造一张待签发的证照，之后照常签发。"""

import json
from collections.abc import Mapping

from shilong.foundation.gm.fields import blind_index
from shilong.identity.roles.actor import SYSTEM
from shilong.service.licences import journal
from shilong.service.licences.models import Licence, LicenceType
from shilong.service.licences.services.making import draft


def make_draft(type_name: str, *, name: str, code: str, kind: str = "1", face: Mapping[str, str] | None = None) -> Licence:
    """造一张待签发的证照；已有这个主体这种证照的，返回已有的。

    参数：
        type_name: 证照名称。name、code: 持证主体与代码。kind: 1 自然人，2 企业。
        face: {照面项名称: 值}。
    """
    row = LicenceType.objects.get(name=type_name)
    index = blind_index(code)
    if found := Licence.objects.filter(type=row, holder_index=index).first():
        return found
    keys = {one["label"]: one["key"] for one in row.fields}
    holder = {
        "holder_name": name,
        "holder_kind": kind,
        "holder_code": code,
        "holder_code_type": "111" if kind == "1" else "001",
        "holder_index": index,
    }
    values = {keys[label]: value for label, value in (face or {}).items() if label in keys}
    made = draft(row, holder, department=row.department, created_by=SYSTEM.name, face=json.dumps(values, ensure_ascii=False))
    journal.record(made, "make", "", SYSTEM, reason="存量证照转为电子证照")
    return made
