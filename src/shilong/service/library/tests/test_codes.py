"""出示码：短时、一次性、可撤销；重放、过期、撤销、越权都不认，而且留痕。"""

from datetime import timedelta

import pytest
from django.utils import timezone

from shilong.foundation.gm import sm3
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.accounts.selectors import applicant
from shilong.identity.roles.actor import ANONYMOUS
from shilong.service.catalog.testing import CODES
from shilong.service.library import refusals, selectors, services
from shilong.service.library.models import PaperCode, PaperUse
from shilong.service.licences.refusals import Guessing
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials

pytestmark = [pytest.mark.django_db, pytest.mark.req("W05")]


def test_scanning_shows_the_paper_and_leaves_a_trace(desk):
    token, _ = services.show(desk.add(), "办理失业登记", actor=desk.holder)
    use = services.redeem(token, actor=desk.clerk)
    row = selectors.opened(use, desk.clerk)
    assert row.name == "毕业证书"
    assert selectors.opened_file(use, row.files[0].file_id, desk.clerk).mime == "image/png"
    (seen,) = selectors.uses(desk.holder).items
    assert (seen.who.split()[-1], seen.action, seen.cause, seen.denied) == ("李敏", "扫码调用", "办理失业登记", False)


def test_only_the_digest_is_stored(desk):
    token, _ = services.show(desk.add(), "办事", actor=desk.holder)
    code = PaperCode.objects.get()
    assert code.digest == sm3(token.encode()).hex()
    assert token not in "".join(str(value) for value in vars(code).values())


def _replayed(desk, uid, token):
    services.redeem(token, actor=desk.clerk)


def _expired(desk, uid, token):
    PaperCode.objects.update(expires_at=timezone.now())


def _revoked(desk, uid, token):
    assert services.revoke(uid, actor=desk.holder) == 1


def _superseded(desk, uid, token):
    services.show(uid, "再出一个", actor=desk.holder)


SPOILED = [(_replayed, "用过"), (_expired, "过期"), (_revoked, "作废"), (_superseded, "作废")]


@pytest.mark.parametrize(("spoil", "word"), SPOILED, ids=["replayed", "expired", "revoked", "superseded"])
def test_a_spoiled_code_is_refused_and_recorded(desk, spoil, word):
    uid = desk.add()
    token, _ = services.show(uid, "办事", actor=desk.holder)
    spoil(desk, uid, token)
    with pytest.raises(refusals.CodeUnusable) as caught:
        services.redeem(token, actor=desk.other_clerk)
    assert word in caught.value.text
    denied = PaperUse.objects.get(result="denied")
    assert (denied.user_name, denied.paper_uid) == ("王静", uid)


def test_a_removed_paper_takes_its_codes_along(desk):
    uid = desk.add()
    token, _ = services.show(uid, "办事", actor=desk.holder)
    services.remove(uid, actor=desk.holder)
    with pytest.raises(refusals.CodeUnusable):
        services.redeem(token, actor=desk.clerk)


def test_expired_proofs_can_be_neither_shown_nor_scanned(desk):
    uid = desk.add()
    token, _ = services.show(uid, "办事", actor=desk.holder)
    services.edit(uid, services.Details(name="证", valid_until=timezone.localdate() - timedelta(days=1)), actor=desk.holder)
    with pytest.raises(refusals.PaperExpired):
        services.show(uid, "办事", actor=desk.holder)
    with pytest.raises(refusals.PaperExpired):
        services.redeem(token, actor=desk.clerk)


def test_only_staff_who_handle_cases_may_scan(desk):
    token, _ = services.show(desk.add(), "办事", actor=desk.holder)
    for who in (desk.stranger, desk.holder, desk.auditor):
        with pytest.raises(NotAllowed):
            services.redeem(token, actor=who)
    with pytest.raises(NotSignedIn):
        services.redeem(token, actor=ANONYMOUS)
    assert PaperCode.objects.get().used_at is None


def test_another_clerk_cannot_open_what_i_scanned(desk):
    token, _ = services.show(desk.add(), "办事", actor=desk.holder)
    use = services.redeem(token, actor=desk.clerk)
    for look in (selectors.opened, lambda uid, who: services.check_original(uid, actor=who)):
        with pytest.raises(refusals.PaperNotFound):
            look(use, desk.other_clerk)


def test_the_view_closes_after_a_quarter(desk, monkeypatch):
    token, _ = services.show(desk.add(), "办事", actor=desk.holder)
    use = services.redeem(token, actor=desk.clerk)
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(refusals.PaperNotFound):
        selectors.opened(use, desk.clerk)


def test_the_clerk_checks_the_original(desk):
    uid = desk.add()
    token, _ = services.show(uid, "办事", actor=desk.holder)
    services.check_original(services.redeem(token, actor=desk.clerk), actor=desk.clerk)
    row = selectors.paper(uid, desk.holder)
    assert row.checked == "window"
    assert row.checked_by.endswith("李敏")


def test_guessing_is_slowed_down(desk):
    for _ in range(10):
        with pytest.raises(refusals.CodeUnusable):
            services.redeem("SLZM-guess", actor=desk.clerk)
    with pytest.raises(Guessing):
        services.redeem("SLZM-guess", actor=desk.clerk)


@pytest.fixture
def intake(desk):
    who = applicant(desk.holder.account_id)
    view = materials.open_draft(CODES[17], actor=desk.clerk, channel="3", applicant=who)
    return view.id, next(row.view.code for row in view.materials if not row.view.generated)


def test_window_attaches_a_scanned_proof(desk, intake):
    draft, code = intake
    token, _ = services.show(desk.add(), "办事", actor=desk.holder)
    state = materials.use_proof(draft, code, token, actor=desk.clerk).material(code)
    assert [row.source for row in state.files] == ["proof"]
    with pytest.raises(refusals.CodeUnusable):
        materials.use_proof(draft, code, token, actor=desk.clerk)


def test_someone_elses_proof_is_refused_without_spending_it(desk, intake):
    draft, code = intake
    token, _ = services.show(desk.add(actor=desk.stranger), "办事", actor=desk.stranger)
    with pytest.raises(refusals.NotTheApplicant):
        materials.use_proof(draft, code, token, actor=desk.clerk)
    assert PaperCode.objects.get().used_at is None
    assert selectors.uses(desk.stranger).items[0].denied
    assert drafts.draft(draft, desk.clerk).material(code).files == []


def test_a_citizen_cannot_scan_into_their_own_draft(desk):
    token, _ = services.show(desk.add(), "办事", actor=desk.holder)
    view = materials.open_draft(CODES[17], actor=desk.holder, channel="1")
    with pytest.raises(NotAllowed):
        materials.use_proof(view.id, view.materials[0].view.code, token, actor=desk.holder)
