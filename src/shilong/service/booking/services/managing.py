"""号源与规则的管理（行政审批局）：模板、临时停办、规则、限制预约名单。"""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.booking import permissions, rules
from shilong.service.booking.models import Booker, Booking, BookingPolicy, Closure, SlotTemplate
from shilong.service.booking.refusals import BookingNotFound, ClosureNotFound, TemplateNotFound
from shilong.service.booking.rules import Action, State
from shilong.service.booking.services import journal, supply
from shilong.service.catalog import selectors as catalog
from shilong.service.queueing import selectors as queueing

LIMITS = {
    "days_ahead": (1, 60),
    "per_day": (1, 20),
    "open_most": (1, 50),
    "cancel_minutes": (0, 2880),
    "changes_most": (0, 10),
    "early_minutes": (0, 240),
    "late_minutes": (0, 120),
    "missed_times": (1, 20),
    "missed_days": (1, 365),
    "blocked_days": (1, 365),
}


def save_template(
    pk: int | None,
    *,
    group: str,
    name: str,
    start: time | None,
    end: time | None,
    minutes: int,
    capacity: int,
    actor: Actor,
    item_code: str = "",
    weekdays: str = "12345",
    valid_from: date | None = None,
    valid_until: date | None = None,
    active: bool = True,
) -> SlotTemplate:
    """新增（`pk` 为空）或修改模板，随即重算号源。

    异常：
        NotAllowed、TemplateNotFound、GroupNotFound、ItemUnavailable、Invalid（时段、名额不对）。
    """
    _manager(actor)
    place = queueing.group(group)
    wrong = _template_problems(name, start, end, minutes, capacity, weekdays)
    if valid_from and valid_until and valid_until < valid_from:
        wrong["valid_until"] = "不能早于起用日期"
    if wrong or start is None or end is None:
        raise Invalid(fields=wrong)
    if item_code:
        item = catalog.item(item_code)
        if queueing.place_of(item.code, item.department).key != place.key:
            raise Invalid("这个事项不在这个窗口组办理，不能在这里单独放号。", fields={"item_code": "不在这个窗口组办理"})
    with transaction.atomic():
        row = SlotTemplate.objects.select_for_update().filter(pk=pk).first() if pk else SlotTemplate()
        if row is None:
            raise TemplateNotFound
        row.group, row.item_code, row.name = place.key, item_code, name.strip()
        row.weekdays, row.start, row.end = "".join(sorted(set(weekdays))), start, end
        row.minutes, row.capacity, row.is_active = minutes, capacity, active
        row.valid_from, row.valid_until = valid_from, valid_until
        row.save()
        audit.record("booking.template", actor=actor, object_type="slot_template", object_id=str(row.pk))
    supply.generate()
    return row


def close(hall: str, group: str, start: datetime | None, end: datetime | None, reason: str, *, actor: Actor) -> int:
    """临时停办：停放这一段的号源，已约的改为“停办待改约”并通知，返回受影响的预约数。

    异常：
        NotAllowed、HallNotFound、GroupNotFound、Invalid（时间、原因不对）。
    """
    _manager(actor)
    queueing.hall(hall)
    if group and queueing.group(group).hall.key != hall:
        raise Invalid("窗口组不在这个大厅。", fields={"group": "不在这个大厅"})
    if not reason.strip() or start is None or end is None or end <= start or end <= timezone.now():
        raise Invalid("请写明原因，止的时间晚于起的时间，且还没有过去。", fields={"reason": "必填", "end": "须晚于开始且还没有过去"})
    with transaction.atomic():
        row = Closure.objects.create(
            hall=hall,
            group=group,
            start=start,
            end=end,
            reason=reason.strip()[:100],
            created_by=actor.name[:60],
            created_at=timezone.now(),
        )
        audit.record("booking.close", actor=actor, object_type="closure", object_id=str(row.pk), detail={"hall": hall, "group": group})
    supply.generate()
    return _turn_all(row, State.BOOKED, Action.SUSPENDED, actor)


def reopen(pk: int, *, actor: Actor) -> int:
    """撤销停办：恢复放号，还没改约的预约恢复有效并通知，返回恢复数。异常：NotAllowed、ClosureNotFound。"""
    _manager(actor)
    with transaction.atomic():
        row = Closure.objects.select_for_update().filter(pk=pk, revoked_at=None).first()
        if row is None:
            raise ClosureNotFound
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        audit.record("booking.reopen", actor=actor, object_type="closure", object_id=str(pk))
    supply.generate()
    return _turn_all(row, State.SUSPENDED, Action.RESTORED, actor)


