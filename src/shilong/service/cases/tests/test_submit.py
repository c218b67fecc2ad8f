"""提交：材料、文件归属、容缺、防重复、代填与代理。"""

from dataclasses import replace

import pytest
from django.db import connection

from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.accounts.refusals import OutsideAgency
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import ANONYMOUS
from shilong.service.cases import refusals, services
from shilong.service.cases.models import Case, Dossier
from shilong.service.cases.services import MaterialInput
from shilong.service.cases.testing import drive, sample_form
from shilong.service.cases.tests.conftest import upload
from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog import selectors as catalog

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "W06", "W07")]


def needed(code):
    return [m for m in catalog_rules.trim(catalog.item(code), {}).materials if m.need in ("1", "3") and not m.generated]


def inputs(world, *, skip="", **late):
    rows = [MaterialInput(m.code, [world.file_id]) for m in needed(world.item_code) if m.code != skip]
    return rows + [MaterialInput(code, [], late=True) for code in late]


def test_missing_material_is_named(world):
    first = next(one for one in needed(world.item_code) if not one.can_share)
    with pytest.raises(refusals.MaterialMissing) as error:
        world.submit(materials=inputs(world, skip=first.code))
    assert list(error.value.fields) == [f"materials.{first.code}"]
    assert first.name in str(error.value)
    assert not Case.objects.exists()


def test_shareable_material_need_not_be_handed_in_again(world):
    shared = next(one for one in needed(world.item_code) if one.can_share)
    case = world.submit(materials=inputs(world, skip=shared.code))
    row = next(row for row in case.materials if row.code == shared.code)
    assert (row.source, row.file_ids, row.provided) == ("share", (), True)


def test_material_beyond_the_situation_is_kept_but_unknown_is_refused(world):
    asked = {one.code for one in needed(world.item_code)}
    spare = next((one.code for one in catalog.item(world.item_code).materials if one.code not in asked and not one.generated), None)
    if spare:
        case = world.submit(materials=[*inputs(world), MaterialInput(spare, [upload(world.citizen)])])
        assert spare in {row.code for row in case.materials}
    with pytest.raises(refusals.PayloadInvalid):
        world.submit(materials=[*inputs(world), MaterialInput("M99", [upload(world.citizen)])])


def test_someone_elses_file_is_refused(world):
    stolen = upload(world.other_citizen)
    with pytest.raises(refusals.NotYourFile):
        world.submit(file_ids=[stolen])
    assert not Case.objects.exists()


def test_form_errors_point_to_the_field(world):
    form = sample_form(world.item_code)
    gone = next(iter(form))
    form.pop(gone)
    with pytest.raises(refusals.FormInvalid) as error:
        world.submit(form=form)
    assert any(path.startswith("form.") for path in error.value.fields)


def test_unknown_material_is_refused(world):
    with pytest.raises(refusals.PayloadInvalid):
        world.submit(materials=[*inputs(world), MaterialInput("M99", [world.file_id])])


def test_paper_materials_only_at_the_window(world):
    first = needed(world.item_code)[0]
    rows = [*inputs(world, skip=first.code), MaterialInput(first.code, [], source="paper")]
    with pytest.raises(refusals.PayloadInvalid):
        world.submit(materials=rows)


def test_late_material_needs_a_promise_then_blocks_granting(world, item):
    code = world.item_code
    late = next((m for m in needed(code) if m.allow_late), None)
    if late is None:
        code = item(seq=1)
        late = next(m for m in needed(code) if m.allow_late)
    rows = [MaterialInput(m.code, [world.file_id]) for m in needed(code) if not m.allow_late]
    rows += [MaterialInput(m.code, [], late=True) for m in needed(code) if m.allow_late]
    with pytest.raises(refusals.PayloadInvalid) as error:
        world.submit(item_code=code, materials=rows)
    assert "late_promise" in error.value.fields
    view = drive(world.submit(item_code=code, materials=rows, late_promise=True).case_no, "accept", "review")
    assert view.late_pending
    with pytest.raises(refusals.LateMaterialOutstanding):
        drive(view.case_no, "decide")
    owed = [{"code": m.code, "file_ids": [world.file_id]} for m in view.materials if m.late and not m.provided]
    view = drive(view.case_no, ("late_supplement", {"materials": owed}, world.citizen), "decide")
    assert view.status == "granted"


def test_main_material_cannot_be_late(world):
    must = next(m for m in needed(world.item_code) if not m.allow_late)
    rows = [*inputs(world, skip=must.code), MaterialInput(must.code, [], late=True)]
    with pytest.raises(refusals.PayloadInvalid) as error:
        world.submit(materials=rows, late_promise=True)
    assert f"materials.{must.code}" in error.value.fields


