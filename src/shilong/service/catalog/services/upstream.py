"""与上级（省、市事项库）清单的差别：导入上级清单 → 逐要素比 → 人决定采用还是保留。"""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import NotFound, Refused
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.catalog import schema
from shilong.service.catalog.models import Item, UpstreamDiff
from shilong.service.catalog.refusals import BadImport
from shilong.service.catalog.services import versions
from shilong.service.catalog.services.exchange import CODES, entries_of
from shilong.service.catalog.services.publish import withdraw

# 上级统一、本级不得自行改动的要素；承诺时限、地点、电话等由本级定，不比
UNIFIED = (
    "name",
    "task_type",
    "by_law",
    "anticipate_day",
    "anticipate_type",
    "server_type",
    "is_fee",
    "use_level",
    "materials",
    "handle_area",
)


def import_upstream(source: Any, *, actor: Actor) -> str:
    """导入上级清单文件（与 `export_json` 同格式，content 可只含部分要素），返回批次号。上级没列的本地在用事项记为“上级已取消”。"""
    require(actor, Role.CATALOG)
    entries = entries_of(source)
    batch = timezone.now().strftime("%Y%m%d%H%M%S") + uuid.uuid4().hex[:6]
    local = dict(Item.objects.filter(current__isnull=False).values_list("code", "current__content"))
    rows: list[UpstreamDiff] = []
    seen = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not entry.get("code") or not isinstance(entry.get("content"), dict):
            raise BadImport(f"第 {number} 项缺少 code 或 content。")
        seen.add(entry["code"])
        rows += _differences(batch, entry, local.get(entry["code"]))
    gone = Item.objects.filter(current__isnull=False, state=Item.State.ACTIVE).exclude(code__in=seen)
    rows += [
        UpstreamDiff(batch=batch, item_code=code, name=name, kind=UpstreamDiff.Kind.REMOVED)
        for code, name in gone.values_list("code", "current__name")
    ]
    with transaction.atomic():
        UpstreamDiff.objects.filter(decision="").delete()  # 新清单取代旧清单里没处理的差别
        UpstreamDiff.objects.bulk_create(rows)
        audit.record(
            "catalog.upstream", actor=actor, object_type="batch", object_id=batch, detail={"items": len(entries), "differences": len(rows)}
        )
    return batch


def _differences(batch: str, entry: dict[str, Any], local: dict[str, Any] | None) -> list[UpstreamDiff]:
    content = schema.clean({key: value for key, value in entry["content"].items() if key in schema.BY_KEY})
    common = {"batch": batch, "item_code": entry["code"], "name": content.get("name") or entry["code"]}
    if local is None:
        codes = {key: entry.get(key, "") for key in CODES}
        return [UpstreamDiff(**common, kind=UpstreamDiff.Kind.ADDED, upstream={**codes, "content": content})]
    return [
        UpstreamDiff(**common, kind=UpstreamDiff.Kind.CHANGED, field=key, local=local.get(key), upstream=content[key])
        for key in UNIFIED
        if key in content and content[key] != local.get(key)
    ]


def resolve(pk: int, *, adopt: bool, actor: Actor) -> UpstreamDiff:
    """处理一处差别。采用：写进草稿，仍要审核发布；“上级已取消”采用时只能由行政审批局下线。

    异常：
        UnderReview: 该事项有待审核的版本，先审核完。
    """
    with transaction.atomic():
        row = UpstreamDiff.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            raise NotFound("这处差别已被新的清单取代。")
        if row.decision:
            raise Refused(f"这处差别已由{row.decided_by}处理过。")
        require(actor, Role.BUREAU if row.kind == UpstreamDiff.Kind.REMOVED else Role.CATALOG)
        if adopt:
            _adopt(row, actor)
        row.decision = UpstreamDiff.Decision.ADOPTED if adopt else UpstreamDiff.Decision.KEPT
        row.decided_by, row.decided_at = actor.name, timezone.now()
        row.save(update_fields=["decision", "decided_by", "decided_at"])
        audit.record(
            "catalog.upstream_resolve",
            actor=actor,
            object_type="item",
            object_id=row.item_code,
            detail={"field": row.field, "decision": row.decision},
        )
    return row


def _adopt(row: UpstreamDiff, actor: Actor) -> None:
    if row.kind == UpstreamDiff.Kind.REMOVED:
        withdraw(row.item_code, actor=actor, reason="上级清单已取消", cancelled=True)
    elif row.kind == UpstreamDiff.Kind.ADDED:
        entry = row.upstream or {}
        versions.create(**{key: entry.get(key, "") for key in CODES}, content=entry.get("content") or {}, actor=actor, note="上级清单新增")
    else:
        draft = versions.open_draft(row.item_code, actor=actor)
        versions.save_draft(row.item_code, {row.field: row.upstream}, actor=actor, revision=draft.revision, note="与上级清单合并")
