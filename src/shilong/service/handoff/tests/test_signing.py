"""手机签名：签的是当时的内容；生成申请表入件；人身关系事项不得用。"""

import pytest

from shilong.foundation.files import services as files
from shilong.foundation.refusals import NotAllowed
from shilong.identity.accounts.selectors import applicant
from shilong.service.cases import selectors as cases
from shilong.service.cases.testing import sample_form
from shilong.service.catalog.testing import CODES
from shilong.service.forms import rules as forms
from shilong.service.handoff import refusals, selectors, services
from shilong.service.handoff.tests.conftest import HYGIENE, photo, session_of, strokes
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials
from shilong.service.materials.models import DraftSignature
from shilong.service.materials.refusals import NothingToSign, SignatureOutdated
from shilong.service.seals import selectors as seal_selectors
from shilong.service.seals import services as seals
from shilong.service.seals.refusals import SigningForbidden, TraceInvalid

pytestmark = [pytest.mark.django_db, pytest.mark.req("W02", "W11")]
DEVICE = {"platform": "Android", "screen": "390x844", "pointer": "touch"}


def fill(relay):
    for row in drafts.draft(relay.draft, relay.citizen).materials:
        if row.state == "todo":
            materials.upload(relay.draft, row.view.code, photo(), "页.jpg", actor=relay.citizen)


def test_a_signature_becomes_evidence_bound_to_the_generated_form(relay):
    uid, secret = relay.phone("sign")
    services.sign(uid, secret, strokes(), DEVICE)
    assert selectors.progress(uid, relay.citizen).state == "done"
    fill(relay)
    case_no = materials.submit(relay.draft, actor=relay.citizen, promised=True)
    sheet = next(row for row in cases.case(case_no, actor=relay.citizen).materials if row.source == "form")
    content = files.open_file(sheet.file_ids[0]).read()
    assert content.startswith(b"%PDF")
    (signed,) = seal_selectors.signatures_of(case_no, actor=relay.citizen)
    assert (signed.signer_name, signed.doc_id) == ("测试甲", sheet.file_ids[0])
    assert signed.device == {"user_agent": "虚构手机", **DEVICE}
    assert len(signed.strokes[0]) == 24
    assert seals.check_handwriting(signed.number, content)
    assert not seals.check_handwriting(signed.number, content + b" ")
    assert DraftSignature.objects.count() == 0


def test_without_a_signature_the_form_is_still_generated(relay):
    fill(relay)
    case_no = materials.submit(relay.draft, actor=relay.citizen, promised=True)
    sheet = next(row for row in cases.case(case_no, actor=relay.citizen).materials if row.source == "form")
    assert files.open_file(sheet.file_ids[0]).read().startswith(b"%PDF")
    assert seal_selectors.signatures_of(case_no, actor=relay.citizen) == []


def test_changing_the_form_voids_the_signature(relay):
    uid, secret = relay.phone("sign")
    services.sign(uid, secret, strokes(), DEVICE)
    fill(relay)
    view = drafts.draft(relay.draft, relay.citizen)
    assert not drafts.signature(view).outdated

    plain = [spec["key"] for spec in forms.fields(view.definition) if spec["type"] == "text"]
    key = next(name for name in plain if name in view.form and name not in view.locked)
    materials.save_form(relay.draft, {**view.form, key: "改过的内容"}, actor=relay.citizen, version=view.version)
    with pytest.raises(SignatureOutdated):
        materials.submit(relay.draft, actor=relay.citizen, promised=True)
    materials.unsign(relay.draft, actor=relay.citizen)
    assert drafts.signature(drafts.draft(relay.draft, relay.citizen)) is None


def test_the_trace_is_stored_encrypted(relay):
    uid, secret = relay.phone("sign")
    services.sign(uid, secret, strokes(), DEVICE)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select strokes from materials_draftsignature")
        assert "pressure" not in cursor.fetchone()[0]


@pytest.mark.parametrize("bad", [[], "x", [[]], strokes(3), [[{"x": 1}]], None])
def test_scribbles_that_are_not_handwriting_are_refused(relay, bad):
    uid, secret = relay.phone("sign")
    with pytest.raises(TraceInvalid):
        services.sign(uid, secret, bad, DEVICE)
    assert selectors.progress(uid, relay.citizen).state == "opened"


def test_a_photo_code_cannot_sign_nor_the_reverse(relay):
    uid, secret = relay.phone("photo")
    with pytest.raises(refusals.HandoffUnusable):
        services.sign(uid, secret, strokes(), DEVICE)
    uid, secret = relay.phone("sign")
    with pytest.raises(refusals.HandoffUnusable):
        services.shoot(uid, secret, photo())


@pytest.mark.parametrize("number", [31, 32, 33])
def test_marriage_and_adoption_cannot_be_signed_electronically(relay, number):
    who = applicant(relay.citizen.account_id)
    view = materials.open_draft(CODES[number], actor=relay.clerk, channel="3", applicant=who)
    assert not drafts.signable(view)
    with pytest.raises(SigningForbidden):
        services.create("sign", view.id, actor=relay.clerk, session_key=session_of(relay.clerk))
    with pytest.raises(SigningForbidden):
        materials.sign(view.id, strokes(), DEVICE, actor=relay.clerk)


def test_items_without_a_form_have_nothing_to_sign(relay):
    view = materials.open_draft(CODES[10], actor=relay.citizen, channel="1")
    assert not drafts.signable(view)
    with pytest.raises(NothingToSign):
        services.create("sign", view.id, actor=relay.citizen, session_key=relay.session)


def test_at_the_window_the_applicant_is_the_signer(relay):
    who = applicant(relay.citizen.account_id)
    view = materials.open_draft(HYGIENE, actor=relay.clerk, channel="3", applicant=who)
    materials.save_form(view.id, sample_form(HYGIENE), actor=relay.clerk, version=view.version)
    for row in drafts.draft(view.id, relay.clerk).materials:
        if row.state == "todo":
            materials.mark_paper(view.id, row.view.code, actor=relay.clerk)
    ticket = services.create("sign", view.id, actor=relay.clerk, session_key=session_of(relay.clerk))
    uid, secret = services.claim(ticket.token, user_agent="申请人的手机", ip="10.0.0.9")
    services.sign(uid, secret, strokes(), DEVICE)
    case_no = materials.submit(view.id, actor=relay.clerk, promised=True)
    (signed,) = seal_selectors.signatures_of(case_no, actor=relay.clerk)
    assert signed.signer_name == "测试甲"


def test_citizens_cannot_sign_for_someone_else(relay):
    writing = seals.Handwriting(strokes(), DEVICE)
    with pytest.raises(NotAllowed):
        seals.sign_by_hand("无", doc_type="application", doc_id="1", document=b"x", writing=writing, actor=relay.citizen, signer="别人")
