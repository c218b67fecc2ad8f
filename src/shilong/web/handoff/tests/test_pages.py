"""接力页面：谁能出码、手机没领取进不来、首屏够小。"""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client

from shilong.identity.accounts.models import Account
from shilong.identity.accounts.selectors import actor_for
from shilong.identity.roles.actor import Role, Scope
from shilong.identity.testing import make_citizen, make_department, make_staff
from shilong.service.cases.testing import sample_form
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.handoff.models import Handoff
from shilong.service.handoff.tests.conftest import photo, strokes
from shilong.service.materials import services as materials

HYGIENE = CODES[1]
PHONE_BYTES = 80 * 1024
pytestmark = [pytest.mark.django_db, pytest.mark.req("W02", "W11")]


@pytest.fixture
def draft(db):
    cache.clear()
    for key in ("wjw", "xfd"):
        make_department(key)
    seed_items(4)
    make_citizen("测试乙", username="stranger")
    return materials.open_draft(HYGIENE, actor=make_citizen("测试甲", username="applicant"), channel="1")


def signed_in(username):
    client = Client()
    client.force_login(Account.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def code_of(view):
    return next(row.view.code for row in view.materials if row.state == "todo")


def ticket(draft, kind="photo", username="applicant"):
    return signed_in(username).post("/handoff/", {"kind": kind, "draft": draft.id, "material": code_of(draft) if kind == "photo" else ""})


def claimed(draft, kind="photo"):
    """已领取的手机。"""
    phone = Client()
    body = phone.post("/h/claim/", {"token": ticket(draft, kind).json()["address"].partition("#")[2]}).json()
    return phone, body["next"]


def test_only_the_owner_makes_watches_and_stops_a_code(draft):
    assert ticket(draft, username="stranger").status_code == 404
    assert Client().post("/handoff/", {"kind": "photo", "draft": draft.id}).status_code == 302
    made = ticket(draft).json()
    assert signed_in("stranger").get(made["progress"]).status_code == 410
    signed_in("stranger").post(made["revoke"])
    assert Handoff.objects.get().revoked_at is None
    # 出码的会话是那一个；另一个登录会话也是本人，可以看、可以停
    assert signed_in("applicant").get(made["progress"]).json()["state"] == "waiting"
    signed_in("applicant").post(made["revoke"])
    assert Handoff.objects.get().revoked_at is not None


def test_the_token_never_reaches_the_server_in_an_address(draft):
    made = ticket(draft).json()
    assert "/h/#" in made["address"]
    landing = Client().get("/h/")
    assert landing.status_code == 200
    assert landing.headers["Cache-Control"].count("no-store") == 1


def test_a_phone_that_did_not_claim_cannot_enter(draft):
    phone, address = claimed(draft)
    assert phone.get(address).status_code == 200
    shot = phone.post(f"{address}shots/", {"file": photo()})
    number = re.search(r'data-shot="(\d+)"', shot.content.decode())[1]
    stranger = Client()
    paths = ("", "shots/1/sheet.png", f"shots/{number}/original.png")
    assert [stranger.get(address + path).status_code for path in paths] == [403, 403, 403]
    posts = ("shots/", f"shots/{number}/", f"shots/{number}/remove/", "finish/", "sign/")
    wanted = {f"shots/{number}/", "sign/"}
    for path in posts:
        options = {"data": "{}", "content_type": "application/json"} if path in wanted else {"data": {"file": photo()}}
        assert stranger.post(address + path, **options).status_code in (403, 410), path
    assert phone.get(f"{address}shots/{number}/sheet.png").headers["Content-Type"] == "image/png"
    assert phone.get(f"{address}shots/{number}/passwd.png").status_code == 404


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"corners": 1}', '{"corners": null, "turns": "x"}', '{"corners": [[0,0],[1,0],[1,1],[9,9]]}']
)
def test_bad_crops_are_refused(draft, body):
    phone, address = claimed(draft)
    shot = phone.post(f"{address}shots/", {"file": photo()}).content.decode()
    number = re.search(r'data-shot="(\d+)"', shot)[1]
    assert phone.post(f"{address}shots/{number}/", body, content_type="application/json").status_code in (400, 422)


@pytest.mark.parametrize("body", ["", "[]", '{"strokes": 1}', '{"strokes": [[{"x": 1, "y": 1}]], "device": 3}'])
def test_bad_signatures_are_refused(draft, body):
    phone, address = claimed(draft, "sign")
    assert phone.post(f"{address}sign/", body, content_type="application/json").status_code in (400, 422)
    good = {"strokes": strokes(), "device": {"platform": "x"}}
    assert phone.post(f"{address}sign/", good, content_type="application/json").status_code == 200


def test_the_computer_shows_the_signature_after_it_arrives(draft):
    phone, address = claimed(draft, "sign")
    phone.post(f"{address}sign/", {"strokes": strokes(), "device": {}}, content_type="application/json")
    body = signed_in("applicant").get(f"/apply/d/{draft.id}/check/").content.decode()
    assert "data:image/svg+xml;base64," in body
    assert "已签名" in body
    assert signed_in("stranger").post(f"/handoff/unsign/{draft.id}/").status_code == 404
    assert signed_in("applicant").post(f"/handoff/unsign/{draft.id}/").status_code == 302
    assert "data:image/svg+xml;base64," not in signed_in("applicant").get(f"/apply/d/{draft.id}/check/").content.decode()


def test_the_case_page_shows_whose_signature_and_that_it_is_intact(draft):
    make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, username="clerk")
    citizen = actor_for(Account.objects.get(username="applicant").pk)
    materials.save_form(draft.id, sample_form(HYGIENE), actor=citizen, version=draft.version)
    for row in draft.materials:
        if row.state == "todo":
            materials.upload(draft.id, row.view.code, photo(), "页.jpg", actor=citizen)
    phone, address = claimed(draft, "sign")
    phone.post(f"{address}sign/", {"strokes": strokes(), "device": {"platform": "虚构手机"}}, content_type="application/json")
    case_no = materials.submit(draft.id, actor=citizen, promised=True)
    body = signed_in("clerk").get(f"/cases/{case_no}/").content.decode()
    assert "手写签名" in body
    assert "验签通过" in body
    assert "签的就是平台上的这份文书" in body
    assert "虚构手机" in body


@pytest.mark.parametrize("kind", ["photo", "sign"])
def test_the_phone_page_is_light(draft, kind):
    phone, address = claimed(draft, kind)
    body = phone.get(address).content.decode()
    size = len(gzip.compress(body.encode()))
    for name in re.findall(r'(?:href|src)="/static/([^"]+)"', body):
        with open(finders.find(name), "rb") as source:
            size += len(gzip.compress(source.read()))
    assert size <= PHONE_BYTES
