"""归集到市级平台：每次变化一条，断线留着，恢复后按次序补推，不重不漏。"""

from django.db import transaction
from django.utils import timezone

from shilong.foundation.adapters import services as adapters
from shilong.foundation.events.registry import EventView
from shilong.service.licences import city
from shilong.service.licences.models import Licence, LicenceEvent, Push
from shilong.service.licences.refusals import CityUnavailable
from shilong.service.licences.rules.states import MOVES, Act

CHUNK = 100


def queue(event: EventView) -> None:
    """证照变化排进归集队列；同一次变化只排一次。"""
    row = Licence.objects.get(uid=event.payload["uid"])
    Push.objects.get_or_create(licence=row, seq=event.payload["seq"], defaults={"created_at": timezone.now()})


def push_due() -> int:
    """把没送达的按先后推出去，返回送达条数；没有启用或连不上就停下，等下一次。"""
    if not city.enabled():
        return 0
    sent = 0
    waiting = Push.objects.filter(sent_at__isnull=True).order_by("id")
    for row in waiting.select_related("licence__type")[:CHUNK]:
        try:
            sent += _one(row)
        except CityUnavailable as refusal:
            Push.objects.filter(pk=row.pk).update(problem=refusal.text[:300], attempts=row.attempts + 1)
            adapters.failed(city.KEY, refusal.text)
            break
    if sent:
        adapters.succeeded(city.KEY)
    return sent


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
