"""申请人档案与预填值的换算。"""

import json
from dataclasses import asdict, fields
from typing import Any

from shilong.identity.accounts.selectors import ApplicantProfile

_PERSON = "1"


def dump(profile: ApplicantProfile) -> str:
    """存成 JSON（随后加密）。"""
    return json.dumps(asdict(profile), ensure_ascii=False)


def load(text: str) -> ApplicantProfile:
    """取回。多出的键忽略：旧草稿不因档案字段增减而打不开。"""
    data = json.loads(text)
    return ApplicantProfile(**{row.name: data[row.name] for row in fields(ApplicantProfile) if row.name in data})


def prefill_source(profile: ApplicantProfile) -> dict[str, Any]:
    """预填路径 `applicant.*` 能取到的值；个人与单位分开，主体不符的字段不会被误填。"""
    person = profile.kind == _PERSON
    return {
        "applicant": {
            **asdict(profile),
            "subject": "个人" if person else "单位",
            "person_name": profile.name if person else "",
            "person_id": profile.id_no if person and profile.id_type == "111" else "",
            "corp_name": "" if person else profile.name,
            "corp_id": "" if person else profile.id_no,
        }
    }
