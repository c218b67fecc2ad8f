"""预约、改约、取消。"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.numbering import services as numbering
from shilong.identity.accounts import selectors as accounts
from shilong.identity.realname import rules as realname_rules
from shilong.identity.realname import services as realname
from shilong.identity.roles.actor import Actor
from shilong.service.booking import permissions, policy, rules
from shilong.service.booking.models import Booker, Booking, Slot
from shilong.service.booking.refusals import (
    AlreadyBooked,
    Blocked,
    ChangesUsed,
    OutOfRange,
    TooLate,
    TooManyOpen,
    TooManyToday,
    WrongPlace,
)
from shilong.service.booking.rules import HOLDING, Action, Limits, State
from shilong.service.booking.services import journal, seats
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.views import ItemView
from shilong.service.queueing import selectors as queueing

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TOKEN = 8


@dataclass(frozen=True, slots=True)
class Party:
    """为谁约、谁来。"""

    subject_index: str
    subject_name: str
    visitor_name: str
    visitor_id_no: str
    mobile: str


def book(slot_id: int, item_code: str, *, actor: Actor) -> Booking:
    """预约一个时段。代理人为单位约，占单位的限额，来的是代理人本人。

    异常：
        NotSignedIn、NotAllowed: 没登录或是工作人员。LevelTooLow: 须实名 1 级。OutsideAgency: 超出授权范围。
        SlotNotFound、SlotClosed、SlotFull、OutOfRange、WrongPlace: 时段不能约。
        Blocked、TooManyToday、TooManyOpen、AlreadyBooked: 人不能约。
    """
    permissions.require_applicant(actor)
    realname.require_level(actor, realname_rules.APPLY)
    item = catalog.item(item_code)
    accounts.require_agent_may(actor, item.code, item.department, item.name)
    limits, now = policy.current(), timezone.now()
    slot = seats.slot(slot_id)
    hall = _fit(slot, item)
    _in_range(slot, now, limits)
    seats.require_room(slot)
    party = _party(actor)
    row = _draft(slot, item, hall, party, actor, now)
    with transaction.atomic():
        booker = _booker(party)
        _may_book(booker, slot, limits, now.astimezone(timezone.get_current_timezone()).date())
        row.number = numbering.next_number("booking", at=now)
        row.save(force_insert=True)
        journal.record(row, Action.MADE, actor)
        seats.occupy(slot)
    return row


def change(number: str, slot_id: int, *, actor: Actor) -> Booking:
    """改到另一个时段。停办的不受截止时间与次数限制。

    异常：同 `book`，以及 BookingNotFound、NotPossible、TooLate、ChangesUsed。
    """
    mine = permissions.owned(number, actor)
    limits, now = policy.current(), timezone.now()
    slot = seats.slot(slot_id)
    _fit(slot, catalog.item(mine.item_code))
    _in_range(slot, now, limits)
    if slot.pk == mine.slot_id:
        raise AlreadyBooked(number=number)
    seats.require_room(slot)
    with transaction.atomic():
        booker = Booker.objects.select_for_update().get(pk=mine.subject_index)
        row = Booking.objects.select_for_update().get(pk=mine.pk)
        target = rules.move(State(row.state), Action.CHANGED)
        if row.state == State.BOOKED:
            _before_deadline(row, limits, now, "改约")
            if row.changes >= limits.changes_most:
                raise ChangesUsed(most=limits.changes_most)
            row.changes += 1
        _room_for(booker, slot, limits, besides=row.pk)
        before, row.slot, row.state, row.reminded_at = row.slot_id, slot, target, None
        row.day, row.start, row.end = slot.day, slot.start, slot.end
        row.save(update_fields=["slot", "state", "day", "start", "end", "changes", "reminded_at"])
        journal.record(row, Action.CHANGED, actor)
        _swap(before, slot)
    return row


def cancel(number: str, *, actor: Actor) -> Booking:
    """取消，名额放回去。停办的随时可以取消。异常：BookingNotFound、NotPossible、TooLate。"""
    mine = permissions.owned(number, actor)
    limits, now = policy.current(), timezone.now()
    with transaction.atomic():
        row = Booking.objects.select_for_update().get(pk=mine.pk)
        target = rules.move(State(row.state), Action.CANCELLED)
        if row.state == State.BOOKED:
            _before_deadline(row, limits, now, "取消")
        row.state, row.ended_at = target, now
        row.save(update_fields=["state", "ended_at"])
        journal.record(row, Action.CANCELLED, actor)
        seats.release(row.slot_id)
    return row


def _swap(before: int, slot: Slot) -> None:
    """两个时段按主键次序更新：两人对调时不会互相等。"""
    if before < slot.pk:
        seats.release(before)
        seats.occupy(slot)
    else:
        seats.occupy(slot)
        seats.release(before)


def _fit(slot: Slot, item: ItemView) -> str:
    """时段办不办这个事项；返回大厅的键。"""
    place = queueing.place_of(item.code, item.department)
    alone = Slot.objects.filter(group=place.key, item_code=item.code, day=slot.day, is_open=True).exists() if not slot.item_code else False
    if slot.group != place.key or slot.item_code not in ("", item.code) or alone:
        raise WrongPlace
    return place.hall.key


def _in_range(slot: Slot, now: datetime, limits: Limits) -> None:
    today = timezone.localdate(now)
    if slot.start <= now or slot.day > rules.last_day(today, limits, calendars.load()):
        raise OutOfRange(days=limits.days_ahead)


def _party(actor: Actor) -> Party:
    profile = accounts.applicant(actor.agent_for or actor.account_id or 0)
    visitor = accounts.applicant(actor.account_id or 0) if actor.agent_for else profile
    person = visitor.kind == "1"
    return Party(
        subject_index=blind_index(profile.id_no),
        subject_name=profile.name,
        visitor_name=visitor.name if person else visitor.legal_name,
        visitor_id_no=visitor.id_no if person else visitor.legal_id_no,
        mobile=visitor.mobile,
    )


def _draft(slot: Slot, item: ItemView, hall: str, party: Party, actor: Actor, now: datetime) -> Booking:
    return Booking(
        token="".join(secrets.choice(ALPHABET) for _ in range(TOKEN)),
        slot=slot,
        group=slot.group,
        hall=hall,
        day=slot.day,
        start=slot.start,
        end=slot.end,
        item_code=item.code,
        item_name=item.name[:200],
        account_id=actor.account_id or 0,
        agent_for=actor.agent_for,
        subject_index=party.subject_index,
        subject_name=party.subject_name,
        visitor_index=blind_index(party.visitor_id_no),
        visitor_name=party.visitor_name,
        visitor_id_no=party.visitor_id_no,
        mobile=party.mobile,
        created_at=now,
    )


def _booker(party: Party) -> Booker:
    """锁住预约人这一行：同一人同时约几个也数得准。"""
    found = Booker.objects.select_for_update().filter(pk=party.subject_index).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Booker.objects.create(index=party.subject_index, name=party.subject_name)
    except IntegrityError:  # 同一个人刚在另一处建好
        return Booker.objects.select_for_update().get(pk=party.subject_index)


def _may_book(booker: Booker, slot: Slot, limits: Limits, today: date) -> None:
    if booker.blocked_until and booker.blocked_until >= today:
        raise Blocked(reason=booker.reason, until=booker.blocked_until)
    _room_for(booker, slot, limits)


def _room_for(booker: Booker, slot: Slot, limits: Limits, besides: int = 0) -> None:
    held = list(Booking.objects.filter(subject_index=booker.pk, state__in=HOLDING).values_list("pk", "slot_id", "day", "number"))
    others = [row for row in held if row[0] != besides]
    twice = next((row for row in others if row[1] == slot.pk), None)
    if twice:
        raise AlreadyBooked(number=twice[3])
    if sum(row[2] == slot.day for row in others) >= limits.per_day:
        raise TooManyToday(day=slot.day, most=limits.per_day)
    if len(others) >= limits.open_most:
        raise TooManyOpen(most=limits.open_most)


def _before_deadline(row: Booking, limits: Limits, now: datetime, action: str) -> None:
    deadline = rules.cancel_deadline(row.start, limits)
    if now > deadline:
        raise TooLate(deadline=timezone.localtime(deadline), action=action)
