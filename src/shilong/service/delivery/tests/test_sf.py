"""顺丰丰桥：真实对端走真实协议。签名、幂等、断线补齐、推送验签与重放。"""

import json
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from shilong.foundation.adapters import registry as adapters
from shilong.foundation.adapters import services as registry
from shilong.foundation.jobs.models import Job
from shilong.foundation.jobs.services import run_pending
from shilong.identity.roles.actor import SYSTEM
from shilong.service.delivery import services, tasks
from shilong.service.delivery.adapters import sf as module
from shilong.service.delivery.adapters.sf import digest
from shilong.service.delivery.models import Shipment, Track
from shilong.service.delivery.refusals import CourierUnknown, ManualOnly, ShipmentState
from shilong.service.delivery.rules.states import Move, State, Trouble
from shilong.service.delivery.services import ordering
from shilong.service.delivery.testing import ADDRESS
from shilong.service.delivery.tests.conftest import CHECKWORD, TOKEN

pytestmark = [pytest.mark.django_db, pytest.mark.req("W04", "P28")]


def ordered(post) -> Shipment:
    return post.place(post.shipment(post.decided()).number)


def orders(peer) -> list[tuple]:
    return peer.server.store.run("SELECT id, state, asked FROM orders ORDER BY id")


def test_check_config(peer, monkeypatch):
    check = adapters.get("courier_sf").check_config
    assert check(peer.config()) == "ok"
    assert "签名" in check(peer.config(checkword="错"))
    assert "必填参数" in check(peer.config(partner="别人"))
    assert "连不上" in check(peer.config(url="http://127.0.0.1:9/"))
    assert "没有填写" in check({})
    assert "16" in check(peer.config(push_token="短"))
    monkeypatch.setattr(module.time, "time", lambda: time.monotonic())
    assert "A1002" in check(peer.config())


def test_order_and_journey_to_delivery(sf, post):
    row = ordered(post)
    assert (row.state, row.waybill_no[:2]) == (State.ORDERED, "SF")
    answers = sf.server.advance(row.waybill_no, "50", "31", "44", "80")
    assert answers == [{"return_code": "0000", "return_msg": "成功"}] * 4
    run_pending()
    row.refresh_from_db()
    assert (row.state, row.signer) == (State.SIGNED, "本人")
    assert post.status(row.case_no) == "delivered"


def test_not_enabled_cannot_be_chosen(post):
    row = post.shipment(post.decided())
    with pytest.raises(CourierUnknown):
        post.place(row.number)


def test_lost_answer_does_not_order_twice(sf, post):
    sf.server.faults = {"drop": True}
    number = post.shipment(post.decided()).number
    assert post.place(number).state == State.ORDERING
    sf.server.faults = {}
    Job.objects.filter(name="delivery.order").update(run_at=timezone.now())
    run_pending()
    row = Shipment.objects.get(number=number)
    assert row.state == State.ORDERED
    assert orders(sf) == [(number, "ordered", 2)]


def test_slow_answer_does_not_order_twice(sf, post, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.05)
    sf.server.faults = {"timeout": 0.4}
    number = post.shipment(post.decided()).number
    assert post.place(number).state == State.ORDERING
    sf.server.faults = {}
    monkeypatch.setattr(module, "TIMEOUT", 10)
    ordering.run_order(number)
    ordering.run_order(number)
    assert Shipment.objects.get(number=number).state == State.ORDERED
    assert [row[0] for row in orders(sf)] == [number]


def test_an_hour_of_outage_is_made_up_for(sf, post):
    first = ordered(post)
    sf.stop()
    second = post.place(post.shipment(post.decided()).number)
    assert second.state == State.ORDERING
    assert services.pull_due() == 0
    Job.objects.all().delete()  # 一小时里重试次数用尽
    sf.start()
    sf.server.advance(first.waybill_no, "50", "31", push=False)
    tasks.catch_up()
    run_pending()
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.state, first.state) == (State.ORDERED, State.ORDERED)
    assert services.pull_due() == 2
    first.refresh_from_db()
    assert first.state == State.TRANSIT
    assert services.pull_due() == 0
    assert [row[2] for row in orders(sf)] == [1, 1]


def test_gateway_down_is_retried(sf, post):
    sf.server.faults = {"down": True}
    row = post.place(post.shipment(post.decided()).number)
    assert row.state == State.ORDERING
    assert Job.objects.filter(name="delivery.order", run_at__gt=timezone.now()).exists()
    sf.server.faults = {}
    ordering.run_order(row.number)
    row.refresh_from_db()
    assert row.state == State.ORDERED


