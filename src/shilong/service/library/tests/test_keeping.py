"""入库与维护：谁的归谁，换一个人不行；删库不影响在办件。"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import NotSignedIn
from shilong.identity.accounts.selectors import applicant
from shilong.identity.roles.actor import ANONYMOUS
from shilong.identity.testing import acting_for, make_citizen, make_enterprise
from shilong.service.cases import selectors as cases
from shilong.service.cases.testing import sample_form
from shilong.service.catalog.testing import CODES
from shilong.service.library import refusals, selectors, services
from shilong.service.library.models import Paper, PaperUse, Reuse
from shilong.service.licences import seed
from shilong.service.licences.models import Licence
from shilong.service.licences.testing import make_draft
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials
from shilong.service.materials.tests.test_drafts import picture

HYGIENE = CODES[1]
pytestmark = [pytest.mark.django_db, pytest.mark.req("W02", "W05", "W11")]


def apply(desk, actor=None, **submit):
    """办一件卫生许可：必交材料各传一张图。返回办件编号。"""
    who = actor or desk.holder
    draft = materials.open_draft(HYGIENE, actor=who, channel="1")
    materials.save_form(draft.id, sample_form(HYGIENE), actor=who, version=draft.version)
    for row in drafts.draft(draft.id, who).materials:
        if row.state == "todo":
            materials.upload(draft.id, row.view.code, picture("blue"), "页.png", actor=who)
    return materials.submit(draft.id, actor=who, promised=True, **submit)


def test_a_person_keeps_edits_and_removes(desk):
    uid = desk.add(number="ZS-001", issuer="某某学校")
    row = selectors.paper(uid, desk.holder)
    assert (row.name, row.number, row.checked_name, row.state) == ("毕业证书", "ZS-001", "未核验", "valid")
    services.edit(uid, services.Details(name="学历证书", valid_until=timezone.localdate()), actor=desk.holder)
    assert selectors.paper(uid, desk.holder).state == "soon"
    services.remove(uid, actor=desk.holder)
    assert selectors.mine(desk.holder, "proof").total == 0


def test_the_number_is_stored_encrypted(desk):
    desk.add(number="ZS-SECRET")
    with connection.cursor() as cursor:
        cursor.execute("select number from library_paper")
        assert "SECRET" not in cursor.fetchone()[0]


@pytest.mark.parametrize("action", ["see", "edit", "remove", "show", "check", "file"])
def test_another_person_cannot(desk, action):
    uid = desk.add()
    file_id = selectors.paper(uid, desk.holder).files[0].file_id
    does = {
        "see": lambda who: selectors.paper(uid, who),
        "edit": lambda who: services.edit(uid, services.Details(name="改"), actor=who),
        "remove": lambda who: services.remove(uid, actor=who),
        "show": lambda who: services.show(uid, "看看", actor=who),
        "check": lambda who: services.check_by_share(uid, actor=who),
        "file": lambda who: selectors.file_of(uid, file_id, who),
    }[action]
    for who in (desk.stranger, desk.clerk, desk.auditor):
        with pytest.raises(refusals.PaperNotFound):
            does(who)
    with pytest.raises(NotSignedIn):
        does(ANONYMOUS)
    assert Paper.objects.get().name == "毕业证书"


def test_without_realname_there_is_no_library(desk):
    nobody = make_citizen("测试丙", level=0)
    with pytest.raises(refusals.NoHolder):
        desk.add(actor=nobody)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "字" * 121}, "name"),
        ({"name": "证", "issued_on": timezone.localdate() + timedelta(days=1)}, "issued_on"),
        ({"name": "证", "issued_on": timezone.localdate(), "valid_until": timezone.localdate() - timedelta(days=1)}, "valid_until"),
        ({"name": "证", "note": "字" * 201}, "note"),
    ],
)
def test_bad_details_say_which_field(desk, details, field):
    with pytest.raises(refusals.PaperInvalid) as caught:
        services.add("proof", services.Details(**details), [("a.png", picture())], actor=desk.holder)
    assert field in caught.value.fields
    assert Paper.objects.count() == 0


def test_the_same_content_is_kept_once(desk):
    desk.add()
    with pytest.raises(refusals.AlreadyKept):
        desk.add(name="换个名字")


def test_submitting_keeps_materials_when_asked(desk):
    case_no = apply(desk, keeping=materials.Keeping(wanted=True))
    rows = selectors.mine(desk.holder, "material").items
    assert rows
    assert {row.case_no for row in rows} == {case_no}
    assert all(row.checked == "" and row.origin_name == "网上申报" for row in rows)


def test_submitting_keeps_nothing_without_consent(desk):
    apply(desk)
    assert Paper.objects.count() == 0


def test_the_switch_off_wins(desk):
    services.set_asking(False, actor=desk.holder)
    apply(desk, keeping=materials.Keeping(wanted=True))
    assert Paper.objects.count() == 0


def test_citizens_cannot_claim_the_original_was_checked(desk):
    apply(desk, keeping=materials.Keeping(wanted=True, original=True))
    assert set(Paper.objects.values_list("checked", flat=True)) == {""}


def test_window_keeps_into_the_applicants_library_as_checked(desk):
    who = applicant(desk.holder.account_id)
    draft = materials.open_draft(HYGIENE, actor=desk.clerk, channel="3", applicant=who)
    materials.save_form(draft.id, sample_form(HYGIENE), actor=desk.clerk, version=draft.version)
    for row in drafts.draft(draft.id, desk.clerk).materials:
        if row.state == "todo":
            materials.upload(draft.id, row.view.code, picture("red"), "扫描.png", actor=desk.clerk)
    materials.submit(draft.id, actor=desk.clerk, promised=True, keeping=materials.Keeping(wanted=True, original=True))
    row = selectors.mine(desk.holder, "material").items[0]
    assert (row.origin_name, row.checked, row.checked_by) == ("窗口收取", "window", "李敏")
    assert selectors.mine(desk.stranger, "material").total == 0


def test_reuse_is_a_snapshot_and_is_counted(desk):
    uid = desk.add(kind="material", name="户口簿")
    draft = materials.open_draft(HYGIENE, actor=desk.holder, channel="1")
    materials.save_form(draft.id, sample_form(HYGIENE), actor=desk.holder, version=draft.version)
    todo = [row.view.code for row in drafts.draft(draft.id, desk.holder).materials if row.state == "todo"]
    for code in todo:
        materials.use_paper(draft.id, code, uid, actor=desk.holder)
    case_no = materials.submit(draft.id, actor=desk.holder, promised=True)
    services.remove(uid, actor=desk.holder)
    found = next(row for row in cases.case(case_no, actor=desk.holder).materials if row.code == todo[0])
    assert file_services.open_file(found.file_ids[0]).read()
    assert Reuse.objects.filter(case_no=case_no, source="library").count() == len(todo)
    (row,) = selectors.reuse(desk.clerk, timezone.localdate(), timezone.localdate())
    assert (row.library, row.total) == (len(todo), len(todo))
    assert selectors.uses(desk.holder).items[0].action == "申报时选用"


def test_expired_papers_cannot_be_used(desk):
    uid = desk.add(valid_until=timezone.localdate() - timedelta(days=1))
    draft = materials.open_draft(HYGIENE, actor=desk.holder, channel="1")
    code = next(row.view.code for row in draft.materials if not row.view.generated)
    with pytest.raises(refusals.PaperExpired):
        materials.use_paper(draft.id, code, uid, actor=desk.holder)
    assert drafts.draft(draft.id, desk.holder).material(code).files == []


def test_someone_elses_paper_cannot_be_used(desk):
    uid = desk.add()
    draft = materials.open_draft(HYGIENE, actor=desk.stranger, channel="1")
    code = next(row.view.code for row in draft.materials if not row.view.generated)
    with pytest.raises(refusals.PaperNotFound):
        materials.use_paper(draft.id, code, uid, actor=desk.stranger)


def test_an_agent_sees_only_papers_in_scope(desk):
    firm = make_enterprise()
    general = desk.add(kind="material", name="章程", actor=firm)
    scoped = desk.add(kind="material", name="场地证明", color="red", actor=firm)
    Paper.objects.filter(uid=scoped).update(item_code=HYGIENE)
    whole, limited = acting_for(desk.holder, firm), acting_for(desk.stranger, firm, (HYGIENE,))
    assert selectors.mine(whole, "material").total == 2
    assert [row.uid for row in selectors.mine(limited, "material").items] == [str(scoped)]
    with pytest.raises(refusals.PaperNotFound):
        selectors.paper(general, limited)
    assert selectors.mine(desk.holder, "material").total == 0  # 不代理时是自己的库


def test_shared_licence_data_verifies_a_paper(desk):
    seed.install()
    uid = desk.add(kind="material", name="护士执业证书")
    with pytest.raises(refusals.NothingShared):
        services.check_by_share(uid, actor=desk.holder)
    who = applicant(desk.holder.account_id)
    row = make_draft("护士执业证书", name=who.name, code=who.id_no)
    Licence.objects.filter(pk=row.pk).update(state="01")
    services.check_by_share(uid, actor=desk.holder)
    found = selectors.paper(uid, desk.holder)
    assert (found.checked, found.number) == ("share", row.number)
    services.edit(uid, services.Details(name="护士执业证书", number="自己改的"), actor=desk.holder)
    assert selectors.paper(uid, desk.holder).checked == ""


@pytest.mark.parametrize("statement", ["UPDATE library_paperuse SET cause = 'x'", "DELETE FROM library_paperuse"])
def test_usage_records_cannot_be_changed_or_removed(desk, statement):
    token, _ = services.show(desk.add(), "办事", actor=desk.holder)
    services.redeem(token, actor=desk.clerk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert PaperUse.objects.get().cause == "办事"


def test_lists_do_not_query_per_row(desk, django_assert_max_num_queries):
    for color in ("red", "green", "blue", "white"):
        desk.add(kind="material", name=color, color=color)
    with django_assert_max_num_queries(5):
        assert len(selectors.mine(desk.holder, "material").items) == 4
