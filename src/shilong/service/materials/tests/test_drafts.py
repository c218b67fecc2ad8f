"""申报草稿：一步一存、材料、核对、提交，以及“换一个人不行”。"""

import io
import json

import pytest
from PIL import Image

from shilong.foundation.refusals import Invalid, NotAllowed, NotSignedIn
from shilong.identity.accounts.selectors import applicant as profile_of
from shilong.identity.roles.actor import ANONYMOUS, Role
from shilong.identity.testing import make_citizen, make_department, make_staff
from shilong.service.cases import selectors as cases
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.forms import rules as forms
from shilong.service.forms import selectors as form_store
from shilong.service.materials import refusals, selectors, services
from shilong.service.materials.models import Draft

UNEMPLOYMENT = CODES[17]
FOOD = CODES[8]
pytestmark = [pytest.mark.django_db, pytest.mark.req("W02")]
ANSWERS = {
    "household": "本地城镇",
    "edu": "本科",
    "address": "石龙区虚构路 1 号",
    "worked": "否",
    "first_kind": "高校毕业生",
}


@pytest.fixture
def items(db):
    for key in ("rsj", "scjg"):
        make_department(key)
    seed_items()


@pytest.fixture
def citizen(items):
    return make_citizen()


@pytest.fixture
def draft(citizen):
    return services.open_draft(UNEMPLOYMENT, actor=citizen, channel="1")


def picture(color: str = "white") -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 80), color).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def upload(draft_id, code, actor, color="white"):
    return services.upload(draft_id, code, picture(color), f"{color}.png", actor=actor)


def fill(draft, actor, code=UNEMPLOYMENT):
    """填好表、传好必要材料。"""
    services.save_form(draft.id, ANSWERS, actor=actor, version=draft.version)
    for row in selectors.draft(draft.id, actor).materials:
        if row.state == "todo":
            upload(draft.id, row.view.code, actor)
    return selectors.draft(draft.id, actor)


def test_reopening_returns_the_same_draft(draft, citizen):
    assert services.open_draft(UNEMPLOYMENT, actor=citizen, channel="2").id == draft.id


def test_another_person_gets_their_own_draft(draft, items):
    assert services.open_draft(UNEMPLOYMENT, actor=make_citizen(), channel="1").id != draft.id


def test_identity_is_prefilled_and_cannot_be_changed(draft, citizen):
    profile = profile_of(citizen.account_id)
    services.save_form(draft.id, {"name": "冒名", "id_no": "1"}, actor=citizen, version=draft.version)
    values = selectors.draft(draft.id, citizen).values
    assert (values["name"], values["id_no"]) == (profile.name, profile.id_no)


def test_form_is_stored_encrypted(draft, citizen, django_assert_num_queries):
    services.save_form(draft.id, {"address": "石龙区秘密路"}, actor=citizen, version=draft.version)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select form from materials_draft")
        stored = cursor.fetchone()[0]
    assert stored.startswith("s1:")
    assert "秘密路" not in stored


def test_two_devices_do_not_overwrite_each_other(draft, citizen):
    services.save_form(draft.id, {"address": "一"}, actor=citizen, version=draft.version)
    with pytest.raises(refusals.DraftChanged):
        services.save_form(draft.id, {"address": "二"}, actor=citizen, version=draft.version)


def test_upload_does_not_disturb_the_form_being_filled(citizen):
    draft = services.open_draft(FOOD, actor=citizen, channel="1")
    code = next(row.view.code for row in draft.materials if not row.view.generated)
    upload(draft.id, code, citizen)
    services.save_form(draft.id, {"address": "一"}, actor=citizen, version=draft.version)


@pytest.mark.parametrize("bad", [{"nobody": 1}, [], None, {"address": "长" * 6000}, {"address": {"a": 1}}])
def test_strange_form_content_is_refused(draft, citizen, bad):
    with pytest.raises(Invalid):
        services.save_form(draft.id, bad, actor=citizen, version=draft.version)