def save_policy(values: dict[str, int], *, actor: Actor) -> None:
    """修改预约规则，随即补出号源。异常：NotAllowed、Invalid（超出范围）。"""
    _manager(actor)
    wrong = {
        name: f"须在 {low} 到 {high} 之间" for name, (low, high) in LIMITS.items() if name in values and not low <= values[name] <= high
    }
    if wrong:
        raise Invalid(fields=wrong)
    kept: dict[str, Any] = {name: values[name] for name in LIMITS if name in values}
    with transaction.atomic():
        BookingPolicy.objects.update_or_create(pk=1, defaults=kept)
        audit.record("booking.policy", actor=actor, object_type="booking_policy", object_id="1", detail=kept)
    supply.generate()


def block(number: str, until: date | None, reason: str, *, actor: Actor) -> None:
    """限制某个预约的预约人（如冒用、倒号），到期自动解除。异常：NotAllowed、BookingNotFound、Invalid。"""
    _manager(actor)
    row = Booking.objects.filter(number=number.strip().upper()).first()
    if row is None:
        raise BookingNotFound
    if until is None or until < timezone.localdate() or not reason.strip():
        raise Invalid("请写明原因，限制到的日期不能早于今天。", fields={"reason": "必填", "until": "不早于今天"})
    with transaction.atomic():
        Booker.objects.filter(pk=row.subject_index).update(blocked_until=until, reason=reason.strip()[:200], updated_at=timezone.now())
        audit.record("booking.block", actor=actor, object_type="booking", object_id=row.number, detail={"reason": reason.strip()[:200]})


def unblock(index: str, reason: str, *, actor: Actor) -> None:
    """解除限制；此前的爽约不再计数。异常：NotAllowed、BookingNotFound、Invalid。"""
    _manager(actor)
    if not reason.strip():
        raise Invalid("请写明解除的理由。", fields={"reason": "必填"})
    with transaction.atomic():
        row = Booker.objects.select_for_update().filter(pk=index, blocked_until__isnull=False).first()
        if row is None:
            raise BookingNotFound("没有这条限制，可能已到期或已解除。")
        row.blocked_until, row.reason, row.forgiven_at = None, "", timezone.localdate()
        row.save()
        audit.record("booking.unblock", actor=actor, object_type="booker", object_id=index[:16], detail={"reason": reason.strip()[:200]})


def _turn_all(row: Closure, state: State, action: Action, actor: Actor) -> int:
    """停办（或撤销）影响到的预约逐个改状态；一人一个短事务。还被别的停办盖着的不恢复。"""
    found = Booking.objects.filter(state=state, start__lt=row.end, end__gt=row.start)
    found = found.filter(group=row.group) if row.group else found.filter(hall=row.hall)
    if action is Action.RESTORED:
        found = found.filter(slot__is_open=True)
    done = 0
    for pk in list(found.values_list("pk", flat=True)):
        with transaction.atomic():
            booking = Booking.objects.select_for_update().get(pk=pk)
            if booking.state != state:
                continue
            booking.state = rules.move(State(booking.state), action)
            booking.save(update_fields=["state"])
            journal.record(booking, action, actor, note=row.reason)
            done += 1
    return done


def _template_problems(name: str, start: time | None, end: time | None, minutes: int, capacity: int, weekdays: str) -> dict[str, str]:
    wrong = {}
    if not name.strip() or len(name.strip()) > 40:
        wrong["name"] = "必填，不超过 40 字"
    if start is None:
        wrong["start"] = "写成 09:00 的样子"
    if end is None or (start is not None and end <= start):
        wrong["end"] = "须晚于开始"
    if not 5 <= minutes <= 480:
        wrong["minutes"] = "5 到 480 分钟"
    if not 1 <= capacity <= 500:
        wrong["capacity"] = "1 到 500 个"
    if not weekdays or set(weekdays) - set("1234567"):
        wrong["weekdays"] = "至少选一天"
    return wrong


def _manager(actor: Actor) -> None:
    require(actor, *permissions.MANAGERS, Role.SYSTEM)
