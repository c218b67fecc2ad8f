"""母件与子件：一次提交、先后放行、补正汇总、一件不成、统一出件、评价；换一个人都不行。"""

import json

import pytest

from shilong.foundation.events.models import Event
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Delivery, Message
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.identity import testing as people
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases import selectors as cases
from shilong.service.cases.models import Case
from shilong.service.cases.refusals import FormInvalid, MaterialMissing
from shilong.service.cases.testing import drive
from shilong.service.catalog.models import Item
from shilong.service.insight import selectors as insight
from shilong.service.joint import selectors, services
from shilong.service.joint.models import Bundle, Member
from shilong.service.joint.refusals import (
    AlreadyScored,
    BundleChanged,
    BundleNotFound,
    ExtensionNotAllowed,
    NoChoiceNeeded,
    NotFinished,
    NotHeld,
    NothingToSupplement,
    ThemeChangedSinceFilled,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("W06", "W13")]
ANSWERS = {"big": "yes", "sign": "yes", "drain": "yes", "tobacco": "yes", "place": "rent"}
GRANT = ("receive", "accept", ("decide", None))


def member(bundle: Bundle, part: str) -> Member:
    return bundle.members.get(part=part)


def grant(bundle: Bundle, part: str) -> None:
    """受理、审查、准予一件，再让事件跑完。"""
    row = member(bundle, part)
    drive(row.case_no, "accept")
    finish(row.case_no)
    run_pending()


def finish(case_no: str, result: str = "grant") -> None:
    for _ in range(6):
        case = Case.objects.get(case_no=case_no)
        if case.state not in ("accepted", "reviewing"):
            return
        stages = {task.stage for task in cases.case(case_no, actor=SYSTEM).open_tasks}
        if "review" in stages:
            points = [True] * 20
            drive(case_no, ("review", {"result": "agree", "opinion": "符合", "points": list(range(len(points)))}))
        else:
            drive(case_no, ("decide", {"result": result, "opinion": "依法决定", "reason": "不符合条件"}))


def refuse(bundle: Bundle, part: str) -> None:
    drive(member(bundle, part).case_no, ("reject", {"ground": "not_qualified", "reason": "选址不合要求"}))
    run_pending()


def texts(template: str) -> list[str]:
    return list(Message.objects.filter(template=template).values_list("body", flat=True))


def test_one_submission_makes_every_department_case(town):
    bundle = town.submit("restaurant", ANSWERS)
    rows = {row.part: row for row in bundle.members.all()}
    assert set(rows) == {"food", "fire", "sign", "drain", "tobacco"}
    assert bundle.omni_no.startswith("YJS")
    assert bundle.promise_days == 15
    for key, row in rows.items():
        assert bool(row.case_no) is (key != "tobacco"), key
    assert rows["tobacco"].stage == Member.Stage.WAITING
    assert {row.department for row in rows.values()} == {"scjg", "xfd", "cgj", "zjj", "ycj"}
    food = cases.case(rows["food"].case_no, actor=town.firm)
    fire = cases.case(rows["fire"].case_no, actor=town.firm)
    assert food.form["shop_name"] == fire.form["place_name"]  # 同一信息只填一次
    assert food.form["corp_name"] == town.firm.name
    # 同一份合同只传一次，分到用得着的子件
    sign = cases.case(rows["sign"].case_no, actor=town.firm)
    assert next(row.file_ids for row in sign.materials if row.name == "场地或建筑物租赁合同")
    assert len(texts("joint_submitted")) == 1


def test_same_key_submits_once(town):
    first = town.submit("restaurant", ANSWERS)
    again = town.submit("restaurant", ANSWERS)
    assert first.pk == again.pk
    assert Case.objects.count() == 4