def test_same_key_returns_the_same_case_and_other_content_conflicts(world):
    first = world.submit(idempotency_key="k1")
    assert world.submit(idempotency_key="k1").case_no == first.case_no
    assert Case.objects.count() == 1
    form = {**sample_form(world.item_code)}
    key = next(k for k, v in form.items() if v == "测试内容")
    with pytest.raises(refusals.DuplicateKey):
        world.submit(idempotency_key="k1", form={**form, key: "另一份"})
    other = world.submit(idempotency_key="k1", actor=world.other_citizen, file_ids=[upload(world.other_citizen)])
    assert other.case_no != first.case_no


def test_who_may_submit(world):
    with pytest.raises(NotSignedIn):
        world.submit(actor=ANONYMOUS)
    with pytest.raises(NotAllowed):
        world.submit(actor=world.officer)
    someone = ApplicantProfile("1", "测试乙", "111", "410404190001010029", "13000000002")
    with pytest.raises(NotAllowed):
        world.submit(applicant=someone)


def test_window_files_for_a_walk_in(world):
    someone = ApplicantProfile("1", "测试乙", "111", "410404190001010029", "13000000002")
    view = world.submit(actor=world.clerk, applicant=someone, channel="3", file_ids=[upload(world.clerk)])
    assert (view.channel_name, view.account_id) == ("窗口", None)
    assert services.duplicates(world.item_code, someone, actor=world.clerk) == [view.case_no]
    with pytest.raises(NotAllowed):
        services.duplicates(world.item_code, someone, actor=world.citizen)
    # 申请人没有账号，当面撤回由窗口登记；换一个群众不行
    with pytest.raises(NotAllowed):
        drive(view.case_no, "withdraw", actor=world.citizen)
    assert drive(view.case_no, "withdraw", actor=world.clerk).status == "withdrawn"


def test_wrong_kind_of_applicant(world, item):
    with pytest.raises(refusals.WrongApplicantKind):
        world.submit(item_code=item(seq=8, server_type=["2"]))


def test_in_person_item_refuses_agents_and_needs_presence(world, item):
    code = item(seq=8, limit_scene_num=1, limit_scene_explain="须申请人亲自到场核验身份")
    with pytest.raises(refusals.AgentNotAllowed):
        world.submit(item_code=code, agent={"name": "代办人"})
    view = world.submit(item_code=code)
    with pytest.raises(refusals.PayloadInvalid) as error:
        drive(view.case_no, "accept")
    assert "present" in error.value.fields
    assert drive(view.case_no, ("accept", {"present": True})).status == "accepted"


def test_sensitive_columns_are_not_plain(world):
    view = world.submit()
    with connection.cursor() as cursor:
        cursor.execute("select id_no, mobile, form, query_code from cases_dossier")
        row = cursor.fetchone()
    assert all(value.startswith("s1:") for value in row)
    assert Dossier.objects.get().query_code == view.query_code


def test_snapshot_survives_item_changes(world):
    view = world.submit()
    case = Case.objects.get(case_no=view.case_no)
    assert case.policy["promise"]
    assert case.plan["rounds"]
    assert case.item_version == catalog.item(world.item_code).version


def test_agent_actor_files_for_the_company(world):
    actor = replace(world.other_citizen, agent_for=world.citizen.account_id)
    with pytest.raises(OutsideAgency):  # 没有授权，只是自称；有授权的见 test_agency
        world.submit(actor=actor, file_ids=[upload(world.other_citizen)])


def test_late_material_is_not_settled_by_claiming_it_is_shared(world, item):
    code = item(seq=1)
    rows = [MaterialInput(m.code, [world.file_id]) for m in needed(code) if not m.allow_late]
    rows += [MaterialInput(m.code, [], late=True) for m in needed(code) if m.allow_late]
    view = drive(world.submit(item_code=code, materials=rows, late_promise=True).case_no, "accept")
    for source in ("share", "licence"):
        owed = [{"code": m.code, "file_ids": [], "source": source} for m in view.materials if m.late and not m.provided]
        with pytest.raises(refusals.PayloadInvalid):
            drive(view.case_no, ("late_supplement", {"materials": owed}, world.citizen))
    assert Case.objects.get(case_no=view.case_no).late_pending


def test_same_key_for_another_firm_is_other_content(world):
    world.submit(idempotency_key="k1")
    acting = replace(world.citizen, agent_for=world.other_citizen.account_id)
    with pytest.raises(refusals.DuplicateKey):
        world.submit(idempotency_key="k1", actor=acting)
