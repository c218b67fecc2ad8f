"""一生：每个状态 × 每个动作；每个动作换一个人不行；申请人不能自批；每步留痕。"""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.documents.ofd.seal import parse_seal
from shilong.foundation.gm import authority
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import NotAllowed, NotFound, NotSignedIn
from shilong.identity import testing as people
from shilong.identity.roles.actor import ANONYMOUS, Role, Scope
from shilong.service.seals import refusals, rules, selectors, services, testing
from shilong.service.seals.models import Application, Maker, Seal, SealEvent, SealVersion
from shilong.service.seals.rules import SealStatus, Step, StepNotPossible
from shilong.service.seals.tests.conftest import REASON, filed, number_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("P06")]
WHY = "印章保管人员变动"


def status(seal_no):
    return Seal.objects.get(seal_no=seal_no).status


def test_the_whole_life_is_recorded(cast):
    application = filed(cast, document="石编〔2026〕3 号")
    seal_no = number_of(application)
    assert status(seal_no) == "preparing"
    services.approve(application, actor=cast.bureau, opinion="同意制发")
    assert services.make(application, actor=cast.bureau2) == seal_no
    services.activate(seal_no, actor=cast.leader)
    services.freeze(seal_no, actor=cast.leader, reason=WHY, document="石编〔2026〕4 号")
    services.resume(seal_no, actor=cast.bureau, reason="新保管人已到岗")
    change = services.apply_change(seal_no, name="石龙区某局", years=1, reason="机构更名换章", actor=cast.leader)
    services.approve(change, actor=cast.bureau)
    services.make(change, actor=cast.bureau)
    services.approve(
        services.apply_cancel(seal_no, cause="affiliation_changed", reason="机构撤并", actor=cast.leader), actor=cast.bureau, opinion="同意"
    )
    assert status(seal_no) == "cancelled"
    steps = list(SealEvent.objects.order_by("pk").values_list("step", "actor_name", "status"))
    assert steps == [
        ("apply_create", "钱局长", "preparing"),
        ("approve", "吴监察", "preparing"),
        ("make", "郑监察", "made"),
        ("activate", "钱局长", "active"),
        ("freeze", "钱局长", "frozen"),
        ("resume", "吴监察", "active"),
        ("apply_change", "钱局长", "active"),
        ("approve", "吴监察", "active"),
        ("remake", "吴监察", "active"),
        ("apply_cancel", "钱局长", "active"),
        ("approve", "吴监察", "active"),
        ("cancel", "吴监察", "cancelled"),
    ]
    frozen = SealEvent.objects.get(step="freeze")
    assert (frozen.reason, frozen.document) == (WHY, "石编〔2026〕4 号")
    audited = AuditEntry.objects.filter(object_type="seal", object_id=seal_no).order_by("pk").values_list("action", flat=True)
    assert list(audited) == [f"seal.{step}" for step, _, _ in steps]
    run_pending()
    serials = {int(serial, 16) for serial in SealVersion.objects.values_list("serial", flat=True)}
    assert serials == set(authority.revoked())


def test_a_made_seal_has_its_own_certificate_and_an_encrypted_key(cast):
    seal_no = testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau)
    version = SealVersion.objects.get()
    parsed = parse_seal(bytes(version.data))
    assert (parsed.es_id, parsed.version, parsed.kind, parsed.width) == (f"{seal_no}-1", 4, 11, 40)
    assert parsed.admits(bytes(version.certificate))
    assert "sealed" in version.key
    assert version.code.startswith("410404")
    assert len(version.code) == 13
    testing.make_seal("scjg", "12", leader=cast.leader, bureau=cast.bureau)
    assert Maker.objects.count() == 1, "制章机构只有一个"
    assert SealVersion.objects.values("serial").distinct().count() == 2


@pytest.mark.parametrize("state", sorted(SealStatus))
@pytest.mark.parametrize("step", sorted(Step))
def test_every_state_against_every_step(state, step):
    target = rules.STEPS.get((step, state))
    if target is None:
        with pytest.raises(StepNotPossible, match=rules.STATUS_NAMES[state]):
            rules.advance(step, state)
    else:
        assert rules.advance(step, state) is target
        assert state not in (SealStatus.CANCELLED, SealStatus.VOID), "注销与未获批准是终点"


ACTIONS = {
    Step.ACTIVATE: lambda no, cast: services.activate(no, actor=cast.leader),
    Step.FREEZE: lambda no, cast: services.freeze(no, actor=cast.leader, reason=WHY),
    Step.RESUME: lambda no, cast: services.resume(no, actor=cast.bureau, reason=WHY),
    Step.REMAKE: lambda no, cast: services.apply_change(no, name="石龙区某局", years=1, reason=WHY, actor=cast.leader),
    Step.CANCEL: lambda no, cast: services.apply_cancel(no, cause="cessation_of_operation", reason=WHY, actor=cast.leader),
}


