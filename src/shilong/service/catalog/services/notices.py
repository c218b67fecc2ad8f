"""一次性告知单：带编号与验真码的正式文书（行政许可法第三十条）。"""

import json
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.documents import services as documents
from shilong.foundation.gm import sm3
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import TooMany
from shilong.identity.roles.actor import Actor
from shilong.service.catalog import labels
from shilong.service.catalog.models import NoticeCopy
from shilong.service.catalog.rules import TrimmedItem
from shilong.service.catalog.views import ItemView, MaterialView

HOURLY = 40  # 同一来源一小时内新签发的份数；大厅里许多人共用一个出口地址，不能太紧
KEEP = timedelta(days=2)


class TooManyNotices(TooMany):
    code = "too_many_notices"
    message = "这个网络一小时内生成的告知单太多了，请稍后再试；已经生成过的可以继续下载，也可以直接打印网页。"


def issue_notice(item: ItemView, trimmed: TrimmedItem, *, actor: Actor) -> str:
    """取这一情形今天的告知单编号；当天第一次取时签发，之后都是同一份，不消耗新编号。

    参数：
        trimmed: 裁剪结果，情形答案已补全，所以答法相同的一定得到同一份。
        actor: 来取的人；匿名的按来源地址限制新签发的份数。

    异常：
        TooManyNotices: 匿名来源一小时内新签发超过上限。
    """
    now = timezone.now()
    key = _key(item, trimmed, now)
    if found := _number(key):
        return found
    source = "" if actor.account_id is not None else blind_index(actor.ip)
    if source and NoticeCopy.objects.filter(source=source, created_at__gt=now - timedelta(hours=1)).count() >= HOURLY:
        raise TooManyNotices
    try:
        with transaction.atomic():
            NoticeCopy.objects.filter(created_at__lt=now - KEEP).delete()
            copy = NoticeCopy.objects.create(key=key, number=key[:32], source=source, created_at=now)
            copy.number = _issue(item, trimmed)
            copy.save(update_fields=["number"])
    except IntegrityError:
        # 两个人同时第一次取：唯一约束只放过一份，另一个读到的就是它。
        if found := _number(key):
            return found
        raise
    return copy.number


def _number(key: str) -> str:
    return NoticeCopy.objects.filter(key=key).values_list("number", flat=True).first() or ""


def _key(item: ItemView, trimmed: TrimmedItem, now: Any) -> str:
    parts = [item.code, item.version, item.digest, trimmed.answers, timezone.localdate(now).isoformat()]
    return sm3(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hex()


def _issue(item: ItemView, trimmed: TrimmedItem) -> str:
    issuer = item.extra.get("dept_full_name") or item.department_name
    return documents.issue("notice", subject=item.code, context=_facts(item, trimmed), issuer=issuer, department=item.department).number


def _facts(item: ItemView, trimmed: TrimmedItem) -> dict[str, Any]:
    extra = item.extra
    return {
        "item_name": item.name,
        "item_code": item.code,
        "edition": f"第 {item.version} 版",
        "task_type": item.type,
        "objects": item.server_names,
        "situation": "、".join(trimmed.choices),
        "basis": "；".join(f"{row.get('law', '')}{row.get('article', '')}" for row in extra.get("by_law") or []),
        "conditions": "\n".join(f"{number}. {line}" for number, line in enumerate(extra.get("accept_condition") or [], 1)),
        "legal_limit": labels.legal_limit(item.legal_days, item.legal_unit, extra.get("anticipate_explain", "")),
        "promise_limit": labels.duration(item.promise_days, item.promise_unit),
        "fee": item.fee,
        "result_name": item.result_name,
        "window": extra.get("transact_addr", ""),
        "hours": extra.get("transact_time", ""),
        "phone": extra.get("link_way", ""),
        "complaint_phone": extra.get("supervise_way", ""),
        "materials": [_material(row) for row in trimmed.to_prepare],
        "free": [{"name": row.name, "note": row.note} for row in trimmed.free],
        "notices": list(trimmed.notices),
        "process": "\n".join(
            f"{number}. {step.get('name', '')}（{step.get('days', '')}）" for number, step in enumerate(extra.get("handle_flow") or [], 1)
        ),
    }


def _material(row: MaterialView) -> dict[str, str]:
    late = f"可容缺，{row.late_days} 个工作日内补齐" if row.allow_late else ""
    words = [row.source_name, "核验原件" if row.is_original else "", late, row.note]
    return {
        "name": row.name,
        "need": row.need_name,
        "copies": f"{row.format_name} {row.copies} 份",
        "note": "；".join(dict.fromkeys(word.strip("。；") for word in words if word)),
    }
