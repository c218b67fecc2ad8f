"""从选快递到签收回写：手工登记的快递走完整个故事，换人不行。"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Message
from shilong.foundation.refusals import NotAllowed
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases import selectors as cases
from shilong.service.cases import services as case_services
from shilong.service.cases.refusals import OthersCase
from shilong.service.cases.rules import Action
from shilong.service.cases.testing import CLERK, drive, sample_form
from shilong.service.delivery import selectors, services, tasks
from shilong.service.delivery.models import Choice, Shipment, Track
from shilong.service.delivery.refusals import (
    AddressNotFound,
    AlreadyRequested,
    NotPacked,
    OrderInvalid,
    PickupInvalid,
    ShipmentChanged,
    ShipmentNotFound,
    ShipmentState,
    WayClosed,
    WayInvalid,
    WayLocked,
)
from shilong.service.delivery.rules import address
from shilong.service.delivery.rules.states import Kind, Move, State, Trouble
from shilong.service.delivery.testing import ADDRESS
from shilong.service.delivery.tests.conftest import route

pytestmark = [pytest.mark.django_db, pytest.mark.req("W04")]
MANUAL = {"courier": "courier_manual", "waybill_no": "EMS123456789"}


def test_decided_with_courier_makes_one_parcel(post):
    case_no = post.decided()
    row = post.shipment(case_no)
    assert (row.state, row.kind, row.department) == (State.PENDING, Kind.RESULT, "scjg")
    assert [one["packed"] for one in row.contents] == [False] * len(row.contents)
    assert any("决定书" in one["name"] or "许可" in one["name"] for one in row.contents)
    services.prepare(case_no)
    assert Shipment.objects.filter(case_no=case_no).count() == 1


@pytest.mark.parametrize("way", ["window", "electronic", ""])
def test_other_ways_make_none(post, way):
    assert not Shipment.objects.filter(case_no=post.decided(way)).exists()


def test_a_denial_is_sent_too(post):
    assert post.shipment(post.decided(result="deny")).state == State.PENDING


def test_manual_courier_to_signature_delivers_the_case(post):
    case_no = post.decided()
    row = post.place(post.shipment(case_no).number, fee="12.5", **MANUAL)
    assert (row.state, row.waybill_no, str(row.fee)) == (State.ORDERED, "EMS123456789", "12.50")
    for move, remark in ((Move.PICKED, "邮政已收寄"), (Move.SIGNED, "已签收，签收人：家人")):
        row.refresh_from_db()
        services.add_track(row.number, version=row.version, move=move, at=timezone.now(), remark=remark, actor=post.world.clerk)
    assert run_pending()
    row.refresh_from_db()
    assert (row.state, row.signer) == (State.SIGNED, "家人")
    assert row.written_at is not None
    view = cases.case(case_no, actor=SYSTEM)
    (sent,) = view.deliveries
    assert (view.status, sent.way, sent.tracking_no, sent.receiver) == ("delivered", "2", "EMS123456789", "家人")
    assert sent.registered_by == "系统"
    assert next(clock for clock in view.clocks if clock.kind == "delivery").state == "stopped"
    services.write_back(row.number)
    assert len(cases.case(case_no, actor=SYSTEM).deliveries) == 1


def test_the_system_may_only_deliver_by_courier(post):
    case_no = post.decided("window")
    version = cases.case(case_no, actor=SYSTEM).version
    for payload in ({"way": "1", "receiver": "本人"}, {"way": "3", "receiver": "本人"}):
        with pytest.raises(NotAllowed, match="快递签收"):
            case_services.act(case_no, Action.DELIVER, actor=SYSTEM, expected_version=version, payload=payload)
    assert post.status(case_no) == "granted"


def test_collected_at_the_window_withdraws_the_parcel(post):
    case_no = post.decided()
    drive(case_no, Action.DELIVER)
    run_pending()
    assert post.shipment(case_no).state == State.CANCELLED
    assert post.status(case_no) == "delivered"


def test_signed_after_a_manual_delivery_only_notes_it(post):
    case_no = post.decided()
    row = post.place(post.shipment(case_no).number, **MANUAL)
    drive(case_no, (Action.DELIVER, {"way": "2", "receiver": "本人", "tracking_no": row.waybill_no}))
    services.record_routes(row.number, [route(Move.SIGNED)], "manual")
    run_pending()
    row.refresh_from_db()
    assert row.written_at is not None
    assert len(cases.case(case_no, actor=SYSTEM).deliveries) == 1


def test_must_pack_everything_before_ordering(post):
    row = post.shipment(post.decided())
    with pytest.raises(NotPacked):
        post.place(row.number, packed=[], **MANUAL)
    for wrong in ({"pays": "x"}, {"fee": "-1"}, {"fee": "1.234"}, {"fee": "NaN"}, {"fee": "99999"}, {"waybill_no": "单号"}):
        with pytest.raises(OrderInvalid):
            post.place(row.number, **{**MANUAL, **wrong})
    with pytest.raises(ShipmentChanged):
        post.place(row.number, version=99, **MANUAL)
    row.refresh_from_db()
    assert row.state == State.PENDING


def test_only_the_window_works_the_desk(post):
    row = post.shipment(post.decided())
    for actor in (post.world.citizen, post.world.officer, post.world.leader, post.world.bureau):
        with pytest.raises(NotAllowed):
            post.place(row.number, actor=actor, **MANUAL)
        with pytest.raises(NotAllowed):
            selectors.listing(actor, {})
        with pytest.raises(NotAllowed):
            services.cancel(row.number, version=row.version, actor=actor)
        with pytest.raises(NotAllowed):
            services.label(row.number, "100x150", actor=actor)
        with pytest.raises(NotAllowed):
            services.reveal(row.number, actor=actor)
    row.refresh_from_db()
    assert row.state == State.PENDING


def test_a_department_window_sees_only_its_own(post):
    from shilong.identity import testing as people
    from shilong.identity.roles.actor import Role

    row = post.shipment(post.decided())
    elsewhere = people.make_staff(Role.WINDOW, department="wjw", name="别处窗口")
    assert list(selectors.listing(elsewhere, {})) == []
    with pytest.raises(ShipmentNotFound):
        selectors.shipment(row.number, elsewhere)
    with pytest.raises(ShipmentNotFound):
        post.place(row.number, actor=elsewhere, **MANUAL)


def test_change_way_and_address_before_ordering(post):
    case_no, citizen = post.decided(), post.world.citizen
    other = post.address(detail="新搬的地方 8 号院 2 单元", mobile="13900000009")
    services.choose(case_no, "courier", uid=other, actor=citizen)
    row = post.shipment(case_no)
    assert (row.state, "8 号院" in row.receiver) == (State.PENDING, True)
    services.choose(case_no, "window", actor=citizen)
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    services.choose(case_no, "courier", uid=other, actor=citizen)
    again = post.shipment(case_no)
    assert (again.number != row.number, again.state) == (True, State.PENDING)
    post.place(again.number, **MANUAL)
    with pytest.raises(WayLocked, match="待揽收"):
        services.choose(case_no, "window", actor=citizen)


def test_choosing_is_for_the_applicant(post):
    case_no, stranger = post.decided(), post.world.other_citizen
    theirs = post.address(actor=stranger)
    with pytest.raises(OthersCase):
        services.choose(case_no, "window", actor=stranger)
    with pytest.raises(OthersCase):
        selectors.case_shipments(case_no, stranger)
    with pytest.raises(AddressNotFound):
        services.choose(case_no, "courier", uid=theirs, actor=post.world.citizen)
    for way, uid in (("pigeon", ""), ("courier", "")):
        with pytest.raises(WayInvalid):
            services.choose(case_no, way, uid=uid, actor=post.world.citizen)
    assert Choice.objects.get(case_no=case_no).way == "courier"


def test_closed_cases_take_no_choice(post):
    case_no = post.decided("window")
    drive(case_no, Action.DELIVER)
    with pytest.raises(WayClosed):
        services.choose(case_no, "electronic", actor=post.world.citizen)


def mailing(post, address: str) -> dict:
    fields = {"receiver_name": "测试甲", "receiver_mobile": "13000000001", "receiver_address": address}
    return {**sample_form(post.world.item_code), "delivery_way": "邮寄送达", **fields}


@pytest.mark.parametrize(("typed", "detail"), [("石龙区人民路街道虚构路 6 号", "人民路街道虚构路6号"), ("看不出省市区", ADDRESS["detail"])])
def test_form_choice_is_taken_when_nothing_else_was_said(post, typed, detail):
    post.address()
    case_no = post.case("", form=mailing(post, typed))
    run_pending()
    choice = selectors.choice(case_no, post.world.citizen)
    assert (choice.way, choice.contact.detail) == ("courier", detail)


def test_courier_without_an_address_asks_for_one(post):
    case_no = post.case("", form=mailing(post, "看不出省市区"))
    run_pending()
    drive(case_no, Action.RECEIVE, (Action.ACCEPT, {"present": True}), Action.REVIEW, Action.DECIDE)
    run_pending()
    row = post.shipment(case_no)
    assert (row.state, row.trouble) == (State.PROBLEM, Trouble.ADDRESS)
    assert Message.objects.filter(template="shipment_need_address", account_id=post.world.citizen.account_id).exists()
    services.choose(case_no, "courier", uid=post.address(), actor=post.world.citizen)
    row.refresh_from_db()
    assert (row.state, row.trouble) == (State.PENDING, "")


def test_pickup_from_the_applicant(post):
    case_no, citizen = post.case(""), post.world.citizen
    slot = selectors.slots()[1].value
    uid = post.address()
    for wrong in ({"goods": []}, {"slot": "2020-01-01/1"}, {"uid": ""}):
        with pytest.raises(PickupInvalid):
            services.request_pickup(case_no, **{"uid": uid, "slot": slot, "goods": ["原件"], **wrong}, actor=citizen)
    with pytest.raises(OthersCase):
        services.request_pickup(case_no, uid=uid, slot=slot, goods=["原件"], actor=post.world.other_citizen)
    number = services.request_pickup(case_no, uid=uid, slot=slot, goods=["营业执照原件"], actor=citizen)
    with pytest.raises(AlreadyRequested):
        services.request_pickup(case_no, uid=uid, slot=slot, goods=["原件"], actor=citizen)
    row = post.place(number, packed=[], **{**MANUAL, "pays": "receiver"})
    assert "政务服务大厅" in row.receiver
    services.record_routes(number, [route(Move.SIGNED)], "manual")
    run_pending()
    row.refresh_from_db()
    assert (row.state, row.written_at) == (State.SIGNED, None)
    assert post.status(case_no) == "submitted"
    assert Message.objects.filter(template="shipment_arrived").exists()


def test_applicant_cancels_own_pickup_only(post):
    case_no, uid = post.case(""), post.address()
    number = services.request_pickup(case_no, uid=uid, slot=selectors.slots()[0].value, goods=["原件"], actor=post.world.citizen)
    row = Shipment.objects.get(number=number)
    with pytest.raises(NotAllowed):
        services.cancel(number, version=row.version, actor=post.world.other_citizen)
    services.cancel(number, version=row.version, actor=post.world.citizen)
    row.refresh_from_db()
    assert row.state == State.CANCELLED


def test_applicant_confirms_receipt(post):
    case_no = post.decided()
    row = post.place(post.shipment(case_no).number, **MANUAL)
    with pytest.raises(OthersCase):
        services.confirm(row.number, actor=post.world.other_citizen)
    services.confirm(row.number, actor=post.world.citizen)
    run_pending()
    assert post.status(case_no) == "delivered"
    with pytest.raises(ShipmentState):
        services.confirm(row.number, actor=post.world.citizen)


def problem(post) -> Shipment:
    row = post.place(post.shipment(post.decided()).number, **MANUAL)
    services.report(row.number, version=row.version, trouble="damaged", note="外包装破损，证书弄湿", actor=post.world.clerk)
    row.refresh_from_db()
    return row


def test_reported_trouble_is_not_cleared_by_movement_but_by_signature(post):
    row = problem(post)
    assert (row.state, row.trouble) == (State.PROBLEM, Trouble.DAMAGED)
    assert Message.objects.filter(template="shipment_problem").exists()
    services.record_routes(row.number, [route(Move.MOVING)], "query")
    row.refresh_from_db()
    assert row.trouble == Trouble.DAMAGED
    services.record_routes(row.number, [route(Move.SIGNED)], "query")
    row.refresh_from_db()
    assert (row.state, row.trouble) == (State.SIGNED, "")


def test_reship_gets_a_new_number(post):
    old = problem(post)
    new = services.handle(old.number, version=old.version, way="reship", note="重新制证后寄出", actor=post.world.clerk)
    old.refresh_from_db()
    row = Shipment.objects.get(number=new)
    assert (old.state, row.state, row.resent_from_id, row.receiver) == (State.CLOSED, State.PENDING, old.pk, old.receiver)
    services.record_routes(old.number, [route(Move.SIGNED)], "query")
    old.refresh_from_db()
    assert old.state == State.CLOSED
    assert post.status(old.case_no) == "granted"


def test_window_collection_and_resume(post):
    row = problem(post)
    services.handle(row.number, version=row.version, way="window", note="申请人说来窗口取", actor=post.world.clerk)
    row.refresh_from_db()
    assert (row.state, Choice.objects.get(case_no=row.case_no).way) == (State.CLOSED, "window")
    again = problem(post)
    services.handle(again.number, version=again.version, way="resume", note="快递公司说继续派送", actor=post.world.clerk)
    again.refresh_from_db()
    assert (again.state, again.trouble) == (State.TRANSIT, "")


def test_handling_needs_the_window_a_note_and_a_problem(post):
    row = problem(post)
    with pytest.raises(NotAllowed):
        services.handle(row.number, version=row.version, way="window", note="不该我来", actor=post.world.citizen)
    with pytest.raises(OrderInvalid):
        services.handle(row.number, version=row.version, way="burn", note="烧掉算了", actor=post.world.clerk)
    from shilong.service.delivery.refusals import NoteMissing

    with pytest.raises(NoteMissing):
        services.handle(row.number, version=row.version, way="window", note=" ", actor=post.world.clerk)
    fresh = post.shipment(post.decided())
    with pytest.raises(ShipmentState):
        services.handle(fresh.number, version=fresh.version, way="window", note="还没寄呢", actor=post.world.clerk)


def test_three_quiet_days_is_a_problem_and_movement_clears_it(post):
    row = post.place(post.shipment(post.decided()).number, **MANUAL)
    assert services.stall_due() == 0
    Shipment.objects.filter(pk=row.pk).update(ordered_at=timezone.now() - timedelta(days=4))
    assert services.stall_due() == 1
    row.refresh_from_db()
    assert (row.state, row.trouble) == (State.PROBLEM, Trouble.STALLED)
    services.record_routes(row.number, [route(Move.MOVING)], "query")
    row.refresh_from_db()
    assert (row.state, row.trouble) == (State.TRANSIT, "")


def test_same_route_counts_once_and_the_future_is_refused(post):
    row = post.place(post.shipment(post.decided()).number, **MANUAL)
    at = timezone.now()
    routes = [route(Move.PICKED, at, "收件", "50"), route(Move.PICKED, at.replace(microsecond=0), "收件", "50")]
    assert services.record_routes(row.number, routes, "push") == 1
    assert services.record_routes(row.number, routes, "query") == 0
    assert services.record_routes(row.number, [route(Move.SIGNED, at + timedelta(days=1))], "push") == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        Track.objects.update(move=Move.SIGNED)


def test_label_is_printed_and_counted(post):
    row = post.shipment(post.decided())
    with pytest.raises(ShipmentState):
        services.label(row.number, "100x150", actor=post.world.clerk)
    post.place(row.number, **MANUAL)
    for size in ("100x150", "a4"):
        assert services.label(row.number, size, actor=post.world.clerk).startswith(b"%PDF")
    row.refresh_from_db()
    assert row.prints == 2


def test_desk_lists_counts_and_sums(post, django_assert_num_queries):
    from decimal import Decimal

    rows = [post.shipment(post.decided()) for _ in range(3)]
    post.place(rows[0].number, fee="12.50", **MANUAL)
    clerk = post.world.clerk
    assert selectors.counts(clerk) == {"todo": 2, "transit": 1, "problem": 0, "signed": 0, "over": 0}
    with django_assert_num_queries(2):
        assert len(selectors.listing(clerk, {"group": "todo"})) == 2
    for q in (rows[0].number, "ems123456789", rows[0].case_no, ADDRESS["mobile"]):
        assert rows[0].number in [row.number for row in selectors.listing(clerk, {"q": q})], q
    (fee,) = selectors.fees(clerk, {})
    assert (fee.courier, fee.pays, fee.count, fee.total) == ("手工登记", "免费", 1, Decimal("12.50"))
    assert all(ADDRESS["mobile"] not in row.receiver for row in selectors.listing(clerk, {}))
    services.set_fee(rows[0].number, version=Shipment.objects.get(pk=rows[0].pk).version, fee="13", actor=clerk)
    assert selectors.fees(clerk, {})[0].total == Decimal("13.00")


def test_anonymous_progress_says_little(post):
    case_no = post.decided()
    post.place(post.shipment(case_no).number, **MANUAL)
    found = selectors.progress(case_no)
    assert (found.state_name, found.waybill) == ("待揽收", "EM****6789")


def test_window_may_set_the_way_for_the_applicant(post):
    case_no = post.case("")
    services.choose(case_no, "courier", contact=address.clean(ADDRESS), actor=CLERK)
    assert Choice.objects.get(case_no=case_no).chosen_by == "测试窗口"


def test_a_choice_made_at_the_moment_of_decision_is_not_lost(post):
    case_no = post.decided("")
    values = {"way": "courier", "chosen_by": "申请人", "updated_at": timezone.now(), "contact": address.clean(ADDRESS).dump()}
    Choice.objects.update_or_create(case_no=case_no, defaults=values)
    tasks.catch_up()
    assert post.shipment(case_no).state == State.PENDING
    tasks.catch_up()
    assert Shipment.objects.filter(case_no=case_no).count() == 1


def test_a_parcel_the_window_cancelled_does_not_come_back(post):
    row = post.shipment(post.decided())
    services.cancel(row.number, version=row.version, note="申请人来取", actor=post.world.clerk)
    tasks.catch_up()
    assert Shipment.objects.filter(case_no=row.case_no).count() == 1
