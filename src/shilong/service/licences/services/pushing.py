"""归集到市级平台：每次变化一条，断线留着，恢复后按次序补推，不重不漏。"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.foundation.adapters import services as adapters
from shilong.foundation.audit import services as audit
from shilong.foundation.events.registry import EventView
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor, require
from shilong.service.licences import city
from shilong.service.licences.models import Licence, LicenceEvent, Push
from shilong.service.licences.permissions import EDITORS
from shilong.service.licences.refusals import CityUnavailable
from shilong.service.licences.rules.states import MOVES, Act

CHUNK, MOST = 100, 1000


def queue(event: EventView) -> None:
    """证照变化排进归集队列；同一次变化只排一次。"""
    row = Licence.objects.get(uid=event.payload["uid"])
    Push.objects.get_or_create(licence=row, seq=event.payload["seq"], defaults={"created_at": timezone.now()})


def push_due() -> int:
    """把没送达的按先后推出去，返回送达条数；没有启用或连不上就停下，等下一次。"""
    if not city.enabled():
        return 0
    sent = last = 0
    while rows := list(Push.objects.filter(sent_at__isnull=True, pk__gt=last).order_by("id").select_related("licence__type")[:CHUNK]):
        try:
            for row in rows:
                sent += _one(row)
        except CityUnavailable as refusal:
            Push.objects.filter(pk=row.pk).update(problem=refusal.text[:300], attempts=F("attempts") + 1)
            adapters.failed(city.KEY, refusal.text)
            break
        last = rows[-1].pk
    if sent:
        adapters.succeeded(city.KEY)
    return sent


def repush(ids: Sequence[int] | None, *, actor: Actor) -> int:
    """把市级不收的重新排上，返回条数；对端按去重键认，重推无害。

    参数：
        ids: 哪几条；None 表示全部。

    异常：
        NotAllowed: 不是审批局或事项管理员。Invalid: 没有可重推的。
    """
    require(actor, *EDITORS)
    rows = Push.objects.filter(sent_at__isnull=False).exclude(problem="")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids)[:MOST])
    with transaction.atomic():
        count = rows.update(sent_at=None)
        if not count:
            raise Invalid("没有可以重推的：只有“市级不收”的要重推，“待推”的会自动补推。")
        audit.record("licence.repush", actor=actor, object_type="licence_push", object_id="", detail={"rows": count})
        _enqueue()
    return count


def _enqueue() -> None:
    from shilong.service.licences.tasks import push_now  # 作业登记处反过来也用这里

    push_now.enqueue(key="licences.push_now")


def _one(row: Push) -> int:
    entry = LicenceEvent.objects.get(licence=row.licence, seq=row.seq)
    payload = {**city.up_lic_data(row.licence, row.seq, _operation(entry.action)), "status": entry.target}
    try:
        city.push(payload)
    except city.Rejected as error:
        # 不收的放到一边，别挡住后面的；原因留给人看。
        Push.objects.filter(pk=row.pk).update(problem=str(error)[:300], attempts=row.attempts + 1, sent_at=timezone.now())
        return 0
    with transaction.atomic():
        return Push.objects.filter(pk=row.pk, sent_at__isnull=True).update(sent_at=timezone.now(), attempts=row.attempts + 1, problem="")


def _operation(action: str) -> str:
    return MOVES[Act(action)].operation if action in set(Act) else "01"
