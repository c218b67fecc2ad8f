"""手机接力：出码、领取、拍照、调整、合成；过期、作废、换设备、会话退出都停。"""

import io
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from PIL import Image

from shilong.foundation.files import services as files
from shilong.foundation.files.models import StoredFile
from shilong.foundation.files.refusals import KindNotAllowed
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.accounts.models import Account
from shilong.service.handoff import refusals, rules, selectors, services, tasks
from shilong.service.handoff.models import Handoff, Shot
from shilong.service.handoff.tests.conftest import photo
from shilong.service.licences.refusals import Guessing
from shilong.service.materials import services as materials
from shilong.service.materials.refusals import DraftNotFound, NoSuchMaterial

pytestmark = [pytest.mark.django_db, pytest.mark.req("W02", "W11")]
NOW = datetime(2026, 11, 24, 12)
LATER, EARLIER = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ({"expires": LATER}, "waiting"),
        ({"expires": LATER, "opened": EARLIER}, "opened"),
        ({"expires": NOW}, "expired"),
        ({"expires": EARLIER, "revoked": EARLIER}, "revoked"),
        ({"expires": EARLIER, "done": EARLIER, "opened": EARLIER}, "done"),
    ],
)
def test_states(times, state):
    assert rules.state(**{"opened": None, "done": None, "revoked": None, **times}, now=NOW) == state


def test_a_photo_taken_on_the_phone_lands_in_the_draft(relay):
    uid, secret = relay.phone()
    before = selectors.progress(uid, relay.citizen).mark
    services.shoot(uid, secret, photo())
    (row,) = relay.files()
    assert row.source == "camera"
    sheet = Image.open(files.open_file(row.file_id))
    assert min(sheet.getpixel((5, 5))) > 200  # 台面已裁掉
    after = selectors.progress(uid, relay.citizen)
    assert (after.pages, after.state) == (1, "opened")
    assert after.mark != before


def test_only_digests_are_stored(relay):
    ticket = relay.ticket()
    uid, secret = services.claim(ticket.token, user_agent="手机", ip="10.0.0.9")
    row = Handoff.objects.get(uid=uid)
    assert (row.digest, row.device) == (sm3(ticket.token.encode()).hex(), sm3(secret.encode()).hex())


def test_several_pages_become_one_pdf_and_originals_go(relay):
    uid, secret = relay.phone()
    for shift in range(3):
        services.shoot(uid, secret, photo(shift * 9))
    assert services.finish(uid, secret) == 3
    (row,) = relay.files()
    assert (row.mime, row.pages, row.source) == ("application/pdf", 3, "camera")
    assert Shot.objects.count() == 0
    assert StoredFile.objects.filter(owner_id=None).count() == 0
    assert selectors.progress(uid, relay.citizen).state == "done"
    with pytest.raises(refusals.HandoffUnusable):
        services.shoot(uid, secret, photo())


def test_corners_can_be_dragged(relay):
    uid, secret = relay.phone()
    shot = services.shoot(uid, secret, photo())
    old = relay.files()[0].file_id
    services.adjust(uid, secret, shot, [[0, 0], [1, 0], [1, 1], [0, 1]], 1)
    (row,) = relay.files()
    assert row.file_id != old
    assert Image.open(files.open_file(row.file_id)).size == (480, 640)  # 整幅、转了一个直角
    assert selectors.shot(uid, secret, shot).turns == 1
    with pytest.raises(Invalid):
        services.adjust(uid, secret, shot, [[0, 0], [1, 1], [1, 0], [0, 1]], 0)


def test_pages_removed_on_the_computer_cannot_be_adjusted(relay):
    uid, secret = relay.phone()
    shot = services.shoot(uid, secret, photo())
    materials.detach(relay.draft, relay.code, relay.files()[0].file_id, actor=relay.citizen)
    with pytest.raises(refusals.ShotGone):
        services.adjust(uid, secret, shot, [[0, 0], [1, 0], [1, 1], [0, 1]], 0)
    services.remove(uid, secret, shot)
    assert selectors.phone(uid, secret).shots == []


