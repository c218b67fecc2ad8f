"""规则参数的读与改。"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from shilong.foundation.audit import services as audit
from shilong.identity.roles.actor import Actor, require
from shilong.service.ratings import permissions
from shilong.service.ratings.models import Policy
from shilong.service.ratings.refusals import PolicyChanged
from shilong.service.ratings.rules import policy as rules


def current() -> dict[str, int]:
    """现行参数。"""
    row = Policy.objects.filter(pk=1).first()
    return {**rules.DEFAULTS, **(row.values if row else {})}


def version() -> int:
    """修订号，改的时候带回来。"""
    return Policy.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def save_policy(values: Mapping[str, Any], *, actor: Actor, seen_version: int) -> None:
    """改规则；只影响以后的服务与工单。

    异常：
        PolicyInvalid: 有的参数不对。
        PolicyChanged: 页面打开之后别人改过。
    """
    require(actor, *permissions.EDITORS)
    checked = rules.check(values)
    with transaction.atomic():
        Policy.objects.bulk_create([Policy(pk=1, version=0)], ignore_conflicts=True)
        row = Policy.objects.select_for_update().get(pk=1)
        if row.version != seen_version:
            raise PolicyChanged
        before = {**rules.DEFAULTS, **row.values}
        changed = {key: [before[key], value] for key, value in checked.items() if before[key] != value}
        row.values, row.version, row.updated_by = checked, row.version + 1, actor.name
        row.save()
        audit.record("rating.policy", actor=actor, object_type="rating_policy", object_id="1", detail=changed)