def test_any_bad_part_rolls_the_whole_back(town):
    from shilong.service.cases.services import MaterialInput
    from shilong.service.joint.services.submit import BundleCommand, submit
    from shilong.service.joint.shape import ThemeShape

    shape = ThemeShape(selectors.theme("restaurant"))
    full = shape.answers(ANSWERS)
    form = town.form(shape, full, town.firm)
    with pytest.raises(MaterialMissing):
        submit(BundleCommand(shape.view, form, {}, full, "1", "x"), actor=town.firm)
    files = {row.code: MaterialInput(row.code, [town.upload(town.firm)]) for row in shape.trim(full).materials if not row.can_share}
    with pytest.raises(FormInvalid):
        submit(BundleCommand(shape.view, {**form, "shop_name": ""}, files, full, "1", "x"), actor=town.firm)
    assert not Bundle.objects.exists()
    assert not Case.objects.exists()


def test_fewer_than_two_items_is_not_a_bundle(town):
    with pytest.raises(ThemeChangedSinceFilled):
        town.submit("restaurant", {"big": "no"})


def test_next_case_is_submitted_only_after_the_first_is_granted(town):
    """先后：后一件等前一件准予才提交；法定期限从它自己受理起算，不用停表。"""
    bundle = town.submit("restaurant", ANSWERS)
    grant(bundle, "fire")
    assert member(bundle, "tobacco").stage == Member.Stage.WAITING
    grant(bundle, "food")
    row = member(bundle, "tobacco")
    assert row.stage == Member.Stage.RUNNING
    view = cases.case(row.case_no, actor=town.firm)
    assert [one.kind for one in view.clocks] == ["notice"]
    assert Event.objects.filter(topic="joint.release").count() == 1


def test_finishes_only_when_every_case_is_done(town):
    bundle = town.submit("restaurant", ANSWERS)
    for part in ("food", "fire", "sign", "drain"):
        grant(bundle, part)
        bundle.refresh_from_db()
        assert bundle.finished_at is None
    grant(bundle, "tobacco")
    bundle.refresh_from_db()
    assert bundle.state == Bundle.State.FINISHED
    assert len(texts("joint_finished")) == 1
    assert Delivery.objects.filter(message__template="joint_finished").count() == 1
    view = selectors.bundle(bundle.omni_no, actor=town.firm)
    assert [clock.total for clock in view.clocks] == [15, 45]
    assert view.deliverable == 5


def test_repeated_and_late_events_change_nothing(town):
    bundle = town.submit("restaurant", ANSWERS)
    grant(bundle, "food")
    before = list(Member.objects.values_list("part", "stage", "case_state", "case_version"))
    row = member(bundle, "food")
    services.follow(row.case_no, "submitted", 1)
    services.follow(row.case_no, row.case_state, row.case_version)
    services.follow("没有这件", "granted", 9)
    assert list(Member.objects.values_list("part", "stage", "case_state", "case_version")) == before
    assert Case.objects.count() == 5


def test_supplement_is_gathered_and_given_back_to_each_case(town):
    bundle = town.submit("restaurant", ANSWERS)
    lease = {"material": "租赁合同", "problem": "没有签字页", "basis": "《行政许可法》第三十一条"}
    drive(member(bundle, "sign").case_no, ("supplement", {"items": [{**lease, "material": "M04"}, {**lease, "material": "M05"}]}))
    drive(member(bundle, "food").case_no, ("supplement", {"items": [{**lease, "material": "M03"}, {**lease, "material": "申请表"}]}))
    run_pending()
    view = selectors.bundle(bundle.omni_no, actor=town.firm)
    assert {row.part for row in view.supplementing} == {"sign", "food"}
    found = {row.name: row for row in view.corrections}
    assert {"场所租赁合同", "结构安全承诺或设计说明", "申请表与其他"} <= set(found)
    assert view.needs_form
    new = town.upload(town.firm)
    _, values, _ = view.merged_form()
    codes = [row.code for row in view.corrections if row.code]
    done = services.supplement(
        bundle.omni_no,
        materials={code: [new] for code in codes},
        form={**values, "place_area": 66},
        opinion="已补",
        actor=town.firm,
        version=view.version,
    )
    assert len(done) == 2
    run_pending()
    for part in ("sign", "food"):
        case = cases.case(member(bundle, part).case_no, actor=town.firm)
        assert case.status == "submitted"
        assert new in [file for row in case.materials for file in row.file_ids]
    assert cases.case(member(bundle, "food").case_no, actor=town.firm).form["place_area"] == 66
    with pytest.raises(NothingToSupplement):
        services.supplement(
            bundle.omni_no, materials={}, form=None, opinion="", actor=town.firm, version=Bundle.objects.get(pk=bundle.pk).version
        )


