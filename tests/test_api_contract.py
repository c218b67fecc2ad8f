"""对外接口契约（架构 §12）：字段名、状态码、错误体逐条对；再按公布的 OpenAPI 随机发请求，没有 5xx。"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings

from shilong.config.wsgi import application
from shilong.identity.testing import PASSWORD
from shilong.service.cases.testing import sample_form
from shilong.service.cases.tests.conftest import PDF, World, item, world  # noqa: F401 测试固件
from tests.rest import Rest, required

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "W06")]
FIELD_TYPES = {"text", "textarea", "number", "date", "radio", "select", "checks", "idcard", "uscc", "mobile", "rows"}
ACTION_NAMES = {
    *("receive", "accept", "supplement", "resubmit", "reject", "withdraw", "start_special", "end_special", "extend"),
    *("review", "decide", "deliver", "archive", "suspend", "resume", "terminate"),
}


@pytest.fixture
def rest(db: None) -> Rest:
    return Rest()


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """直接调 WSGI 应用时不让请求首尾丢掉数据库连接：那正是测试事务所在的连接（Django 自己的测试客户端也这样做）。"""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def body(world: World) -> dict[str, Any]:  # noqa: F811
    materials = [{"code": one, "file_ids": [world.file_id]} for one in required(world.item_code)]
    return {"item_code": world.item_code, "form": sample_form(world.item_code), "materials": materials}


def _problem(answer: tuple[int, Any], status: int, code: str) -> None:
    assert (answer[0], answer[1].get("code")) == (status, code), answer
    assert set(answer[1]) == {"code", "message", "fields"}
    assert isinstance(answer[1]["message"], str)
    assert answer[1]["message"]
    assert isinstance(answer[1]["fields"], dict)


def test_health(client: Any) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code in (200, 503)
    assert set(ready.json()["checks"]) == {"database", "jobs", "disk"}


def test_token(rest: Rest, world: World) -> None:  # noqa: F811
    status, got = rest(None, "POST", "/auth/token", {"username": world.citizen.username, "password": PASSWORD})
    assert status == 200
    assert got["token"]
    assert datetime.fromisoformat(got["expires_at"]).tzinfo
    headers = {"Authorization": f"Bearer {got['token']}"}
    assert rest.client.get("/api/v1/worklist", headers=headers).status_code == 403, "令牌认得出是群众"


@pytest.mark.parametrize("username", ["citizen-none", "", "\x00", "a\x00b", "a" * 300])
def test_token_refused(rest: Rest, username: str) -> None:
    status, problem = rest(None, "POST", "/auth/token", {"username": username, "password": "错"})
    assert status in (400, 401, 403, 422)
    assert set(problem) == {"code", "message", "fields"}


@pytest.mark.parametrize("header", ["Bearer nope", "Bearer", "Basic YTpi", "Bearer \xff"])
def test_bad_token_is_anonymous(rest: Rest, header: str) -> None:
    response = rest.client.get("/api/v1/worklist", HTTP_AUTHORIZATION=header)
    _problem((response.status_code, response.json()), 401, "not_signed_in")


def test_token_in_the_address_is_not_accepted(rest: Rest, world: World) -> None:  # noqa: F811
    token = rest.header(world.clerk)["Authorization"].removeprefix("Bearer ")
    assert rest.client.get(f"/api/v1/worklist?token={token}&access_token={token}").status_code == 401


def test_items(rest: Rest, world: World) -> None:  # noqa: F811
    status, page = rest(None, "GET", "/items")
    assert status == 200
    assert page["count"] == 1
    assert {"code", "name", "department"} <= set(page["results"][0])
    for query in ("q=没有这样的事项啊", "theme=zz", "object=zz", "department=zz", "page=99"):
        status, page = rest(None, "GET", f"/items?{query}")
        assert status == 200
        assert page["results"] == [] or query.startswith(("theme", "object")), query


def test_item(rest: Rest, world: World) -> None:  # noqa: F811
    status, guide = rest(None, "GET", f"/items/{world.item_code}")
    assert status == 200
    assert {"code", "name", "materials", "form"} <= set(guide)
    assert all({"code", "name", "required"} <= set(row) for row in guide["materials"])
    fields = [field for section in guide["form"]["sections"] for field in section["fields"]]
    assert fields
    for field in fields:
        assert {"key", "label", "type"} <= set(field)
        assert field["type"] in FIELD_TYPES
        assert field["type"] != "rows" or field["fields"]
        assert field["type"] not in ("radio", "select", "checks") or field["options"]
    _problem(rest(None, "GET", "/items/nope"), 404, "item_unavailable")


def test_files(rest: Rest, world: World) -> None:  # noqa: F811
    file = SimpleUploadedFile("材料.pdf", PDF)
    response = rest.client.post("/api/v1/files", {"file": file}, headers=rest.header(world.citizen))
    assert response.status_code == 201
    got = response.json()
    assert {"file_id", "sha256", "size", "mime"} <= set(got)
    assert re.fullmatch(r"[0-9a-f]{64}", got["sha256"])
    assert (got["size"], got["mime"]) == (len(PDF), "application/pdf")
    anonymous = rest.client.post("/api/v1/files", {"file": SimpleUploadedFile("材料.pdf", PDF)})
    _problem((anonymous.status_code, anonymous.json()), 401, "not_signed_in")


def test_submit(rest: Rest, world: World, body: dict[str, Any]) -> None:  # noqa: F811
    status, case = rest(world.citizen, "POST", "/cases", body, **{"Idempotency-Key": "k1"})
    assert status == 201
    assert {"case_no", "query_code", "status", "version"} <= set(case)
    assert (case["status"], case["version"]) == ("submitted", 1)
    assert world.citizen.name not in str(case["applicant"]), "返回的申请人是脱敏的"
    again = rest(world.citizen, "POST", "/cases", body, **{"Idempotency-Key": "k1"})
    assert again[0] == 201
    assert again[1]["case_no"] == case["case_no"]
    other = {**body, "form": {**body["form"], next(iter(body["form"])): "另一份"}}
    _problem(rest(world.citizen, "POST", "/cases", other, **{"Idempotency-Key": "k1"}), 409, "idempotency_conflict")
    missing = rest(world.citizen, "POST", "/cases", {**body, "materials": []})
    _problem(missing, 422, "material_missing")
    assert missing[1]["fields"]
    _problem(rest(None, "POST", "/cases", body), 401, "not_signed_in")
    _problem(rest(world.officer, "POST", "/cases", body), 403, "not_allowed")


def test_case_and_events(rest: Rest, world: World) -> None:  # noqa: F811
    view = world.submit()
    rest(world.clerk, "POST", f"/cases/{view.case_no}/actions", {"action": "accept", "version": 1})
    status, case = rest(world.officer, "GET", f"/cases/{view.case_no}")
    assert status == 200
    assert {"case_no", "status", "version", "materials", "clocks", "actions"} <= set(case)
    assert {clock["kind"] for clock in case["clocks"]} >= {"promise", "legal"}
    assert all({"kind", "used", "left", "state"} <= set(clock) for clock in case["clocks"])
    assert "review" in {action["name"] for action in case["actions"]}
    status, events = rest(world.citizen, "GET", f"/cases/{view.case_no}/events")
    assert status == 200
    assert [event["action"] for event in events] == ["submit", "accept"]
    assert world.clerk.name not in str(events), "给群众看的履历不写工作人员姓名"
    assert rest(world.other_citizen, "GET", f"/cases/{view.case_no}")[0] == 403
    assert rest(None, "GET", f"/cases/{view.case_no}")[0] == 401


def test_actions(rest: Rest, world: World) -> None:  # noqa: F811
    path = f"/cases/{world.submit().case_no}/actions"
    _problem(rest(world.citizen, "POST", path, {"action": "accept", "version": 1}), 403, "not_allowed")
    _problem(rest(world.clerk, "POST", path, {"action": "accept", "version": 7}), 409, "stale_version")
    refused = rest(world.clerk, "POST", path, {"action": "supplement", "version": 1})
    _problem(refused, 422, "payload_invalid")
    assert refused[1]["fields"]
    status, case = rest(world.clerk, "POST", path, {"action": "receive", "version": 1})
    assert (status, case["status"], case["version"]) == (200, "received", 2)


@pytest.mark.parametrize("action", sorted(ACTION_NAMES))
def test_every_published_action_name_is_known(rest: Rest, world: World, action: str) -> None:  # noqa: F811
    """名字认得：要么能做，要么因规则或权限被拒，但不会是“没有这个动作”。"""
    case_no = world.submit().case_no
    _, problem = rest(world.clerk, "POST", f"/cases/{case_no}/actions", {"action": action, "version": 1})
    assert problem.get("code") != "unknown_action"


def test_worklist(rest: Rest, world: World) -> None:  # noqa: F811
    case_no = world.submit().case_no
    status, page = rest(world.clerk, "GET", "/worklist?state=submitted&page=1")
    assert status == 200
    assert page["count"] == 1
    assert page["results"][0]["case_no"] == case_no
    assert rest(world.clerk, "GET", "/worklist?state=archived")[1]["results"] == []
    _problem(rest(world.citizen, "GET", "/worklist"), 403, "not_allowed")


def test_progress(rest: Rest, world: World) -> None:  # noqa: F811
    view = world.submit()
    status, got = rest(None, "GET", f"/progress?case_no={view.case_no}&query_code={view.query_code}")
    assert status == 200
    assert (got["case_no"], got["status"]) == (view.case_no, "submitted")
    assert world.citizen.name not in str(got)
    _problem(rest(None, "GET", f"/progress?case_no={view.case_no}&query_code=000000"), 404, "progress_not_matched")


@pytest.mark.parametrize("path", ["/nope", "/cases/x/y/z"])
def test_unknown_addresses_answer_in_json(rest: Rest, path: str) -> None:
    _problem(rest(None, "GET", path), 404, "not_found")


@pytest.mark.parametrize("method,path", [("DELETE", "/cases"), ("PUT", "/items"), ("PATCH", "/files")])
def test_wrong_methods_are_405(rest: Rest, method: str, path: str) -> None:
    assert rest.raw(None, method, path).status_code == 405


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("who", ["", "citizen", "clerk"])
def test_random_requests_never_crash(rest: Rest, world: World, who: str) -> None:  # noqa: F811
    """由 OpenAPI 生成的请求（含反例），匿名、群众、窗口各来一遍：没有 5xx。"""
    case_no = world.submit().case_no
    headers = rest.header(getattr(world, who)) if who else {}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    crashed: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.endswith("/auth/token") and who:
            continue

        @settings(
            max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        def one(case: Any) -> None:
            if "case_no" in (case.path_parameters or {}):
                case.path_parameters["case_no"] = case_no
            response = case.call(headers=headers)
            if response.status_code >= 500:
                crashed.append(
                    f"{case.method} {case.path} {case.query} {str(case.body)[:200]} → {response.status_code} {response.text[:300]}"
                )

        given(case=operation.as_strategy())(one)()
    assert crashed == []