def test_undeliverable_address_comes_back_to_the_window(sf, post):
    case_no = post.decided()
    services.choose(case_no, "courier", uid=post.address(detail="不派送的地方 1 号"), actor=post.world.citizen)
    row = post.place(post.shipment(case_no).number)
    assert (row.state, "收派范围" in row.note) == (State.PENDING, True)


def test_cancel_before_and_after_pickup(sf, post):
    row = ordered(post)
    services.cancel(row.number, version=row.version, note="申请人要自取", actor=post.world.clerk)
    run_pending()
    row.refresh_from_db()
    assert (row.state, orders(sf)[0][1]) == (State.CANCELLED, "cancelled")
    ordering.run_cancel(row.number)
    other = ordered(post)
    sf.server.advance(other.waybill_no, "50", push=False)
    services.cancel(other.number, version=other.version, actor=post.world.clerk)
    run_pending()
    other.refresh_from_db()
    assert (other.state, "不同意取消" in other.note) == (State.ORDERED, True)
    services.pull([other.number])
    other.refresh_from_db()
    with pytest.raises(ShipmentState):
        services.cancel(other.number, version=other.version, actor=post.world.clerk)


def test_cancelled_while_ordering_is_cancelled_there_too(sf, post):
    sf.stop()
    row = post.place(post.shipment(post.decided()).number)
    services.cancel(row.number, version=row.version, actor=post.world.clerk)
    sf.start()
    ordering.run_cancel(row.number)
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    ordering._ordered(row.number, "SF1000000000009")
    row.refresh_from_db()
    assert (row.state, row.waybill_no) == (State.CANCELLING, "SF1000000000009")


def test_reship_after_cancel_uses_a_new_order_number(sf, post):
    row = ordered(post)
    services.cancel(row.number, version=row.version, actor=post.world.clerk)
    run_pending()
    row.refresh_from_db()
    new = services.reship(row.number, version=row.version, actor=post.world.clerk)
    assert post.place(new).state == State.ORDERED
    assert len(orders(sf)) == 2


def test_push_and_query_merge_repeats_and_disorder(sf, post):
    row = ordered(post)
    sf.server.faults = {"shuffle": True, "repeat": True}
    answers = sf.server.advance(row.waybill_no, "50", "31", "44")
    assert {answer["return_code"] for answer in answers} == {"0000"}
    services.pull([row.number])
    row.refresh_from_db()
    assert (row.state, Track.objects.filter(shipment=row).count()) == (State.TRANSIT, 3)
    moves = Track.objects.filter(shipment=row).order_by("at").values_list("move", flat=True)
    assert list(moves) == [Move.PICKED, Move.MOVING, Move.DELIVERING]


def test_push_before_the_order_answer_is_kept(sf, post):
    sf.server.faults = {"drop": True}
    row = post.place(post.shipment(post.decided()).number)
    sf.server.faults = {}
    waybill = sf.server.store.found(row.number)["waybillNoInfoList"][0]["waybillNo"]
    sf.server.advance(waybill, "50")
    row.refresh_from_db()
    assert row.state == State.ORDERING
    ordering.run_order(row.number)
    row.refresh_from_db()
    assert (row.state, row.waybill_no) == (State.TRANSIT, waybill)


def test_refusal_and_return_are_problems(sf, post):
    row = ordered(post)
    sf.server.advance(row.waybill_no, "50", "44", "70")
    row.refresh_from_db()
    assert (row.state, row.trouble) == (State.PROBLEM, Trouble.REFUSED)
    sf.server.advance(row.waybill_no, "648", "80")
    run_pending()
    row.refresh_from_db()
    assert (row.state, row.trouble) == (State.PROBLEM, Trouble.RETURNED)
    assert post.status(row.case_no) == "granted"


def test_online_couriers_are_not_edited_by_hand(sf, post):
    row = ordered(post)
    with pytest.raises(ManualOnly, match="顺丰"):
        services.add_track(row.number, version=row.version, move=Move.SIGNED, at=timezone.now(), remark="瞎填", actor=post.world.clerk)


def push(
    body: bytes | dict, *, token: str = TOKEN, word: str = CHECKWORD, at: float | None = None, sign: bool = True, courier="courier_sf"
):
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    stamp = str(int((time.time() if at is None else at) * 1000))
    query = urlencode({"timestamp": stamp, "msgDigest": digest(raw.decode(errors="replace"), stamp, word)}) if sign else ""
    return Client(raise_request_exception=False).post(
        f"/api/v1/delivery/push/{courier}/{token}?{query}", raw, content_type="application/json"
    )


def parcel(row: Shipment, **changes) -> dict:
    now = f"{timezone.localtime():%Y-%m-%d %H:%M:%S}"
    base = {"mailno": row.waybill_no, "orderid": row.number, "acceptTime": now, "acceptAddress": "平顶山", "remark": "收件", "opCode": "50"}
    return {"Body": {"WaybillRoute": [{**base, **changes}]}}