@pytest.mark.parametrize("state", sorted(SealStatus))
@pytest.mark.parametrize("step", sorted(ACTIONS))
def test_the_services_follow_the_table(cast, seal_no, state, step):
    Seal.objects.filter(seal_no=seal_no).update(status=state)
    if (step, state) in rules.STEPS:
        ACTIONS[step](seal_no, cast)
    else:
        with pytest.raises(StepNotPossible):
            ACTIONS[step](seal_no, cast)
        assert status(seal_no) == state


def test_another_person_cannot_apply(cast):
    for who in (cast.outside, cast.bureau, cast.officer, cast.clerk, cast.catalog, cast.auditor, cast.citizen):
        with pytest.raises(NotAllowed):
            services.apply(kind="11", department="scjg", reason=REASON, actor=who)
    with pytest.raises(NotSignedIn):
        services.apply(kind="11", department="scjg", reason=REASON, actor=ANONYMOUS)
    assert not Seal.objects.exists()


def test_another_person_cannot_approve_refuse_or_make(cast):
    application = filed(cast)
    narrow = people.make_staff(Role.BUREAU, department="wjw", name="别局")
    others = (cast.leader, cast.outside, cast.officer, cast.clerk, cast.catalog, cast.auditor, cast.citizen, narrow)
    for who in others:
        with pytest.raises(NotAllowed):
            services.approve(application, actor=who)
        with pytest.raises(NotAllowed):
            services.refuse(application, actor=who, opinion="理由不充分")
    with pytest.raises(refusals.ApplicationClosed):
        services.make(application, actor=cast.bureau)
    services.approve(application, actor=cast.bureau)
    for who in others:
        with pytest.raises(NotAllowed):
            services.make(application, actor=who)
    assert not SealVersion.objects.exists()


def test_nobody_approves_their_own_application(cast):
    both = people.make_staff(Role.LEADER, Role.BUREAU, department="scjg", name="一肩挑")
    application = services.apply(kind="11", department="scjg", reason=REASON, actor=both)
    with pytest.raises(refusals.OwnApplication):
        services.approve(application, actor=both)
    with pytest.raises(refusals.OwnApplication):
        services.refuse(application, actor=both, opinion="理由不充分")
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(decided_by_id=both.account_id)
    services.approve(application, actor=cast.bureau)


def test_another_person_cannot_withdraw(cast):
    application = filed(cast)
    second = people.make_staff(Role.LEADER, department="scjg", name="副局长")
    for who in (second, cast.outside, cast.bureau, cast.officer, cast.citizen):
        with pytest.raises(NotAllowed):
            services.withdraw(application, actor=who)
    services.withdraw(application, actor=cast.leader)
    assert status(number_of(application)) == "void"
    with pytest.raises(refusals.ApplicationClosed):
        services.withdraw(application, actor=cast.leader)


def test_another_person_cannot_change_the_state(cast, seal_no):
    for who in (cast.outside, cast.officer, cast.clerk, cast.catalog, cast.auditor, cast.citizen):
        with pytest.raises(NotAllowed):
            services.freeze(seal_no, actor=who, reason=WHY)
        with pytest.raises(NotAllowed):
            services.apply_change(seal_no, name="某局", years=1, reason=WHY, actor=who)
        with pytest.raises(NotAllowed):
            services.apply_cancel(seal_no, cause="cessation_of_operation", reason=WHY, actor=who)
    services.freeze(seal_no, actor=cast.bureau, reason=WHY)
    for who in (cast.leader, cast.outside, cast.officer, cast.citizen):
        with pytest.raises(NotAllowed):
            services.resume(seal_no, actor=who, reason=WHY)
    Seal.objects.filter(seal_no=seal_no).update(status="made")
    for who in (cast.outside, cast.officer, cast.clerk, cast.citizen):
        with pytest.raises(NotAllowed):
            services.activate(seal_no, actor=who)


def test_a_refused_application_ends_there(cast):
    application = filed(cast)
    with pytest.raises(refusals.SealInvalid):
        services.refuse(application, actor=cast.bureau, opinion="不行")
    services.refuse(application, actor=cast.bureau, opinion="同类印章已有一枚")
    assert status(number_of(application)) == "void"
    for step in (services.approve, services.make):
        with pytest.raises(refusals.ApplicationClosed):
            step(application, actor=cast.bureau)


def test_a_refused_change_leaves_the_seal_alone(cast, seal_no):
    change = services.apply_change(seal_no, name="石龙区某局", years=1, reason=WHY, actor=cast.leader)
    services.refuse(change, actor=cast.bureau, opinion="名称与批文不符")
    assert (status(seal_no), SealVersion.objects.count()) == ("active", 1)


