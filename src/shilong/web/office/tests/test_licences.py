"""证照各页与接口：谁能开、坏输入怎样说、换一个人不行。"""

import json
from uuid import uuid4

import pytest
from django.test import Client

from shilong.foundation.jobs.services import run_pending
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.models import Account
from shilong.service.licences import services
from shilong.service.licences.models import Batch, Grant, Licence, LicenceType
from shilong.service.licences.rules import identifiers
from shilong.service.licences.rules.states import State
from shilong.service.licences.services import issuing, verifying
from shilong.service.licences.tests.conftest import hall

__all__ = ["hall"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("P05", "P18", "P20")]


def client(username: str = "") -> Client:
    made = Client()
    if username:
        made.force_login(Account.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return made


def status(username: str, path: str, **data) -> int:
    return (client(username).post(path, data) if data else client(username).get(path)).status_code


@pytest.fixture
def issued(hall) -> Licence:
    return services.issue(hall.draft().uid, actor=hall.leader)


def test_my_pages_are_mine(hall, issued):
    for path in ("", "face.png", "show/", "offline/", "file/ofd/", "file/pdf/"):
        url = f"/me/licences/{issued.uid}/{path}"
        assert status("holder", url) == 200, url
        assert status("stranger", url) == 403, url
        assert client().get(url).status_code in (302, 401), url
    assert status("holder", f"/me/licences/{issued.uid}/file/exe/") == 404


def test_others_cannot_grant_revoke_or_show(hall, issued):
    form = {"department": "scjg", "purpose": "核对", "max_uses": "1", "days": "7"}
    assert status("stranger", f"/me/licences/{issued.uid}/grant/", **form) == 403
    assert status("holder", f"/me/licences/{issued.uid}/grant/", **{**form, "days": "9999"}) == 422
    assert status("holder", f"/me/licences/{issued.uid}/grant/", **form) == 302
    given = Grant.objects.get()
    assert status("stranger", f"/me/licences/grants/{given.uid}/revoke/", x="1") == 403
    assert status("holder", f"/me/licences/grants/{given.uid}/revoke/", x="1") == 302
    assert status("stranger", f"/me/licences/{issued.uid}/show/", purpose="冒用") == 403
    assert status("holder", f"/me/licences/{issued.uid}/show/", purpose="") == 422


def test_library_is_for_the_department(hall, issued):
    for path in ("", "face.png", "file/ofd/"):
        assert status("chief", f"/office/licences/{issued.uid}/{path}") == 200
        assert status("bureau", f"/office/licences/{issued.uid}/{path}") == 200
        for other in ("boss", "holder", "clerk"):
            assert status(other, f"/office/licences/{issued.uid}/{path}") == 403
    assert client("chief").get("/office/licences/export.xlsx").status_code == 200
    assert issued.number.encode() not in client("boss").get("/office/licences/").content


@pytest.mark.parametrize(
    ("q", "found"),
    [("number", True), ("identifier", True), ("holder", True), ("code", True), ("case", True), ("不存在", False), ("\x00", True)],
)
def test_search_finds_by_any_of_them(hall, issued, q, found):
    words = {
        "number": issued.number,
        "identifier": issued.identifier,
        "holder": "测试",
        "code": accounts.applicant(hall.holder.account_id).id_no,
        "case": issued.case_no,
    }
    page = client("chief").get("/office/licences/", {"q": words.get(q, q)})
    assert (issued.number in page.content.decode()) is found
    assert "测试甲" not in page.content.decode()


def test_acting_on_a_page(hall, issued):
    url = f"/office/licences/{issued.uid}/act/"
    good = {"reason": "整改期间暂停", "document_no": "石卫停〔2026〕1号"}
    assert status("boss", url + "suspend/", **good) == 403
    assert status("health", url + "suspend/", **good) == 403
    missing = client("chief").post(url + "suspend/", {"reason": "", "document_no": ""})
    assert (missing.status_code, "请写明理由" in missing.content.decode()) == (422, True)
    assert status("chief", url + "suspend/", **good) == 302
    assert status("chief", url + "suspend/", **good) == 409
    assert status("chief", url + "nothing/", **good) == 404
    issued.refresh_from_db()
    assert issued.state == State.SUSPENDED


def test_batches_and_imports_refuse_strangers(hall):
    row = hall.draft()
    assert status("clerk", "/office/licences/batches/start/", uid=str(row.uid)) == 403
    assert status("chief", "/office/licences/batches/start/", uid="乱写") == 422
    assert status("chief", "/office/licences/batches/start/", uid=str(row.uid)) == 302
    batch = Batch.objects.get()
    assert status("boss", f"/office/licences/batches/{batch.uid}/") == 404
    assert status("boss", f"/office/licences/batches/{batch.uid}/pause/", x="1") == 404
    run_pending()
    assert "1</b> / 1" in client("chief").get(f"/office/licences/batches/{batch.uid}/").content.decode()
    assert status("holder", "/office/licences/imports/") == 403
    assert status("health", "/office/licences/imports/", type=hall.kind.code) == 422
    assert status("health", f"/office/licences/imports/{uuid4()}/") == 404


def test_types_are_for_catalogue_managers(hall):
    url = f"/console/licence-types/{hall.kind.code}/"
    for path in ("/console/licence-types/", url, url + "sample.png", "/console/licence-types/new/"):
        assert status("catalog", path) == 200, path
        assert status("chief", path) == 403, path
    assert status("catalog", "/console/licence-types/11410404TTTT00014P999/") == 404
    made = client("catalog").post("/console/licence-types/new/", {"code": "短", "name": "样证", "department": "wjw", "word": "样"})
    assert (made.status_code, "应为 21 位" in made.content.decode()) == (422, True)
    form = {"code": "11410404TTTT00014P999", "name": "样证", "department": "wjw", "word": "样", "years": "3", "look": "voucher"}
    assert status("catalog", "/console/licence-types/new/", **form) == 302
    assert LicenceType.objects.get(code=form["code"]).validity == {"kind": "years", "years": 3}
    assert status("catalog", url + "items/", added="11410404TTTT00022J441019990000801", effect="new") == 422
    assert status("catalog", url + "items/", item="", added="") in (302, 404)


def test_public_verification(hall, monkeypatch):
    code = identifiers.new_code()
    monkeypatch.setattr(issuing.identifiers, "new_code", lambda: code)
    row = services.issue(hall.draft().uid, actor=hall.leader)
    page = client().get(f"/v/{code}/")
    assert (page.status_code, row.number in page.content.decode(), "测试甲" in page.content.decode()) == (200, True, False)
    assert client().get("/v/", {"code": code}).status_code == 302
    assert status("", "/v/file/", x="1") == 422
    assert "不是证照离线验证块" in client().post("/v/offline/", {"block": "x"}).content.decode()
    for _ in range(verifying.CODES):
        assert client().get("/v/0000000000000000-0/").status_code == 404
    assert client().get(f"/v/{code}/").status_code == 429


def test_scanning_a_show_code_needs_a_button_press(hall, issued):
    token, _ = services.show(issued.uid, "窗口核对", actor=hall.holder)
    for _ in range(2):
        assert status("clerk", f"/v/show/{token}/") == 200
    assert status("stranger", f"/v/show/{token}/", x="1") == 403
    assert "窗口核对" in client("clerk").post(f"/v/show/{token}/").content.decode()
    assert status("clerk", f"/v/show/{token}/", x="1") == 409


def call(username: str, path: str, **body):
    return client(username).post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_interfaces(hall, issued):
    holder = accounts.applicant(hall.holder.account_id).id_no
    assert call("", "/licences/query", holder_code=holder, use_cause="核对").status_code == 401
    assert call("holder", "/licences/query", holder_code=holder, use_cause="核对").status_code == 403
    refused = call("market", "/licences/query", holder_code=holder, use_cause="核对")
    assert (refused.status_code, refused.json()["code"]) == (403, "licence_no_basis")
    assert call("market", "/licences/query", holder_code=holder, use_cause="").status_code == 422
    given = services.grant(issued.uid, department="scjg", purpose="核对", max_uses=2, days=1, actor=hall.holder)
    rows = call("market", "/licences/query", holder_code=holder, use_cause="核对", grant=str(given.uid)).json()
    assert rows[0]["ZZBS"] == issued.identifier
    copy = call("market", f"/licences/{issued.identifier}/fetch", use_cause="核对", grant=str(given.uid))
    assert (copy.status_code, copy["Content-Type"]) == (200, "application/pdf")
    assert call("market", "/licences/1.2.3/fetch", use_cause="核对").status_code == 422
    assert call("", "/licences/verify", code="x").json() == {"found": False, "licence": None}
    assert [one["number"] for one in client("holder").get("/api/v1/licences/mine").json()] == [issued.number]
    assert client("stranger").get("/api/v1/licences/mine").json() == []
