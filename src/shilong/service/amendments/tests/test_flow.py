"""申请、授权、执行、撤销：主路径、换一个人不行、互相冲突。"""

import json

import pytest
from django.db import IntegrityError, connection

from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.refusals import NotAllowed, NotFound, NotSignedIn
from shilong.identity import testing as people
from shilong.identity.roles.actor import ANONYMOUS, Role, Scope
from shilong.service.amendments import refusals, selectors, services
from shilong.service.amendments.models import Amendment, AmendmentItem
from shilong.service.amendments.rules import StepNotPossible
from shilong.service.cases import services as cases
from shilong.service.cases.models import Case, CaseEvent
from shilong.service.cases.refusals import CaseNotFound, MustRecuse, OthersCase
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.conftest import upload

pytestmark = [pytest.mark.django_db, pytest.mark.req("P04", "P02")]
NEW = {"mobile": "13000000009"}
REASON = "手机号登记错了一位"


@pytest.fixture
def case_no(world):
    return world.submit().case_no


@pytest.fixture
def second_bureau(world):
    return people.make_staff(Role.BUREAU, department="zwzx", scope=Scope.DISTRICT, name="郑监察")


def apply(case_no, actor, changes=NEW, **overrides):
    files = overrides.pop("file_ids", None) or [upload(actor)]
    return services.request(case_no, changes, actor=actor, reason=overrides.pop("reason", REASON), file_ids=files)


def version(case_no):
    return Case.objects.get(case_no=case_no).version


def untouched(number, status):
    row = Amendment.objects.get(number=number)
    return row.status == status and Case.objects.get(case_no=row.case_no).version == row.case_version


def test_request_authorise_execute_keeps_both_values(world, case_no):
    before = CaseEvent.objects.get(case__case_no=case_no, seq=1)
    number = apply(case_no, world.clerk, {"mobile": "13000000009", "applicant_name": "王建军"})
    assert number.startswith("GZ")
    services.authorise(number, actor=world.bureau, opinion="属实")
    services.execute(number, actor=world.clerk, seen_version=version(case_no))
    row = Amendment.objects.get(number=number)
    assert (row.status, row.decided_by, row.closed_by, row.executed_version) == ("executed", "吴监察", "李敏", 2)
    event = CaseEvent.objects.get(case__case_no=case_no, seq=2)
    assert (event.action, event.data["request_no"], event.data["authorised_by"]) == ("correct", number, "吴监察")
    assert "申请人" in event.note
    assert json.loads(event.secret)["applicant_name"] == {"before": "王建国", "after": "王建军"}
    assert CaseEvent.objects.get(pk=before.pk).changes == before.changes
    assert Case.objects.get(case_no=case_no).applicant_name == "王建军"
    actions = list(AuditEntry.objects.filter(object_type="amendment", object_id=number).order_by("pk").values_list("action", flat=True))
    assert actions == ["amendment.request", "amendment.authorise", "amendment.execute"]


def test_form_fields_can_be_corrected_and_are_checked_like_the_form(world, case_no):
    from shilong.service.cases.selectors.correctable import correctable

    view, fields = correctable(case_no, actor=world.clerk)
    one = next(row for row in fields if row.key.startswith("form.") and row.kind == "text")
    number = apply(case_no, world.clerk, {one.key: "更正后的内容"})
    services.authorise(number, actor=world.bureau)
    services.execute(number, actor=world.bureau, seen_version=view.version)
    assert json.loads(Case.objects.get(case_no=case_no).dossier.form)[one.key[5:]] == "更正后的内容"
    assert one.label in CaseEvent.objects.get(case__case_no=case_no, seq=2).note


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"mobile": "123"}, "mobile", "手机"),
        ({"id_no": "410404190001010011"}, "id_no", ""),
        ({"applicant_name": ""}, "applicant_name", "不能为空"),
        ({"applicant_name": "王1"}, "applicant_name", ""),
        ({"channel": "8"}, "channel", "渠道"),
        ({"state": "granted"}, "state", "没有这一项"),
        ({"form.nothing": "x"}, "form.nothing", "没有这一项"),
        ({"address": "x" * 301}, "address", "300"),
        ({}, "changes", "至少"),
    ],
)
def test_bad_values_are_refused_with_a_sentence(world, case_no, changes, field, words):
    with pytest.raises(refusals.AmendmentInvalid) as caught:
        apply(case_no, world.clerk, changes)
    assert words in caught.value.fields[field]
    assert not Amendment.objects.exists()


