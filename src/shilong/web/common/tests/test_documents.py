"""文书的门：验真谁都能看（脱敏），下载须有权。"""

from urllib.parse import quote

import pytest

from shilong.foundation.documents import services
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.roles.actor import ANONYMOUS, Actor, Role
from shilong.web.common import documents as views

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02")]
OWNER = Actor(account_id=1, name="测试甲", username="jia", roles=frozenset({Role.APPLICANT}))
OTHER = Actor(account_id=2, name="测试乙", username="yi", roles=frozenset({Role.APPLICANT}))


@pytest.fixture(autouse=True)
def ground(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr(views.cases, "may_read", lambda case_no, actor: actor.account_id == 1, raising=False)


def issued(kind="acceptance"):
    return services.issue(
        kind,
        subject="4104042611240011000017",
        context={"applicant": "测试甲", "item_name": "测试事项"},
        issuer="石龙区某局",
        department="wjw",
    )


def download(rf, number, actor):
    request = rf.get("/")
    request.actor = actor
    return views.download(request, number)


def test_owner_downloads_the_pdf(rf):
    response = download(rf, issued().number, OWNER)
    assert response.content.startswith(b"%PDF")
    assert response["Cache-Control"] == "private, no-store"


def test_another_person_cannot_download(rf):
    number = issued().number
    with pytest.raises(NotAllowed):
        download(rf, number, OTHER)
    with pytest.raises(NotSignedIn):
        download(rf, number, ANONYMOUS)


def test_public_notice_needs_no_login(rf):
    assert download(rf, issued("notice").number, ANONYMOUS).status_code == 200


def test_download_address_accepts_the_chinese_number(client):
    response = client.get(f"/documents/{quote(issued('notice').number)}.pdf")
    assert response["Content-Type"] == "application/pdf"


def test_verify_page_is_anonymous_and_masked(client):
    document = issued()
    body = client.get(f"/verify/{document.verify_code}/").content.decode()
    assert document.number in body
    assert "测试甲" not in body


def test_wrong_code_gets_a_clear_sentence(client):
    response = client.get("/verify/AAAAAAAAAAAAAAAA/")
    assert response.status_code == 404
    assert "没有验真码为" in response.content.decode()


def test_typed_code_is_tidied_and_redirected(client):
    code = issued().verify_code
    response = client.get("/verify/", {"code": f" {code[:4].lower()} {code[4:]}"})
    assert response.status_code == 302
    assert response["Location"] == f"/verify/{code}/"
