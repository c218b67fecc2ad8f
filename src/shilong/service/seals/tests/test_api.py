"""签章接口：令牌加授权才能签；拒绝的状态码；批量逐份；验章；OpenAPI 里有文档。"""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.rest import Rest

from shilong.service.seals import services
from shilong.service.seals.models import Grant, SealUse
from shilong.service.seals.tests.conftest import ofd

pytestmark = [pytest.mark.django_db, pytest.mark.req("P17", "P06")]


@pytest.fixture
def call(seal_no):
    rest = Rest()

    def send(who, path, files, **fields):
        uploads = [SimpleUploadedFile(f"{n}.ofd", content) for n, content in enumerate(files)]
        name = "files" if path.endswith("many") else "file"
        return rest.client.post(f"/api/v1/seals/{path.format(no=seal_no)}", {name: uploads, **fields}, headers=rest.header(who))

    send.rest = rest
    return send


PLACE = {"doc_type": "grant", "doc_id": "外部 1", "x": 120, "y": 200}


def test_a_system_with_a_grant_stamps_and_verifies(call, cast, seal_no):
    answer = call(cast.officer, "{no}/stamp", [ofd(pages=2)], **PLACE, straddle="true", approved_by="钱局长")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ofd")
    report = call(cast.officer, "verify", [answer.content]).json()
    assert report["ok"], report
    assert report["seals"][0]["es_id"] == f"{seal_no}-1"
    row = SealUse.objects.get()
    assert (row.doc_id, len(row.positions), row.approved_by) == ("外部 1", 3, "钱局长")
    again = call(cast.officer, "{no}/stamp", [answer.content], **PLACE | {"x": 60})
    assert len(call(cast.officer, "verify", [again.content]).json()["seals"]) == 2


def test_refusals_have_their_status_and_code(call, cast, seal_no, blank):
    def problem(*args, **fields):
        answer = call(*args, **fields)
        assert set(answer.json()) == {"code", "message", "fields"}
        return answer.status_code, answer.json()["code"]

    assert problem(None, "{no}/stamp", [ofd()], **PLACE) == (401, "not_signed_in")
    assert problem(cast.citizen, "{no}/stamp", [ofd()], **PLACE) == (403, "not_allowed")
    assert problem(cast.clerk, "{no}/stamp", [ofd()], **PLACE) == (403, "not_authorised_to_seal")
    assert problem(cast.officer, "YZ0/stamp", [ofd()], **PLACE) == (404, "seal_not_found")
    assert problem(cast.officer, "{no}/stamp", [blank], **PLACE) == (422, "blank_document")
    assert problem(cast.officer, "{no}/stamp", [b"junk"], **PLACE) == (422, "bad_ofd")
    assert problem(cast.officer, "{no}/stamp", [ofd()], **PLACE | {"page": 9}) == (422, "stamp_outside_page")
    assert problem(cast.officer, "{no}/stamp", [ofd()], **PLACE | {"x": 205}) == (422, "stamp_outside_page")
    assert problem(cast.officer, "{no}/stamp", [ofd()], **PLACE | {"x": "nan"}) == (422, "invalid")
    services.freeze(seal_no, actor=cast.leader, reason="保管人员离岗")
    assert problem(cast.officer, "{no}/stamp", [ofd()], **PLACE) == (409, "seal_frozen")


def test_a_batch(call, cast, blank):
    answer = call(cast.officer, "{no}/stamp-many", [ofd(), blank, b"junk"], doc_type="grant", doc_ids="甲,乙,丙")
    assert answer.status_code == 200
    assert [(row["doc_id"], row["ok"], row["code"]) for row in answer.json()] == [
        ("甲", True, ""),
        ("乙", False, "blank_document"),
        ("丙", False, "bad_ofd"),
    ]
    assert services.verify(base64.b64decode(answer.json()[0]["ofd"])).ok
    assert call(cast.officer, "{no}/stamp-many", [ofd()], doc_type="grant", doc_ids="甲,乙").json()["code"] == "seal_invalid"
    Grant.objects.update(bulk=False)
    assert call(cast.officer, "{no}/stamp-many", [ofd()], doc_type="grant", doc_ids="甲").json()["code"] == "not_authorised_in_bulk"


def test_listing_what_can_be_used_and_the_log(call, cast, seal_no):
    status, rows = call.rest(cast.officer, "GET", "/seals?doc_type=grant")
    assert (status, [row["seal_no"] for row in rows]) == (200, [seal_no])
    assert base64.b64decode(rows[0]["image"]).startswith(b"\x89PNG")
    assert call.rest(cast.clerk, "GET", "/seals?doc_type=grant") == (200, [])
    assert call.rest(None, "GET", "/seals")[0] == 401
    assert call.rest(cast.officer, "GET", "/seals/doc-types")[1]["licence"] == "电子证照"
    call(cast.officer, "{no}/stamp", [ofd()], **PLACE)
    assert call.rest(cast.officer, "GET", "/seals/uses")[1]["count"] == 1
    assert call.rest(cast.clerk, "GET", "/seals/uses")[1]["count"] == 0, "只看得到自己签的"
    assert call.rest(cast.auditor, "GET", "/seals/uses?q=外部 1")[1]["results"][0]["user_name"] == "赵审批"


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.4", b"PK\x03\x04"])
def test_anything_can_be_checked(call, cast, junk):
    answer = call(cast.officer, "verify", [junk])
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or answer.json()["ok"] is False


def test_the_interface_is_documented(call):
    _, schema = call.rest(None, "GET", "/openapi.json")
    paths = {path: set(methods) for path, methods in schema["paths"].items() if "/seals" in path}
    assert paths == {
        "/api/v1/seals": {"get"},
        "/api/v1/seals/doc-types": {"get"},
        "/api/v1/seals/verify": {"post"},
        "/api/v1/seals/uses": {"get"},
        "/api/v1/seals/{seal_no}/stamp": {"post"},
        "/api/v1/seals/{seal_no}/stamp-many": {"post"},
    }
    stamp = schema["paths"]["/api/v1/seals/{seal_no}/stamp"]["post"]
    assert "application/ofd" in stamp["responses"]["200"]["content"]