def test_reason_and_evidence_are_required(world, case_no):
    with pytest.raises(refusals.AmendmentInvalid) as caught:
        services.request(case_no, NEW, reason="错", file_ids=[], actor=world.clerk)
    assert set(caught.value.fields) == {"reason", "files"}
    with pytest.raises(NotFound):
        apply(case_no, world.clerk, file_ids=[upload(world.officer)])
    current = Case.objects.get(case_no=case_no).dossier.mobile
    with pytest.raises(refusals.AmendmentInvalid):
        apply(case_no, world.clerk, {"mobile": current})


def test_another_person_cannot_request(world, case_no):
    for who, refusal in (
        (world.citizen, NotAllowed),
        (world.other_citizen, NotAllowed),
        (world.outsider, OthersCase),
        (world.outside_leader, OthersCase),
        (people.make_staff(Role.CATALOG), NotAllowed),
        (people.make_staff(Role.AUDITOR), NotAllowed),
    ):
        with pytest.raises(refusal):
            apply(case_no, who)
    with pytest.raises(NotSignedIn):
        services.request(case_no, NEW, reason=REASON, file_ids=["x"], actor=ANONYMOUS)
    with pytest.raises(CaseNotFound):
        apply("0" * 22, world.clerk)
    assert not Amendment.objects.exists()


def test_the_applicant_must_recuse(world, case_no):
    from dataclasses import replace

    herself = replace(world.citizen, roles=frozenset({Role.APPLICANT, Role.OFFICER}), department="scjg", scope=Scope.DEPARTMENT)
    with pytest.raises(MustRecuse):
        apply(case_no, herself)


def test_another_person_cannot_authorise_or_refuse(world, case_no, second_bureau):
    number = apply(case_no, world.bureau)
    narrow = people.make_staff(Role.BUREAU, department="wjw", name="别局")
    for who in (world.clerk, world.officer, world.leader, world.citizen, world.outsider, narrow, world.bureau):
        with pytest.raises(NotAllowed):
            services.authorise(number, actor=who)
        with pytest.raises(NotAllowed):
            services.refuse(number, actor=who, opinion="理由不充分的")
    assert untouched(number, "pending")
    services.authorise(number, actor=second_bureau)
    assert Amendment.objects.get(number=number).status == "authorised"


def test_database_refuses_self_authorisation(world, case_no):
    number = apply(case_no, world.clerk)
    with pytest.raises(IntegrityError):
        Amendment.objects.filter(number=number).update(decided_by_id=world.clerk.account_id)


def test_another_person_cannot_execute_or_cancel(world, case_no):
    number = apply(case_no, world.clerk)
    services.authorise(number, actor=world.bureau)
    other_clerk = people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT, name="别的窗口")
    for who in (other_clerk, world.officer, world.leader, world.outsider, world.citizen):
        with pytest.raises(NotAllowed):
            services.execute(number, actor=who, seen_version=version(case_no))
    for who in (other_clerk, world.officer, world.bureau, world.citizen):
        with pytest.raises(NotAllowed):
            services.cancel(number, actor=who)
    assert untouched(number, "authorised")


def test_not_authorised_cannot_be_executed(world, case_no):
    number = apply(case_no, world.clerk)
    with pytest.raises(StepNotPossible):
        services.execute(number, actor=world.clerk, seen_version=version(case_no))
    with pytest.raises(refusals.AmendmentInvalid):
        services.refuse(number, actor=world.bureau, opinion="")
    services.refuse(number, actor=world.bureau, opinion="凭据看不清楚")
    for step in (services.authorise, services.cancel):
        with pytest.raises(StepNotPossible):
            step(number, actor=world.bureau if step is services.authorise else world.clerk)
    assert untouched(number, "refused")


def test_same_field_cannot_have_two_live_requests(world, case_no):
    first = apply(case_no, world.clerk)
    with pytest.raises(refusals.AlreadyPending) as caught:
        apply(case_no, world.officer, {"mobile": "13000000008"})
    assert first in caught.value.text
    apply(case_no, world.officer, {"address": "石龙区测试路9号"})
    with pytest.raises(IntegrityError):
        AmendmentItem.objects.create(amendment_id=Amendment.objects.get(number=first).pk, case_no=case_no, key="mobile", after="1")


