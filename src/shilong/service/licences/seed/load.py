"""装入内置证照类型；已有的不动（管理员可能已经改过）。"""

from django.db import transaction

from shilong.identity.organizations import selectors as organizations
from shilong.service.catalog.seed.contents import Seed, contents
from shilong.service.licences.models import LicenceType, TypeItem
from shilong.service.licences.rules import layouts, validity
from shilong.service.licences.seed.kinds import KINDS, Kind, fields
from shilong.service.licences.seed.looks import template


def install() -> int:
    """装入，返回新建的种数。部门还没有建的跳过。"""
    known = {row.key: row for row in organizations.departments(include_inactive=True)}
    by_seq = {row.seq: row for row in contents()}
    order: dict[str, int] = {}
    created = 0
    for kind in KINDS:
        item = by_seq[kind.seqs[0][0]]
        key = str(item.content["department"])
        order[key] = order.get(key, 0) + 1
        if key in known:
            created += _one(kind, f"{item.department_code}{order[key]:03d}", key, known[key].name, by_seq)
    return created


@transaction.atomic
def _one(kind: Kind, code: str, department: str, authority: str, items: dict[int, Seed]) -> int:
    rows = layouts.check_fields(fields(kind))
    row, created = LicenceType.objects.get_or_create(
        code=code,
        defaults={
            "name": kind.name,
            "authority_name": authority,
            "authority_code": code[:18],
            "department": department,
            "word": kind.word,
            "validity": validity.check({"kind": "years", "years": kind.years} if kind.years else {"kind": "long"}),
            "fields": rows,
            "template": layouts.check_template(template(kind.look, rows), set(layouts.STANDARD) | {one["key"] for one in rows}),
            "electronic": kind.electronic,
            "auto_issue": kind.auto and kind.electronic,
        },
    )
    for seq, effect in kind.seqs:
        TypeItem.objects.get_or_create(item_code=items[seq].code, defaults={"type": row, "effect": effect})
    return int(created)
