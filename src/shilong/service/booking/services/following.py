"""跟着日子走的：开始前提醒、没来的记爽约、够次数限制预约。都可重复执行。"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shilong.identity.roles.actor import SYSTEM
from shilong.service.booking import policy, rules
from shilong.service.booking.models import Booker, Booking
from shilong.service.booking.rules import Action, Limits, State
from shilong.service.booking.services import journal

BATCH = 500


def remind() -> int:
    """提醒明天到厅的人（遇休息日提前到上一个工作日由定时天天跑自然覆盖），返回人数。"""
    now = timezone.now()
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    done = 0
    for pk in Booking.objects.filter(state=State.BOOKED, day=tomorrow, reminded_at=None).values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            row = Booking.objects.select_for_update().get(pk=pk)
            if row.state != State.BOOKED or row.reminded_at:
                continue
            row.reminded_at = now
            row.save(update_fields=["reminded_at"])
            journal.record(row, Action.REMINDED, SYSTEM)
            done += 1
    return done


def mark_missed() -> int:
    """过了宽限还没签到的记爽约，返回个数。"""
    limits, now = policy.current(), timezone.now()
    over = now - timedelta(minutes=limits.late_minutes)
    done = 0
    for pk, index in Booking.objects.filter(state=State.BOOKED, end__lt=over).values_list("pk", "subject_index")[:BATCH]:
        with transaction.atomic():
            booker = Booker.objects.select_for_update().get(pk=index)
            row = Booking.objects.select_for_update().get(pk=pk)
            if row.state != State.BOOKED or row.end >= over:
                continue
            row.state, row.ended_at = rules.move(State(row.state), Action.MISSED), now
            row.save(update_fields=["state", "ended_at"])
            note = _restrict(booker, limits)
            journal.record(row, Action.MISSED, SYSTEM, note=note)
            done += 1
    return done


def _restrict(booker: Booker, limits: Limits) -> str:
    """够次数就限制预约；返回写进通知的话。"""
    missed = Booking.objects.filter(subject_index=booker.pk, state=State.MISSED)
    if booker.forgiven_at:
        missed = missed.filter(day__gt=booker.forgiven_at)
    until = rules.blocked_until(missed.values_list("day", flat=True), timezone.localdate(), limits)
    if until is None or (booker.blocked_until and booker.blocked_until >= until):
        return ""
    booker.blocked_until = until
    booker.reason = f"{limits.missed_days} 天内 {limits.missed_times} 次预约未到"
    booker.save()
    return f"因{booker.reason}，暂停网上预约至 {until:%Y年%m月%d日}，仍可现场取号。"