@pytest.mark.parametrize("ending", ["refuse", "cancel", "execute"])
def test_a_closed_request_frees_the_field(world, case_no, ending):
    first = apply(case_no, world.clerk)
    if ending == "refuse":
        services.refuse(first, actor=world.bureau, opinion="凭据看不清楚")
    elif ending == "cancel":
        services.cancel(first, actor=world.clerk)
    else:
        services.authorise(first, actor=world.bureau)
        services.execute(first, actor=world.clerk, seen_version=version(case_no))
    assert apply(case_no, world.officer, {"mobile": "13000000008"}) != first


def test_executing_after_the_case_moved_is_explained(world, case_no):
    number = apply(case_no, world.clerk)
    services.authorise(number, actor=world.bureau)
    seen = version(case_no)
    drive(case_no, "accept")
    assert selectors.amendment(number, actor=world.clerk).handled_since == 1
    with pytest.raises(refusals.CaseHandled):
        services.execute(number, actor=world.clerk, seen_version=seen)
    services.execute(number, actor=world.clerk, seen_version=version(case_no))
    assert Case.objects.get(case_no=case_no).dossier.mobile == "13000000009"


def test_a_field_changed_in_between_is_never_overwritten(world, case_no):
    number = apply(case_no, world.clerk)
    services.authorise(number, actor=world.bureau)
    cases.correct(case_no, {"mobile": "13000000007"}, actor=world.bureau, request_no="GZ-旧")
    with pytest.raises(refusals.CaseMoved) as caught:
        services.execute(number, actor=world.clerk, seen_version=version(case_no))
    assert "手机" in caught.value.text
    assert Case.objects.get(case_no=case_no).dossier.mobile == "13000000007"


def test_values_are_encrypted_masked_and_revealed_with_a_trace(world, case_no):
    number = apply(case_no, world.clerk, {"mobile": "13000000009"})
    with connection.cursor() as cursor:
        cursor.execute("select before, after from amendments_amendmentitem")
        assert all(value.startswith("s1:") for value in cursor.fetchone())
    view = selectors.amendment(number, actor=world.bureau)
    assert (view.items[0].label, view.items[0].after) == ("手机", "130****0009")
    assert services.reveal(number, actor=world.bureau, reason="授权前核对")[0][2] == "13000000009"
    assert AuditEntry.objects.filter(action="amendment.reveal", object_id=number).count() == 1
    with pytest.raises(refusals.AmendmentInvalid):
        services.reveal(number, actor=world.bureau, reason=" ")
    for who in (world.officer, world.leader, world.outsider):
        with pytest.raises(NotAllowed):
            services.reveal(number, actor=who, reason="好奇")


def test_each_person_lists_only_what_they_may_see(world, case_no):
    number = apply(case_no, world.clerk)
    other_clerk = people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT, name="别的窗口")
    for who, seen in ((world.clerk, 1), (world.bureau, 1), (world.officer, 1), (world.leader, 1), (world.outsider, 0), (other_clerk, 0)):
        assert len(selectors.listing(who, {})) == seen
        if not seen:
            with pytest.raises(refusals.AmendmentNotFound):
                selectors.amendment(number, actor=who)
    with pytest.raises(NotAllowed):
        selectors.listing(world.citizen, {})
    assert selectors.pending_count(world.bureau) == 1
    assert selectors.pending_count(world.clerk) == 0
    steps = {who.name: selectors.amendment(number, actor=who).steps for who in (world.clerk, world.bureau, world.officer)}
    assert steps == {"李敏": {"cancel", "reveal"}, "吴监察": {"authorise", "refuse", "reveal"}, "赵审批": frozenset()}


def test_list_filters(world, case_no):
    number = apply(case_no, world.clerk)
    for filters, seen in (
        ({"status": "pending"}, 1),
        ({"status": "executed"}, 0),
        ({"q": number}, 1),
        ({"q": case_no}, 1),
        ({"q": "GZ0"}, 0),
        ({"department": "wjw"}, 0),
        ({"mine": "1"}, 0),
    ):
        assert len(selectors.listing(world.bureau, filters)) == seen


def test_list_query_count(world, case_no, django_assert_max_num_queries):
    apply(case_no, world.clerk)
    apply(world.submit().case_no, world.clerk)
    with django_assert_max_num_queries(3):
        selectors.listing(world.bureau, {})
