"""办件接口：走真实的 HTTP 与令牌。"""

import json

import pytest

from shilong.identity.accounts import services as accounts
from shilong.identity.testing import PASSWORD
from shilong.service.cases.models import Dossier
from shilong.service.cases.testing import sample_form
from shilong.service.cases.tests.test_submit import needed
from shilong.service.catalog import selectors as catalog

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "W06")]


@pytest.fixture
def api(client, world):
    """`api(谁, 方法, 路径, 内容)` → (状态码, JSON)。"""

    def call(who, method, path, body=None, **headers):
        auth = {}
        if who is not None:
            auth = {"Authorization": f"Bearer {accounts.issue_token(who.username, PASSWORD, '127.0.0.1')[0]}"}
        response = client.generic(
            method, f"/api/v1{path}", json.dumps(body) if body is not None else "", "application/json", headers={**auth, **headers}
        )
        return response.status_code, response.json()

    return call


@pytest.fixture
def body(world):
    materials = [{"code": m.code, "file_ids": [world.file_id]} for m in needed(world.item_code)]
    return {"item_code": world.item_code, "form": sample_form(world.item_code), "materials": materials}


def test_whole_life_over_http(world, api, body):
    status, case = api(world.citizen, "POST", "/cases", body)
    assert status == 201
    assert case["query_code"]
    path = f"/cases/{case['case_no']}"
    steps = [
        (world.clerk, {"action": "receive"}, "received"),
        (world.clerk, {"action": "accept"}, "accepted"),
        (world.officer, {"action": "review", "result": "agree", "opinion": "符合"}, "reviewing"),
        (world.officer, {"action": "decide", "result": "grant", "opinion": "准予"}, "granted"),
        (world.clerk, {"action": "deliver", "way": "1", "receiver": "王建国"}, "delivered"),
        (world.clerk, {"action": "archive"}, "archived"),
    ]
    version = case["version"]
    for who, action, state in steps:
        status, case = api(who, "POST", f"{path}/actions", {**action, "version": version})
        assert (status, case.get("status")) == (200, state), case
        version = case["version"]
    status, events = api(world.citizen, "GET", f"{path}/events")
    assert [e["action"] for e in events] == ["submit", "receive", "accept", "review", "decide", "deliver", "archive"]


def test_errors_have_one_shape(world, api, body):
    shared = {row.code for row in catalog.item(body["item_code"]).materials if row.can_share}
    left_out = next(row["code"] for row in body["materials"] if row["code"] not in shared)
    missing = {**body, "materials": [row for row in body["materials"] if row["code"] != left_out]}
    status, error = api(world.citizen, "POST", "/cases", missing)
    assert (status, error["code"], list(error["fields"])) == (422, "material_missing", [f"materials.{left_out}"])
    assert api(None, "POST", "/cases", body)[0] == 401
    _, case = api(world.citizen, "POST", "/cases", body)
    path = f"/cases/{case['case_no']}"
    assert api(world.other_citizen, "GET", path)[0] == 403
    assert api(world.citizen, "POST", f"{path}/actions", {"action": "accept", "version": 1})[0] == 403
    assert api(world.clerk, "POST", f"{path}/actions", {"action": "accept", "version": 9})[0] == 409
    assert api(world.clerk, "POST", f"{path}/actions", {"action": "deliver", "version": 1, "way": "1", "receiver": "x"})[0] == 422
    assert api(world.clerk, "POST", f"{path}/actions", {"action": "飞", "version": 1})[1]["code"] == "unknown_action"
    assert api(world.clerk, "POST", f"{path}/actions", {"version": "x"})[0] == 422
    assert api(world.clerk, "GET", "/cases/nothing")[0] == 404


def test_idempotency_key_header(world, api, body):
    first = api(world.citizen, "POST", "/cases", body, **{"Idempotency-Key": "abc"})
    again = api(world.citizen, "POST", "/cases", body, **{"Idempotency-Key": "abc"})
    assert (first[0], again[0]) == (201, 201)
    assert first[1]["case_no"] == again[1]["case_no"]
    other = {**body, "situation": {"other": "1"}}
    assert api(world.citizen, "POST", "/cases", other, **{"Idempotency-Key": "abc"})[0] == 409


def test_detail_lists_clocks_and_actions(world, api, body):
    _, case = api(world.citizen, "POST", "/cases", body)
    _, seen = api(world.clerk, "GET", f"/cases/{case['case_no']}")
    assert {a["name"] for a in seen["actions"]} >= {"receive", "accept", "supplement", "reject"}
    assert [c["kind"] for c in seen["clocks"]] == ["notice"]
    assert seen["applicant"]["id_no"].count("*") >= 8
    assert {a["name"] for a in case["actions"]} == {"withdraw"}


def test_worklist_and_anonymous_progress(world, api, body):
    _, case = api(world.citizen, "POST", "/cases", body)
    status, page = api(world.clerk, "GET", "/worklist?state=submitted")
    assert (status, page["count"], page["results"][0]["case_no"]) == (200, 1, case["case_no"])
    assert api(world.citizen, "GET", "/worklist")[0] == 403
    code = Dossier.objects.get().query_code
    status, progress = api(None, "GET", f"/progress?case_no={case['case_no']}&query_code={code}")
    assert (status, progress["status"]) == (200, "submitted")
    assert api(None, "GET", f"/progress?case_no={case['case_no']}&query_code=xxxxxx")[0] == 404
