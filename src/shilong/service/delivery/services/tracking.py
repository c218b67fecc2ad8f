"""物流轨迹：推送、补查、手工登记汇到一处。去重后拿全部轨迹重算状态，重复与乱序都无害。"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from shilong.foundation.adapters import services as registry
from shilong.foundation.gm import sm3
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.delivery import adapters, journal, permissions
from shilong.service.delivery.adapters.base import Declined, Push, Route, Unreachable
from shilong.service.delivery.models import Shipment, Track
from shilong.service.delivery.refusals import ManualOnly, NoteMissing, OrderInvalid, ShipmentState
from shilong.service.delivery.rules import states
from shilong.service.delivery.rules.states import HELD, OVER, STATE_NAMES, STICKY, TRACKED, Kind, Move, State, Step, Trouble

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=30)  # 同一份多久补查一次
BATCH, MOST = 10, 200  # 一次问几个单号；一轮最多问多少
FRESH = timedelta(days=60)  # 太久以前的不再追
HUMAN = frozenset({"manual", "applicant"})


def record_routes(number: str, routes: Iterable[Route], source: str, *, actor: Actor = SYSTEM) -> int:
    """记下轨迹并重算状态，返回新增几条。

    参数：
        source: push、query、manual、applicant。
    """
    with transaction.atomic():
        row = journal.lock(number)
        fresh = _keep(row, routes, source)
        if fresh:
            _recompute(row, actor, fresh)
    return len(fresh)


def recount(row: Shipment) -> None:
    """下单、取消有了结果之后，把先到的轨迹算进来。须在事务里，`row` 已锁。"""
    if early := list(Track.objects.filter(shipment=row)):
        _recompute(row, SYSTEM, early)


def _keep(row: Shipment, routes: Iterable[Route], source: str) -> list[Track]:
    """去重写入，返回新的。"""
    now = timezone.now()
    wanted = {_key(route): route for route in routes if route.at <= now + timedelta(hours=1)}
    known = set(Track.objects.filter(shipment=row, key__in=wanted).values_list("key", flat=True))
    fresh = [
        Track(
            shipment=row,
            key=key,
            move=route.move,
            code=route.code,
            at=route.at,
            place=route.place[:100],
            remark=route.remark[:300],
            source=source,
            received_at=now,
        )
        for key, route in wanted.items()
        if key not in known
    ]
    Track.objects.bulk_create(fresh)
    return fresh


def _key(route: Route) -> str:
    """同一操作码、同一秒、同一说明就是同一条；推送与查询的条目没有共同编号，只能这样认。"""
    return sm3(f"{route.move}|{route.code}|{int(route.at.timestamp())}|{route.remark}".encode()).hex()


def _recompute(row: Shipment, actor: Actor, fresh: list[Track]) -> None:
    if row.state in HELD:
        return
    if row.state in OVER:
        row.moved_at = max(track.at for track in fresh)
        journal.record(row, "late", actor, "了结之后又收到轨迹，请核对实物去向")
        return
    rows = Track.objects.filter(shipment=row).values_list("move", "at", "source")
    steps = [Step(Move(move), at, source in HUMAN) for move, at, source in rows]
    found = states.outcome(steps)
    if row.state == State.PROBLEM and row.trouble in STICKY and found.state != State.SIGNED:
        found = states.Outcome(State.PROBLEM, row.trouble, found.picked_at, None, found.moved_at)
    row.picked_at, row.moved_at = found.picked_at, found.moved_at
    before = (row.state, row.trouble)
    if row.state != State.SIGNED:
        row.state, row.trouble = found.state, found.trouble
    if (row.state, row.trouble) == before:
        journal.record(row, "move", actor, _last(fresh))
    elif row.state == State.SIGNED:
        _sign(row, found.signed_at or timezone.now(), actor)
    elif row.state == State.PROBLEM:
        row.note = _last(fresh)
        journal.record(row, "problem", actor, row.note)
        journal.tell(row, "shipment_problem")
    else:
        row.note = ""
        journal.record(row, "move", actor, _last(fresh))


def _sign(row: Shipment, at: datetime, actor: Actor) -> None:
    from shilong.service.delivery.tasks import write_back_one  # tasks 反过来用本模块

    row.signed_at, row.note = at, ""
    remarks = Track.objects.filter(shipment=row, move=Move.SIGNED).order_by("at")
    row.signer = next((name for track in remarks if (name := states.signer_of(track.remark))), "")
    journal.record(row, "sign", actor, "已签收")
    if row.kind == Kind.RESULT:
        write_back_one.enqueue(row.number, key=f"delivery.write_back:{row.number}")
    else:
        journal.tell(row, "shipment_arrived")


def _last(fresh: list[Track]) -> str:
    """履历里只写走到哪一步：说明里常有快递员姓名电话，留在加密的轨迹里。"""
    newest = max(fresh, key=lambda track: track.at)
    return f"{states.MOVE_NAMES[Move(newest.move)]}{'，' + newest.place if newest.place else ''}"


def receive_push(courier_key: str, token: str, body: bytes, query: Mapping[str, str]) -> int:
    """收一次推送，返回新增几条轨迹。不可信的推送只当提醒，另去查询。

    异常：
        PushRefused: 口令、签名、时间戳不对。PushInvalid: 报文不对。
    """
    from shilong.service.delivery.services.pushing import opened  # 分开写，本文件不碰口令

    added = 0
    for notice in opened(courier_key, token, Push(body, query, timezone.now())):
        rows = Shipment.objects.filter(courier=courier_key)
        rows = rows.filter(number=notice.number) if notice.number else rows.filter(waybill_no=notice.waybill_no)
        row = rows.order_by("-pk").first()
        if row is None or (notice.waybill_no and row.waybill_no and notice.waybill_no != row.waybill_no):
            log.warning("快递推送里有不认识的单号，已忽略（%s）", courier_key)
            continue
        if notice.trusted:
            added += record_routes(row.number, notice.routes, "push")
        else:
            _ask(row.number)
    return added


def _ask(number: str) -> None:
    from shilong.service.delivery.tasks import pull_one

    with transaction.atomic():
        pull_one.enqueue(number, key=f"delivery.pull:{number}")


def pull(numbers: Iterable[str]) -> int:
    """按寄递单号补查轨迹，返回新增几条。异常：Unreachable。"""
    rows = Shipment.objects.filter(number__in=list(numbers)).exclude(waybill_no="")
    grouped: dict[str, list[Shipment]] = defaultdict(list)
    for row in rows:
        grouped[row.courier].append(row)
    return sum(_pull(key, group) for key, group in grouped.items())


def _pull(key: str, rows: list[Shipment]) -> int:
    courier, config = adapters.choose(key)
    if not courier.online:
        return 0
    try:
        found = courier.routes(config, [row.waybill_no for row in rows])
    except Unreachable as error:
        registry.failed(key, str(error))
        raise
    except Declined as error:
        registry.failed(key, str(error))
        return 0
    registry.succeeded(key)
    added = 0
    for row in rows:
        added += record_routes(row.number, found.get(row.waybill_no, ()), "query")
        journal.touch(row, checked_at=timezone.now())
    return added


def pull_due() -> int:
    """补查到点的；连不上就停，下一轮从最久没查的接着来。返回新增几条。"""
    now = timezone.now()
    keys = [one.key for one in adapters.usable() if one.online]
    due = Q(checked_at__isnull=True) | Q(checked_at__lt=now - EVERY)
    rows = Shipment.objects.filter(due, state__in=sorted(TRACKED), courier__in=keys, created_at__gt=now - FRESH).exclude(waybill_no="")
    numbers = list(rows.order_by(F("checked_at").asc(nulls_first=True), "pk").values_list("number", flat=True)[:MOST])
    added = 0
    for start in range(0, len(numbers), BATCH):
        try:
            added += pull(numbers[start : start + BATCH])
        except Unreachable as error:
            log.warning("补查轨迹停下：%s", error)
            break
    return added


def stall_due() -> int:
    """太久没有动静的标成异常，返回几份。"""
    now, count = timezone.now(), 0
    before = now - states.STALL_AFTER
    quiet = Q(moved_at__lt=before) | Q(moved_at__isnull=True, ordered_at__lt=before)
    numbers = Shipment.objects.filter(quiet, state__in=[State.ORDERED, State.TRANSIT]).values_list("number", flat=True)
    for number in list(numbers[:MOST]):
        with transaction.atomic():
            row = journal.lock(number)
            since = row.moved_at or row.ordered_at
            if row.state not in (State.ORDERED, State.TRANSIT) or since is None or not states.stalled(since, now):
                continue
            row.state, row.trouble = State.PROBLEM, Trouble.STALLED
            row.note = f"自 {timezone.localtime(since):%m月%d日} 起没有新的轨迹"
            journal.record(row, "problem", SYSTEM, row.note)
            journal.tell(row, "shipment_problem")
            count += 1
    return count


def add_track(number: str, *, version: int, move: str, at: datetime | None, remark: str, place: str = "", actor: Actor) -> None:
    """手工登记一条轨迹（没有接口的快递公司）。

    异常：
        ManualOnly: 这家有接口。OrderInvalid、NoteMissing: 填得不对。ShipmentState: 还没下单或已了结。
    """
    with transaction.atomic():
        row = journal.lock(number, version)
        permissions.require_desk(actor, row)
        courier = adapters.COURIERS.get(row.courier)
        if courier is not None and courier.online:
            raise ManualOnly(courier=courier.name)
        if row.state not in TRACKED:
            raise ShipmentState(state=STATE_NAMES[State(row.state)], action="登记轨迹")
        now = timezone.now()
        if move not in set(Move) or at is None or at > now or (row.ordered_at and at < row.ordered_at - timedelta(days=1)):
            raise OrderInvalid(fields={"at": "请选轨迹种类，时间应在下单之后、现在之前"})
        if not 2 <= len(remark.strip()) <= 300:
            raise NoteMissing(fields={"remark": "写明情况，2 到 300 个字"})
        record_routes(number, [Route(Move(move), at, "", place.strip(), remark.strip())], "manual", actor=actor)