def test_removing_on_the_phone_removes_from_the_draft(relay):
    uid, secret = relay.phone()
    services.remove(uid, secret, services.shoot(uid, secret, photo()))
    assert relay.files() == []


def test_not_a_photo_is_refused(relay):
    uid, secret = relay.phone()
    with pytest.raises(KindNotAllowed):
        services.shoot(uid, secret, io.BytesIO(b"%PDF-1.7 nothing"))
    assert relay.files() == []


def test_a_second_phone_is_refused_and_the_first_may_come_back(relay):
    ticket = relay.ticket()
    uid, secret = services.claim(ticket.token, user_agent="甲", ip="10.0.0.9")
    with pytest.raises(refusals.OtherDevice):
        services.claim(ticket.token, user_agent="乙", ip="10.0.0.10")
    with pytest.raises(refusals.OtherDevice):
        services.shoot(uid, "另一台的凭据", photo())
    assert services.claim(ticket.token, user_agent="甲", ip="10.0.0.9", known=secret) == (uid, secret)


def _revoke(relay, uid):
    services.revoke(uid, actor=relay.citizen)


def _expire(relay, uid):
    Handoff.objects.update(expires_at=timezone.now())


def _log_out(relay, uid):
    Session.objects.all().delete()


def _new_code(relay, uid):
    relay.ticket()


@pytest.mark.parametrize("stop", [_revoke, _expire, _log_out, _new_code])
def test_a_stopped_handoff_takes_nothing_more(relay, stop):
    uid, secret = relay.phone()
    stop(relay, uid)
    with pytest.raises(refusals.HandoffUnusable):
        services.shoot(uid, secret, photo())
    with pytest.raises(refusals.HandoffUnusable):
        selectors.phone(uid, secret)
    assert relay.files() == []


@pytest.mark.parametrize("stop", [_revoke, _expire, _log_out, _new_code])
def test_a_stopped_code_cannot_be_opened(relay, stop):
    ticket = relay.ticket()
    stop(relay, ticket.uid)
    with pytest.raises(refusals.HandoffUnusable):
        services.claim(ticket.token, user_agent="甲", ip="10.0.0.9")


def test_another_person_can_neither_open_watch_nor_stop(relay):
    for who in (relay.stranger, relay.clerk):
        with pytest.raises(DraftNotFound):
            relay.ticket(actor=who)
    uid, secret = relay.phone()
    for who in (relay.stranger, relay.clerk):
        with pytest.raises(refusals.HandoffUnusable):
            selectors.progress(uid, who)
        services.revoke(uid, actor=who)
    services.shoot(uid, secret, photo())
    assert len(relay.files()) == 1


def test_unknown_materials_get_no_code(relay):
    with pytest.raises(NoSuchMaterial):
        services.create("photo", relay.draft, actor=relay.citizen, session_key=relay.session, material_code="没有")
    with pytest.raises(Invalid):
        services.create("其他", relay.draft, actor=relay.citizen, session_key=relay.session)


def test_a_disabled_account_stops_the_phone(relay):
    uid, secret = relay.phone()
    Account.objects.filter(pk=relay.citizen.account_id).update(is_active=False)
    with pytest.raises(NotFound):
        services.shoot(uid, secret, photo())


def test_guessing_tokens_is_slowed_down(relay):
    for _ in range(10):
        with pytest.raises(refusals.HandoffUnusable):
            services.claim("猜的", user_agent="", ip="10.0.0.66")
    with pytest.raises(Guessing):
        services.claim("猜的", user_agent="", ip="10.0.0.66")


def test_forgotten_originals_are_swept(relay):
    uid, secret = relay.phone()
    services.shoot(uid, secret, photo())
    tasks.sweep()
    assert Shot.objects.count() == 1
    Handoff.objects.update(expires_at=timezone.now() - timedelta(minutes=11))
    tasks.sweep()
    assert Shot.objects.count() == 0
    assert len(relay.files()) == 1