ACTIONS = {
    "view": lambda d, a: selectors.draft(d.id, a),
    "file": lambda d, a: selectors.file_in_draft(d.id, d.id, a),
    "situation": lambda d, a: services.save_situation(d.id, {}, actor=a, version=d.version),
    "form": lambda d, a: services.save_form(d.id, {}, actor=a, version=d.version),
    "upload": lambda d, a: upload(d.id, "M01", a),
    "detach": lambda d, a: services.detach(d.id, "M01", d.id, actor=a),
    "reorder": lambda d, a: services.reorder(d.id, "M01", [], actor=a),
    "merge": lambda d, a: services.merge(d.id, "M01", actor=a),
    "late": lambda d, a: services.mark_late(d.id, "M01", actor=a),
    "paper": lambda d, a: services.mark_paper(d.id, "M01", actor=a),
    "unmark": lambda d, a: services.unmark(d.id, "M01", actor=a),
    "promise": lambda d, a: services.promise_late(d.id, actor=a, agreed=True),
    "check": lambda d, a: services.check(d.id, actor=a),
    "submit": lambda d, a: services.submit(d.id, actor=a, promised=True),
    "discard": lambda d, a: services.discard(d.id, actor=a),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_else_can_touch_a_draft(draft, action, items):
    for stranger in (make_citizen(), make_staff(Role.WINDOW, department="rsj")):
        with pytest.raises(refusals.DraftNotFound):
            ACTIONS[action](draft, stranger)
    with pytest.raises(NotSignedIn):
        ACTIONS[action](draft, ANONYMOUS)
    assert Draft.objects.get(pk=draft.id).version == draft.version


def test_someone_elses_file_cannot_be_attached(draft, citizen, items):
    other = make_citizen()
    theirs = services.open_draft(FOOD, actor=other, channel="1")
    code = next(row.view.code for row in theirs.materials if not row.view.generated)
    file_id = upload(theirs.id, code, other).material(code).files[0].file_id
    mine = services.open_draft(FOOD, actor=citizen, channel="1")
    with pytest.raises(Exception, match="文件"):
        services.attach(mine.id, code, file_id, actor=citizen)
    with pytest.raises(refusals.DraftNotFound):
        selectors.file_in_draft(mine.id, file_id, citizen)


def test_pages_can_be_reordered_and_merged(citizen):
    draft = services.open_draft(FOOD, actor=citizen, channel="1")
    code = next(row.view.code for row in draft.materials if row.state == "todo")
    upload(draft.id, code, citizen, "red")
    files = upload(draft.id, code, citizen, "blue").material(code).files
    ids = [row.file_id for row in files][::-1]
    assert [row.file_id for row in services.reorder(draft.id, code, ids, actor=citizen).material(code).files] == ids
    merged = services.merge(draft.id, code, actor=citizen).material(code).files
    assert [(row.mime, row.pages) for row in merged] == [("application/pdf", 2)]


def test_material_not_needed_in_this_situation_is_refused(draft, citizen):
    with pytest.raises(refusals.NoSuchMaterial):
        upload(draft.id, "M99", citizen)


def test_only_listed_materials_may_be_late(citizen):
    draft = services.open_draft(CODES[1], actor=citizen, channel="1")
    strict = next(row.view.code for row in draft.materials if not row.view.allow_late and not row.view.generated)
    with pytest.raises(refusals.LateNotAllowed):
        services.mark_late(draft.id, strict, actor=citizen)
    lenient = next(row.view.code for row in draft.materials if row.view.allow_late)
    assert services.mark_late(draft.id, lenient, actor=citizen).material(lenient).state == "late"
    problems = services.check(draft.id, actor=citizen).problems
    assert "请签署容缺受理承诺" in [one.message for one in problems]
    assert upload(draft.id, lenient, citizen).material(lenient).state == "done"


def test_incomplete_draft_is_told_what_is_missing(draft, citizen):
    with pytest.raises(refusals.Incomplete) as caught:
        services.submit(draft.id, actor=citizen, promised=True)
    assert "form.worked" in caught.value.fields


def test_promise_is_required(draft, citizen):
    fill(draft, citizen)
    with pytest.raises(refusals.PromiseNeeded):
        services.submit(draft.id, actor=citizen, promised=False)


def test_submit_once(draft, citizen):
    fill(draft, citizen)
    case_no = services.submit(draft.id, actor=citizen, promised=True)
    assert services.submit(draft.id, actor=citizen, promised=True) == case_no
    case = cases.case(case_no, actor=citizen)
    assert case.form["worked"] == "否"
    row = Draft.objects.get(pk=draft.id)
    assert (row.form, row.submitted_case_no) == ("", case_no)
    with pytest.raises(refusals.DraftSubmitted):
        services.save_form(draft.id, {}, actor=citizen, version=row.version)
    again = services.open_draft(UNEMPLOYMENT, actor=citizen, channel="1")
    assert again.id != draft.id
    assert services.check(again.id, actor=citizen).duplicates == [case_no]


def test_window_fills_in_for_someone(items):
    clerk = make_staff(Role.WINDOW, department="rsj")
    person = profile_of(make_citizen("测试乙").account_id)
    draft = services.open_draft(UNEMPLOYMENT, actor=clerk, channel="3", applicant=person)
    assert draft.values["id_no"] == person.id_no
    stored = Draft.objects.values_list("applicant", flat=True).get(pk=draft.id)
    assert json.loads(stored)["id_no"] == person.id_no
    services.save_form(draft.id, ANSWERS, actor=clerk, version=draft.version)
    for row in selectors.draft(draft.id, clerk).materials:
        if row.state == "todo":
            services.mark_paper(draft.id, row.view.code, actor=clerk)
    case = cases.case(services.submit(draft.id, actor=clerk, promised=True), actor=clerk)
    assert case.channel == "3"


def test_citizen_cannot_pose_as_the_window(citizen):
    with pytest.raises(NotAllowed):
        services.open_draft(UNEMPLOYMENT, actor=citizen, channel="3", applicant=profile_of(citizen.account_id))
    draft = services.open_draft(UNEMPLOYMENT, actor=citizen, channel="1")
    code = draft.materials[-1].view.code
    with pytest.raises(NotAllowed):
        services.mark_paper(draft.id, code, actor=citizen)


@pytest.mark.req("W02")
def test_every_item_has_a_form_that_can_be_filled(items):
    seen = set()
    for code in CODES.values():
        item = catalog.item(code)
        definition = form_store.definition(item.form_code, item.form_version)
        assert forms.validate(definition, {})[1], item.name
        seen.add(item.form_code)
    assert sum(code.startswith("F-") for code in seen) >= 8
