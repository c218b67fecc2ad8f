"""导出推送省平台用的标准数据：整理、签名。含实名评价人的信息，只给审批局，每次留审计。"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.days import day_end, day_start
from shilong.foundation.documents.services import site_url
from shilong.foundation.gm import keystore
from shilong.foundation.gm.errors import KeyExists
from shilong.foundation.gm.provider import provider
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, require
from shilong.service.cases.selectors import served as cases
from shilong.service.cases.selectors.served import Contact, Served
from shilong.service.ratings.models import Rating
from shilong.service.ratings.permissions import EDITORS
from shilong.service.ratings.rules import standard
from shilong.service.ratings.selectors.board import Period
from shilong.service.ratings.selectors.rows import node_name

LIMIT = 5000
KEY = "rating-push"
APP_MARK = "SLQ410404"  # 省平台正式分配前的占位标识


def records(period: Period, *, actor: Actor) -> list[dict[str, str]]:
    """一段日期（评价日期）的标准数据，最多 `LIMIT` 条；认定不计入的不推。

    异常：
        NotAllowed: 不是审批局。
    """
    require(actor, *EDITORS)
    rows = Rating.objects.filter(excluded="", rated_at__gte=day_start(period.first), rated_at__lt=day_end(period.last))
    if period.department:
        rows = rows.filter(department=period.department)
    found = list(rows.select_related("occasion").order_by("rated_at", "id")[:LIMIT])
    numbers = sorted({row.occasion.case_no for row in found if row.occasion.case_no})
    served, contacts = _in_batches(numbers)
    codes = {one.key: one.code for one in organizations.departments(include_inactive=True)}
    made = [standard.record(_source(row, served.get(row.occasion.case_no), contacts.get(row.occasion.case_no), codes)) for row in found]
    audit.record("rating.push", actor=actor, object_type="rating", detail={"rows": len(made), "since": str(period.first)})
    return made


def packet(rows: list[dict[str, str]], *, at: datetime | None = None) -> dict[str, Any]:
    """签好的报文；签名私钥首次使用时生成，公钥交省平台登记。"""
    key = _key()
    return standard.signed(rows, app_mark=APP_MARK, at=at or timezone.now(), sign=lambda data: provider().sign(key, data))


def public_key() -> str:
    """签名公钥，十六进制 04‖X‖Y，交省平台登记用。"""
    return _key().public.hex()


def _key() -> Any:
    if not keystore.exists(KEY):
        with suppress(KeyExists):  # 两个请求同时首次导出
            keystore.save(KEY, provider().generate())
    return keystore.load(KEY)


def _in_batches(numbers: list[str], size: int = 500) -> tuple[dict[str, Served], dict[str, Contact]]:
    served: dict[str, Served] = {}
    contacts: dict[str, Contact] = {}
    for start in range(0, len(numbers), size):
        part = numbers[start : start + size]
        served |= cases.served_many(part)
        contacts |= cases.contacts(part)
    return served, contacts


def _source(row: Rating, case: Served | None, contact: Contact | None, codes: dict[str, str]) -> standard.Source:
    occasion = row.occasion
    named = contact is not None and not row.anonymous and not row.automatic
    return standard.Source(
        rating_uid=str(row.uid),
        department=row.department,
        department_name=occasion.department_name,
        department_code=codes.get(row.department, ""),
        manager=occasion.staff_name,
        item_code=row.item_code,
        item_name=occasion.item_name,
        project_no=occasion.case_no,
        project_type=case.project_type if case else "",
        status=case.status if case else "",
        accepted_at=case.accepted_at if case else None,
        result_at=case.finished_at if case else None,
        service_number=occasion.number,
        service_name=node_name(occasion.node),
        service_at=occasion.opened_at,
        user_name=contact.name if contact and named else "",
        user_kind=occasion.person_kind if named else "",
        id_type=contact.id_type if contact and named else "",
        id_no=contact.id_no if contact and named else "",
        mobile=contact.mobile if contact and named else "",
        page=f"{site_url()}/me/cases/{occasion.case_no}/rate/" if occasion.case_no else "",
        pf=row.pf,
        satisfaction=row.satisfaction,
        tags=row.tags,
        text=row.text,
        rated_at=row.rated_at,
        number=row.number,
    )
