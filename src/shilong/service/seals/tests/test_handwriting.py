"""手写签名：能验、改不了、换一份文书不认；婚姻、收养、继承不许用（电子签名法第三条）。"""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from lxml import etree

from shilong.foundation.documents import services as documents
from shilong.foundation.refusals import NotAllowed, NotFound, NotSignedIn
from shilong.identity.roles.actor import ANONYMOUS
from shilong.service.cases.testing import drive
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.testing import make_item
from shilong.service.seals import refusals, rules, selectors, services
from shilong.service.seals.models import PersonalSignature
from shilong.service.seals.rules import strokes
from shilong.service.seals.services import Handwriting
from shilong.service.seals.tests.conftest import drop_trigger

pytestmark = [pytest.mark.django_db, pytest.mark.req("P06", "P17")]
DOCUMENT = "送达回证".encode()
STROKE = [{"x": n * 3.5, "y": n * n % 40, "time": 1764000000000 + n * 16, "pressure": 0.5} for n in range(20)]
WRITING = Handwriting([STROKE, STROKE[::-1]], {"user_agent": "Chromium", "screen": "1440x900", "cookie": "不该留"})


@pytest.fixture
def case_no(world):
    return world.submit().case_no


def write(case_no, actor, **changes):
    arguments = {"doc_type": "delivery", "doc_id": "石龙送〔2026〕第1号", "document": DOCUMENT, "writing": WRITING} | changes
    return services.sign_by_hand(case_no, actor=actor, **arguments)


def test_a_signature_is_bound_to_case_document_time_and_device(world, case_no):
    number = write(case_no, world.citizen)
    assert number.startswith("QM")
    (view,) = selectors.signatures_of(case_no, actor=world.clerk)
    assert (view.number, view.signer_name, view.doc_id) == (number, "王建国", "石龙送〔2026〕第1号")
    assert view.device == {"user_agent": "Chromium", "screen": "1440x900"}
    assert view.strokes[0][1] == [3.5, 1.0, 1764000000016.0, 0.5]
    assert services.check_handwriting(number, DOCUMENT)
    assert not services.check_handwriting(number, b"other")
    with connection.cursor() as cursor:
        cursor.execute("SELECT trace FROM seals_personalsignature")
        assert cursor.fetchone()[0].startswith("s1:"), "轨迹加密存"


@pytest.mark.parametrize("column", ["signer_name", "doc_id", "case_no", "doc_hash", "trace", "ip"])
def test_it_cannot_be_changed_and_a_change_behind_the_trigger_is_found(world, case_no, column):
    number = write(case_no, world.citizen)
    with pytest.raises(DatabaseError), transaction.atomic():
        PersonalSignature.objects.update(**{column: "x"})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM seals_personalsignature")
    row = PersonalSignature.objects.get()
    with pytest.raises(TypeError):
        row.save()
    if column != "ip":
        drop_trigger("personalsignature")
        PersonalSignature.objects.update(**{column: "x"})
        assert not services.check_handwriting(number, DOCUMENT)


def test_another_person_cannot_sign_or_read(world, case_no):
    write(case_no, world.citizen)
    for who in (world.other_citizen, world.outsider):
        with pytest.raises(NotAllowed):
            write(case_no, who)
        with pytest.raises(NotAllowed):
            selectors.signatures_of(case_no, actor=who)
    with pytest.raises(NotSignedIn):
        write(case_no, ANONYMOUS)
    assert PersonalSignature.objects.count() == 1
    with pytest.raises(NotFound):
        services.check_handwriting("QM0", DOCUMENT)


@pytest.mark.parametrize(
    "strokes",
    [
        [],
        [[]],
        [STROKE[:3]],
        [[STROKE[0]] * 30],
        "x",
        [["x"] * 10],
        [[{"x": "a", "y": 1}] * 10],
        [[{"x": float("nan"), "y": 1}] * 10],
        [[{"x": 1e9, "y": 1}] * 10],
        [STROKE] * 201,
        [STROKE * 2000],
        [[{**point, "pressure": 7} for point in STROKE]],
    ],
)
def test_what_is_not_handwriting_is_refused(world, case_no, strokes):
    with pytest.raises(refusals.TraceInvalid):
        write(case_no, world.citizen, writing=Handwriting(strokes))


@pytest.mark.parametrize(("seq", "allowed"), [(31, False), (32, False), (33, False), (8, True), (1, True), (2, True)])
def test_family_matters_exclude_electronic_signatures(db, seq, allowed):
    assert rules.signature_allowed(make_item(seq)) is allowed


@pytest.mark.parametrize("name", ["不动产继承登记", "停止供水审批", "婚姻登记档案查询"])
def test_excluded_matters_by_name(db, name):
    view = catalog.item(make_item(8).code)
    assert rules.signature_allowed(view)
    assert not rules.signature_allowed(replace(view, name=name))


def test_signing_a_marriage_case_is_forbidden(world, case_no, monkeypatch):
    view = catalog.item(world.item_code)
    monkeypatch.setattr(catalog, "item", lambda code: replace(view, name="内地居民结婚登记"))
    with pytest.raises(refusals.SigningForbidden, match="窗口"):
        write(case_no, world.citizen)
    assert not PersonalSignature.objects.exists()


def test_the_trace_becomes_a_safe_picture(world, case_no):
    number = write(case_no, world.citizen)
    picture = selectors.signature_svg(number, actor=world.clerk)
    root = etree.fromstring(picture)
    paths = root.findall(".//{*}path")
    assert len(paths) == 2, "两笔"
    assert all(one.get("d").startswith("M ") for one in paths)
    assert {one.tag.rpartition("}")[2] for one in root.iter()} == {"svg", "g", "path"}
    assert strokes.svg([]).startswith(b"<svg")
    assert b"nan" not in strokes.svg([[[1, 1, 0, 0]]])


def test_another_person_cannot_see_the_trace(world, case_no):
    number = write(case_no, world.citizen)
    for who in (world.other_citizen, world.outsider, ANONYMOUS):
        with pytest.raises(NotFound):
            selectors.signature_svg(number, actor=who)


def test_the_view_says_whether_it_is_intact_and_signs_this_paper(world, case_no, seal_no):
    view = drive(case_no, "accept")
    number = next(one.number for one in view.documents if one.kind == "acceptance")
    paper = services.paper_file(number, "pdf").content
    plain = documents.render(number)
    for content, current in ((paper, True), (plain, True), (b"other", False)):
        write(case_no, world.citizen, doc_type="acceptance", doc_id=number, document=content)
        seen = selectors.signatures_of(case_no, actor=world.clerk)[-1]
        assert (seen.intact, seen.current, seen.doc_type_name) == (True, current, "受理通知书")
    write(case_no, world.citizen, doc_id="外来文件")
    assert selectors.signatures_of(case_no, actor=world.clerk)[-1].current is None
    drop_trigger("personalsignature")
    PersonalSignature.objects.update(signer_name="别人")
    assert not any(one.intact for one in selectors.signatures_of(case_no, actor=world.clerk))
