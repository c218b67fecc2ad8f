"""咨询投诉：提交、分派、答复、催办、超期、满意度、公开选登；换人不行；坏输入不改数据。"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Message
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity import testing as people
from shilong.identity.roles.actor import ANONYMOUS, Role, Scope
from shilong.service.cases.refusals import OthersCase
from shilong.service.cases.tests.conftest import item, world  # noqa: F401 测试固件
from shilong.service.enquiries import rules, selectors, services
from shilong.service.enquiries.models import Enquiry, EnquiryEvent
from shilong.service.enquiries.refusals import (
    EnquiryChanged,
    EnquiryInvalid,
    EnquiryNotFound,
    NoContact,
    SameReviewer,
    StaffCannotAsk,
    StepNotPossible,
    TooManyOpen,
    UrgedToday,
)
from shilong.service.enquiries.rules import Step
from shilong.service.enquiries.services import Draft
from shilong.service.ratings.tests.conftest import picture

pytestmark = [pytest.mark.django_db, pytest.mark.req("W05", "P07")]
ASK = Draft("consult", "换证要多久", "食品经营许可证快到期了，我是王建国，电话13900000001", mobile="13900000001", department="scjg")
COMPLAIN = replace(ASK, kind="complaint", title="窗口没人")


def do(row: Enquiry, step: str, actor, **values) -> Enquiry:
    row.refresh_from_db()
    return services.advance(row.number, Step(step), values, actor=actor, expected_version=row.version)


def answered(world) -> Enquiry:  # noqa: F811
    row = services.submit(ASK, actor=world.citizen)
    return do(row, "answer", world.officer, note="到期前 30 日申请延续，10 个工作日内办结，问李敏13900000009")


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-23 10:00", "2026-11-26"),  # 周一上午 → 周四
        ("2026-11-23 18:00", "2026-11-27"),  # 下班后算次日收到
        ("2026-11-27 10:00", "2026-12-02"),  # 周五 → 跨周末
        ("2026-09-29 10:00", "2026-10-09"),  # 国庆放假不算
    ],
)
def test_answer_is_due_in_three_workdays(db, at, due):
    calendars.seed(2026, 2027)
    moment = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    assert f"{rules.deadline(moment, calendars.load()):%Y-%m-%d}" == due


def test_from_question_to_satisfaction(world):  # noqa: F811
    row = services.submit(replace(ASK, files=[picture()]), actor=world.citizen)
    assert (row.stage, row.department) == ("20", "scjg")
    run_pending()
    assert Message.objects.filter(template="enquiry_assigned", account_id=world.leader.account_id).exists()
    row = do(row, "answer", world.officer, note="到期前 30 日申请延续。")
    run_pending()
    assert "到期前 30 日" in Message.objects.get(template="enquiry_answered").body
    row = do(row, "rate", world.citizen, satisfaction="4", note="清楚")
    assert (row.stage, row.satisfaction) == ("40", 4)
    view = selectors.my_enquiry(row.number, world.citizen)
    assert [one.name for one in view.events] == ["提交", "答复", "评价答复"]
    assert "赵审批" not in repr(view.events)
    board = selectors.board(world.bureau, timezone.localdate(), timezone.localdate())
    assert next((one.name, one.total, one.on_time_rate, one.good_rate) for one in board) == ("合计", 1, 100.0, 100.0)


def test_complaints_go_to_the_bureau_first_and_name_a_contact(world):  # noqa: F811
    row = services.submit(COMPLAIN, actor=world.citizen)
    assert (row.stage, row.department, row.about) == ("10", "", "scjg")
    with pytest.raises(EnquiryNotFound):
        selectors.enquiry(row.number, world.officer)
    row = do(row, "assign", world.bureau, department="wjw")
    assert selectors.enquiry(row.number, world.outsider).row.number == row.number
    row = do(row, "return", world.outsider, note="不归我们")
    assert (row.stage, row.department) == ("10", "")
    with pytest.raises(EnquiryInvalid) as refused:
        services.submit(replace(COMPLAIN, anonymous=True), actor=world.citizen)
    assert "anonymous" in refused.value.fields


def test_anonymous_question_hides_who_asked(world):  # noqa: F811
    row = services.submit(replace(ASK, anonymous=True, mobile=""), actor=world.citizen)
    assert (row.name, row.mobile) == ("", "")
    view = selectors.enquiry(row.number, world.officer)
    assert view.who == "匿名"
    with pytest.raises(NoContact):
        services.reveal(row.number, actor=world.officer, reason="核实")
    assert EnquiryEvent.objects.get().actor_name == "提交人"


def test_contact_is_masked_until_revealed(world):  # noqa: F811
    row = services.submit(ASK, actor=world.citizen)
    view = selectors.enquiry(row.number, world.officer)
    assert (view.who, view.mobile) == ("王*国", "139****0001")
    with pytest.raises(EnquiryInvalid):
        services.reveal(row.number, actor=world.officer, reason=" ")
    with pytest.raises(EnquiryNotFound):
        services.reveal(row.number, actor=world.outsider, reason="看看")
    assert services.reveal(row.number, actor=world.officer, reason="电话核实")["mobile"] == "13900000001"
    assert AuditEntry.objects.get(action="enquiry.reveal").object_id == row.number


def test_others_cannot_see_or_act(world):  # noqa: F811
    row = services.submit(ASK, actor=world.citizen)
    with pytest.raises(EnquiryNotFound):
        selectors.my_enquiry(row.number, world.other_citizen)
    for step in ("urge", "withdraw"):
        with pytest.raises(EnquiryNotFound):
            do(row, step, world.other_citizen)
    for actor in (world.outsider, world.outside_leader):
        with pytest.raises(EnquiryNotFound):
            do(row, "answer", actor, note="x")
    with pytest.raises(NotAllowed):
        do(row, "answer", world.clerk, note="x")
    with pytest.raises(NotAllowed):
        do(row, "answer", world.bureau, note="x")
    with pytest.raises(NotAllowed):
        do(row, "answer", world.citizen, note="x")
    with pytest.raises(EnquiryNotFound):
        do(row, "withdraw", world.officer)
    assert Enquiry.objects.get().stage == "20"


def test_who_may_ask(world):  # noqa: F811
    with pytest.raises(NotSignedIn):
        services.submit(ASK, actor=ANONYMOUS)
    with pytest.raises(StaffCannotAsk):
        services.submit(ASK, actor=world.officer)
    case_no = world.submit().case_no
    with pytest.raises(OthersCase):
        services.submit(replace(ASK, case_no=case_no), actor=world.other_citizen)
    assert services.submit(replace(ASK, case_no=case_no, department=""), actor=world.citizen).item_name == "食品经营许可（新办）"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"content": ""}, "content"),
        ({"content": "长" * 1001}, "content"),
        ({"mobile": "12"}, "mobile"),
        ({"department": "nowhere"}, "department"),
        ({"files": [(None, "x")] * 4}, "files"),
    ],
)
def test_bad_input_points_at_the_field(world, change, field):  # noqa: F811
    with pytest.raises(EnquiryInvalid) as refused:
        services.submit(replace(ASK, **change), actor=world.citizen)
    assert set(refused.value.fields) == {field}
    assert not Enquiry.objects.exists()


def test_too_many_unanswered(world):  # noqa: F811
    for _ in range(10):
        services.submit(ASK, actor=world.citizen)
    with pytest.raises(TooManyOpen):
        services.submit(ASK, actor=world.citizen)


def test_urging_once_a_day_and_overdue_warned_once(world):  # noqa: F811
    row = services.submit(ASK, actor=world.citizen)
    do(row, "urge", world.citizen)
    with pytest.raises(UrgedToday):
        do(row, "urge", world.citizen)
    run_pending()
    assert Message.objects.filter(template="enquiry_urged", account_id=world.officer.account_id).count() == 1
    assert services.warn_overdue() == 0
    later = row.due_at + timedelta(hours=1)
    assert (services.warn_overdue(later), services.warn_overdue(later)) == (1, 0)
    assert Message.objects.filter(template="enquiry_overdue", account_id=world.bureau.account_id).count() == 1


def test_published_text_is_redacted_and_reviewed_by_someone_else(world):  # noqa: F811
    row = do(answered(world), "propose", world.officer)
    view = selectors.enquiry(row.number, world.bureau)
    assert "王建国" not in view.public_content
    assert "13900000001" not in view.public_content
    texts = {"public_title": view.public_title, "public_content": view.public_content + " 13900000001", "public_answer": view.public_answer}
    with pytest.raises(EnquiryInvalid):
        do(row, "publish", world.bureau, public_title="")
    both = people.make_staff(Role.BUREAU, Role.OFFICER, department="scjg", scope=Scope.DISTRICT, name="两岗")
    Enquiry.objects.update(answered_by_id=both.account_id)
    with pytest.raises(SameReviewer):
        do(row, "publish", both, **texts)
    do(row, "publish", world.bureau, **texts)
    found = selectors.public_page().items
    assert len(found) == 1
    assert not {"王建国", "13900000001", "13900000009"} & set(repr(found[0]).split("'"))
    assert "13900000001" not in repr(found[0])


def test_declined_stays_private(world):  # noqa: F811
    row = do(answered(world), "propose", world.officer)
    do(row, "decline", world.bureau, note="个案，不宜公开")
    assert selectors.public_page().total == 0
    with pytest.raises(StepNotPossible):
        do(row, "propose", world.officer)


def test_stale_page_and_wrong_order(world):  # noqa: F811
    row = services.submit(ASK, actor=world.citizen)
    with pytest.raises(EnquiryChanged):
        services.advance(row.number, Step.ANSWER, {"note": "x"}, actor=world.officer, expected_version=9)
    with pytest.raises(StepNotPossible):
        do(row, "rate", world.citizen, satisfaction="5")
    with pytest.raises(EnquiryInvalid):
        do(row, "answer", world.officer, note=" ")
    do(row, "withdraw", world.citizen)
    with pytest.raises(StepNotPossible):
        do(row, "answer", world.officer, note="x")


def test_lists_cost_the_same_however_many(world, django_assert_num_queries):  # noqa: F811
    services.submit(ASK, actor=world.citizen)
    for _ in range(2):
        with django_assert_num_queries(3):
            selectors.listing(world.bureau, {})
        with django_assert_num_queries(3):
            selectors.mine(world.citizen)
        services.submit(ASK, actor=world.citizen)