def test_rejection_stops_what_waits_for_it_and_asks(town):
    bundle = town.submit("restaurant", ANSWERS)
    refuse(bundle, "food")
    bundle.refresh_from_db()
    assert member(bundle, "food").stage == Member.Stage.FAILED
    assert member(bundle, "tobacco").stage == Member.Stage.STOPPED
    assert member(bundle, "fire").stage == Member.Stage.RUNNING  # 不等它的继续办
    assert bundle.state == Bundle.State.PARTIAL
    assert len(texts("joint_choose")) == 1
    assert selectors.bundle(bundle.omni_no, actor=town.firm).asks
    refuse(bundle, "drain")
    assert len(texts("joint_choose")) == 1  # 只问一次
    services.choose(bundle.omni_no, "continue", actor=town.firm, version=Bundle.objects.get(pk=bundle.pk).version)
    grant(bundle, "fire")
    grant(bundle, "sign")
    bundle.refresh_from_db()
    assert (bundle.state, bundle.finished_at is not None) == (Bundle.State.PARTIAL, True)


def test_withdrawing_the_rest_keeps_what_is_granted(town):
    bundle = town.submit("restaurant", ANSWERS)
    grant(bundle, "fire")
    refuse(bundle, "food")
    bundle.refresh_from_db()
    services.choose(bundle.omni_no, "withdraw", actor=town.firm, version=bundle.version)
    run_pending()
    stages = dict(bundle.members.values_list("part", "stage"))
    assert stages == {"fire": "granted", "food": "failed", "tobacco": "stopped", "sign": "cancelled", "drain": "cancelled"}
    assert cases.case(member(bundle, "sign").case_no, actor=town.firm).status == "withdrawn"
    bundle.refresh_from_db()
    assert bundle.finished_at is not None
    with pytest.raises(NoChoiceNeeded):
        services.choose(bundle.omni_no, "continue", actor=town.firm, version=bundle.version)


def test_denied_everything_closes_without_anything_to_collect(town):
    bundle = town.submit("restaurant", {"big": "yes"})
    refuse(bundle, "food")
    refuse(bundle, "fire")
    bundle.refresh_from_db()
    assert bundle.state == Bundle.State.CLOSED
    assert "没有需要领取" in texts("joint_finished")[0]


def test_held_when_the_next_item_has_gone_offline(town):
    """等到了却交不上：停在那里说明原因，处理后重新提交；其余不受影响。"""
    bundle = town.submit("restaurant", ANSWERS)
    item = Item.objects.filter(code=member(bundle, "tobacco").item_code)
    item.update(state=Item.State.PAUSED)
    grant(bundle, "food")
    row = member(bundle, "tobacco")
    assert row.stage == Member.Stage.HELD
    assert "下线" in row.reason
    assert len(texts("joint_held")) == 1
    assert selectors.bundle(bundle.omni_no, actor=town.firm).theme.name == "开餐饮店"
    assert services.retry(bundle.omni_no, "tobacco", actor=town.firm) == Member.Stage.HELD
    item.update(state=Item.State.ACTIVE)
    assert services.retry(bundle.omni_no, "tobacco", actor=town.firm) == Member.Stage.RUNNING
    with pytest.raises(NotHeld):
        services.retry(bundle.omni_no, "tobacco", actor=town.firm)
    with pytest.raises(NotHeld):
        services.cancel(bundle.omni_no, "tobacco", actor=town.firm)


def test_held_case_can_be_given_up(town):
    bundle = town.submit("restaurant", {"big": "no", "tobacco": "yes"})
    Item.objects.filter(code=member(bundle, "tobacco").item_code).update(state=Item.State.PAUSED)
    grant(bundle, "food")
    services.cancel(bundle.omni_no, "tobacco", actor=town.firm)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.finished_at is not None) == (Bundle.State.PARTIAL, True)