def test_only_one_application_at_a_time(cast, seal_no):
    first = services.apply_change(seal_no, name="石龙区某局", years=1, reason=WHY, actor=cast.leader)
    with pytest.raises(refusals.ApplicationPending, match=first):
        services.apply_cancel(seal_no, cause="cessation_of_operation", reason=WHY, actor=cast.leader)
    services.withdraw(first, actor=cast.leader)
    services.apply_cancel(seal_no, cause="cessation_of_operation", reason=WHY, actor=cast.leader)


def test_an_approved_change_cannot_be_made_twice(cast, seal_no):
    change = services.apply_change(seal_no, name="石龙区某局", years=1, reason=WHY, actor=cast.leader)
    services.approve(change, actor=cast.bureau)
    services.make(change, actor=cast.bureau)
    with pytest.raises(refusals.ApplicationClosed):
        services.make(change, actor=cast.bureau)
    assert SealVersion.objects.count() == 2


def test_an_expired_seal_is_renewed_by_a_change(cast, seal_no):
    Seal.objects.filter(seal_no=seal_no).update(valid_until=timezone.now())
    assert services.expire_due() == 1
    assert SealEvent.objects.last().actor_name == "系统"
    change = services.apply_change(seal_no, name="石龙区某局", years=5, reason="到期续期", actor=cast.leader)
    services.approve(change, actor=cast.bureau)
    services.make(change, actor=cast.bureau)
    row = Seal.objects.get(seal_no=seal_no)
    assert row.status == "active"
    assert row.valid_until > timezone.now()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "99"}, "kind"),
        ({"years": 0}, "years"),
        ({"years": 6}, "years"),
        ({"reason": "章"}, "reason"),
        ({"name": "长" * 31}, "name"),
        ({"kind": "05"}, "holder"),
        ({"upload": b"x" * (3 << 20)}, "picture"),
    ],
)
def test_bad_input_is_explained(cast, changes, field):
    with pytest.raises(refusals.SealInvalid) as caught:
        filed(cast, **changes)
    assert caught.value.fields[field]
    assert not Seal.objects.exists()


def test_unknown_numbers(cast):
    for call in (
        lambda: services.approve("YS0", actor=cast.bureau),
        lambda: services.make("YS0", actor=cast.bureau),
        lambda: services.withdraw("YS0", actor=cast.leader),
        lambda: services.activate("YZ0", actor=cast.leader),
        lambda: services.freeze("YZ0", actor=cast.leader, reason=WHY),
        lambda: services.apply_change("YZ0", name="某局", years=1, reason=WHY, actor=cast.leader),
        lambda: services.apply(kind="11", department="nope", reason=REASON, actor=people.make_staff(Role.LEADER, scope=Scope.DISTRICT)),
    ):
        with pytest.raises(NotFound):
            call()


def test_lists_show_only_what_one_may_see(cast, seal_no):
    other = testing.make_seal("wjw", leader=cast.outside, bureau=cast.bureau)
    assert {row.seal_no for row in selectors.listing(cast.bureau, {})} == {seal_no, other}
    assert {row.seal_no for row in selectors.listing(cast.auditor, {})} == {seal_no, other}
    assert [row.seal_no for row in selectors.listing(cast.leader, {})] == [seal_no]
    assert [row.seal_no for row in selectors.listing(cast.bureau, {"q": other.lower()})] == [other]
    assert selectors.listing(cast.bureau, {"status": "frozen"}).total == 0
    with pytest.raises(refusals.SealNotFound):
        selectors.seal(other, actor=cast.leader)
    with pytest.raises(refusals.SealNotFound):
        selectors.picture(other, actor=cast.officer)
    assert selectors.picture(seal_no, actor=cast.officer).startswith(b"\x89PNG")
    for who in (cast.officer, cast.clerk, cast.citizen, cast.catalog):
        with pytest.raises(NotAllowed):
            selectors.listing(who, {})
    view = selectors.seal(seal_no, actor=cast.leader)
    assert view.steps == {"freeze", "remake", "cancel", "grant"}
    assert selectors.seal(seal_no, actor=cast.auditor).steps == frozenset()
    assert view.events[0].name == "启用"


def test_what_is_waiting_for_the_bureau(cast):
    assert selectors.pending_count(cast.bureau) == 0
    application = filed(cast)
    assert selectors.pending_count(cast.bureau) == 1
    assert selectors.pending_count(cast.leader) == 0
    services.approve(application, actor=cast.bureau)
    rows = selectors.applications(cast.bureau, {"status": "approved"})
    assert [(row.number, row.steps) for row in rows] == [(application, {"make"})]