def test_good_push(sf, post):
    row = ordered(post)
    assert push(parcel(row)).json() == {"return_code": "0000", "return_msg": "成功"}
    assert Track.objects.filter(shipment=row).count() == 1


BAD = {
    "口令不对": (403, lambda row: push(parcel(row), token="wrong-token-0123456789")),
    "没有这家": (403, lambda row: push(parcel(row), courier="nobody")),
    "手工登记不收推送": (403, lambda row: push(parcel(row), courier="courier_manual")),
    "校验码不对": (403, lambda row: push(parcel(row), word="错的")),
    "没有签名": (403, lambda row: push(parcel(row), sign=False)),
    "六分钟前的": (403, lambda row: push(parcel(row), at=time.time() - 360)),
    "六分钟后的": (403, lambda row: push(parcel(row), at=time.time() + 360)),
    "不是 JSON": (422, lambda row: push(b"{")),
    "不是 UTF-8": (422, lambda row: push(b"\xff\xfe")),
    "是数组": (422, lambda row: push(b"[]")),
    "没有路由": (422, lambda row: push({"Body": {"WaybillRoute": []}})),
    "路由是字符串": (422, lambda row: push({"Body": {"WaybillRoute": ["x"]}})),
    "路由太多": (422, lambda row: push({"Body": {"WaybillRoute": parcel(row)["Body"]["WaybillRoute"] * 51}})),
    "时刻不对": (422, lambda row: push(parcel(row, acceptTime="明天"))),
    "没有单号": (422, lambda row: push(parcel(row, mailno="", orderid=None))),
    "嵌套太深": (422, lambda row: push(b'{"a":' * 9000 + b"1" + b"}" * 9000)),
    "太大": (413, lambda row: push(b" " * 70_000)),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_push(sf, post, name):
    row = ordered(post)
    status, send = BAD[name]
    response = send(row)
    assert response.status_code == status, response.content
    assert response.json()["return_code"] == "1000"
    assert not Track.objects.exists()
    row.refresh_from_db()
    assert row.state == State.ORDERED


def test_tampered_body_is_refused(sf, post):
    row = ordered(post)
    raw, stamp = json.dumps(parcel(row)).encode(), str(int(time.time() * 1000))
    query = urlencode({"timestamp": stamp, "msgDigest": digest(raw.decode(), stamp, CHECKWORD)})
    url = f"/api/v1/delivery/push/courier_sf/{TOKEN}?{query}"
    assert Client().post(url, raw.replace(b'"50"', b'"80"'), content_type="application/json").status_code == 403
    assert Client().post(url, raw, content_type="application/json").status_code == 200
    assert Client().post(url, raw, content_type="application/json").status_code == 200
    assert Track.objects.count() == 1


def test_unknown_or_mismatched_waybill_is_ignored(sf, post):
    row = ordered(post)
    assert push(parcel(row, orderid="KD0", mailno="SF0")).status_code == 200
    assert push(parcel(row, mailno="SF0")).status_code == 200
    assert push(parcel(row, remark="含\x00空字符", acceptAddress="\x00")).status_code == 200
    assert Track.objects.count() == 1


def test_unsigned_notice_is_verified_by_asking(sf, post):
    registry.configure("courier_sf", sf.config(push_trust="notice"), enabled=True, actor=SYSTEM)
    row = ordered(post)
    assert push(parcel(row, opCode="80"), sign=False).status_code == 200
    run_pending()
    row.refresh_from_db()
    assert row.state == State.ORDERED
    sf.server.advance(row.waybill_no, "50", push=False)
    Job.objects.all().delete()
    push(parcel(row, opCode="80"), sign=False)
    run_pending()
    row.refresh_from_db()
    assert row.state == State.TRANSIT


def test_only_stale_ones_are_asked_again(sf, post):
    row = ordered(post)
    services.pull_due()
    sf.server.advance(row.waybill_no, "50", push=False)
    assert services.pull_due() == 0
    Shipment.objects.update(checked_at=timezone.now() - timedelta(hours=1))
    assert services.pull_due() == 1


def test_personal_data_stays_out_of_plain_columns(sf, post):
    from django.db import connection

    row = ordered(post)
    sf.server.advance(row.waybill_no, "44")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sender, receiver FROM delivery_shipment")
        stored = "".join(cursor.fetchone())
        cursor.execute("SELECT remark FROM delivery_track")
        stored += cursor.fetchone()[0]
    assert ADDRESS["mobile"] not in stored
    assert "13000000099" not in stored