def test_another_person_cannot_touch_it(town):
    bundle = town.submit("restaurant", ANSWERS)
    number = bundle.omni_no
    for who in (town.other_firm, town.citizen, town.registrar):
        with pytest.raises(BundleNotFound):
            services.choose(number, "withdraw", actor=who, version=1)
        with pytest.raises(BundleNotFound):
            services.supplement(number, materials={}, form=None, opinion="", actor=who, version=1)
        with pytest.raises(BundleNotFound):
            services.retry(number, "tobacco", actor=who)
        with pytest.raises(BundleNotFound):
            services.score(number, 5, "", actor=who)
        with pytest.raises(NotAllowed):
            services.deliver(number, receiver="某人", way="1", actor=who)
        with pytest.raises(NotAllowed):
            services.extend(number, approved_by="区长", reason="复杂", actor=who)
    with pytest.raises(BundleNotFound):
        selectors.bundle(number, actor=town.other_firm)
    with pytest.raises(BundleNotFound):
        selectors.bundle(number, actor=town.outsider)  # 没有民政的子件
    assert selectors.bundle(number, actor=town.registrar).omni_no == number  # 有市场监管的子件
    assert selectors.mine(town.other_firm).total == 0
    with pytest.raises(BundleChanged):
        services.choose(number, "withdraw", actor=town.firm, version=99)


def test_agent_sees_only_while_authorised(town):
    bundle = town.submit("restaurant", ANSWERS)
    agent = people.acting_for(town.citizen, town.firm)
    assert selectors.bundle(bundle.omni_no, actor=agent).omni_no == bundle.omni_no
    narrow = people.acting_for(town.citizen, town.firm, ("scjg",))
    with pytest.raises(BundleNotFound):
        selectors.bundle(bundle.omni_no, actor=narrow)
    assert selectors.mine(narrow).total == 0


def test_deliver_all_and_score_once(town):
    bundle = town.submit("restaurant", {"big": "yes"})
    with pytest.raises(NotFinished):
        services.deliver(bundle.omni_no, receiver="本人", way="1", actor=town.clerk)
    with pytest.raises(NotFinished):
        services.score(bundle.omni_no, 5, "", actor=town.firm)
    grant(bundle, "food")
    grant(bundle, "fire")
    assert services.deliver(bundle.omni_no, receiver="本人", way="1", actor=town.clerk) == 2
    run_pending()
    assert set(bundle.members.values_list("case_state", flat=True)) == {"delivered"}
    with pytest.raises(Invalid):
        services.score(bundle.omni_no, 6, "", actor=town.firm)
    services.score(bundle.omni_no, 5, "一次办好", actor=town.firm)
    with pytest.raises(AlreadyScored):
        services.score(bundle.omni_no, 4, "", actor=town.firm)


def test_joint_limit_extends_once_with_approval(town):
    bundle = town.submit("restaurant", ANSWERS)
    services.extend(bundle.omni_no, approved_by="区政府分管负责人", reason="涉及现场核查", actor=town.bureau)
    bundle.refresh_from_db()
    assert bundle.joint_limit == 60
    with pytest.raises(ExtensionNotAllowed):
        services.extend(bundle.omni_no, approved_by="区政府", reason="再延", actor=town.bureau)


def test_bundle_is_not_counted_again(town):
    """统计以子件计：一件联办五个事项，已提交四件就是四件，母件不另计。"""
    from django.utils import timezone

    town.submit("restaurant", ANSWERS)
    run_pending()
    today = timezone.localdate()
    assert insight.district_totals(today, today).submitted == 4
    view = selectors.stats(town.bureau, today, today)
    assert (view.total.submitted, view.total.members, view.saved) == (1, 5, 4)


def test_form_and_applicant_are_encrypted_at_rest(town):
    from django.db import connection

    town.submit("restaurant", ANSWERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT form, applicant FROM joint_bundle")
        form, applicant = cursor.fetchone()
    assert form.startswith("s1:")
    assert applicant.startswith("s1:")
    assert json.loads(Bundle.objects.get().form)["corp_name"] == town.firm.name
