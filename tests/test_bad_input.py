"""坏输入：每一样都得到一句清楚的话与明确的状态码，业务数据一行没变。接口与页面各一组。"""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from shilong.service.cases.testing import sample_form
from shilong.service.cases.tests.conftest import PDF, World, item, upload, world  # noqa: F401 测试固件
from shilong.service.materials import services as drafts
from tests.rest import Rest, required, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "P27", "W06")]


@dataclass
class Scene:
    """一件已提交的办件、别人的文件与草稿，供各种越权与坏输入使用。"""

    world: World
    rest: Rest
    body: dict[str, Any]
    case_no: str
    version: int
    others_file: str
    others_case: str
    draft: str
    others_draft: str


@pytest.fixture
def scene(world: World) -> Scene:  # noqa: F811
    code = world.item_code
    body = {
        "item_code": code,
        "form": sample_form(code),
        "materials": [{"code": one, "file_ids": [world.file_id]} for one in required(code)],
    }
    view = world.submit()
    others_file = upload(world.other_citizen)
    others = world.submit(actor=world.other_citizen, file_ids=[others_file])
    mine = drafts.open_draft(code, actor=world.citizen, channel="1")
    theirs = drafts.open_draft(code, actor=world.other_citizen, channel="1")
    return Scene(world, Rest(), body, view.case_no, view.version, others_file, others.case_no, str(mine.id), str(theirs.id))


def _nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def _deep_case(scene: Scene) -> str:
    return json.dumps(scene.body).replace('"situation"', '"x"')[:-1] + ', "situation": ' + _nested(100_000) + "}"


# 名称：（状态码，错误码，提交内容怎样变坏）
SUBMISSIONS: dict[str, tuple[int, str, Callable[[Scene], Any]]] = {
    "空 JSON": (422, "invalid", lambda s: {}),
    "不是 JSON": (400, "bad_request", lambda s: b"{"),
    "空的请求体": (422, "invalid", lambda s: b""),
    "顶层是数组": (422, "invalid", lambda s: []),
    "不是 UTF-8": (400, "bad_request", lambda s: b'{"item_code": "\xff\xfe"}'),
    "嵌套十万层": (400, "bad_request", _deep_case),
    "请求体六兆": (413, "too_large", lambda s: {**s.body, "form": {"x": "长" * 2_000_000}}),
    "事项编码超长": (422, "invalid", lambda s: {**s.body, "item_code": "9" * 5000}),
    "事项编码是数字": (422, "invalid", lambda s: {**s.body, "item_code": 12}),
    "事项编码含 NUL": (404, "item_unavailable", lambda s: {**s.body, "item_code": "1\x00"}),
    "没有这个事项": (404, "item_unavailable", lambda s: {**s.body, "item_code": "11410404TTTT00014P441019990009901"}),
    "表单是字符串": (422, "invalid", lambda s: {**s.body, "form": "x"}),
    "表单为空": (422, "form_invalid", lambda s: {**s.body, "form": {}}),
    "表单的值含 NUL": (422, "form_invalid", lambda s: {**s.body, "form": _spoil(s, "坏\x00值")}),
    "表单的值超长": (422, "form_invalid", lambda s: {**s.body, "form": _spoil(s, "长" * 20_000)}),
    "表单的值是对象": (422, "form_invalid", lambda s: {**s.body, "form": _spoil(s, {"a": [1]})}),
    "材料不是数组": (422, "invalid", lambda s: {**s.body, "materials": {"code": "M01"}}),
    "缺必要材料": (422, "material_missing", lambda s: {**s.body, "materials": []}),
    "文件编号不是编号": (404, "file_not_found", lambda s: _with_file(s, "../../etc/passwd")),
    "文件不存在": (404, "file_not_found", lambda s: _with_file(s, str(uuid.UUID(int=1)))),
    "别人的文件": (403, "not_your_file", lambda s: _with_file(s, s.others_file)),
    "渠道冒充窗口": (422, "invalid", lambda s: {**s.body, "channel": "3"}),
}


def _spoil(scene: Scene, value: Any) -> dict[str, Any]:
    return dict.fromkeys(scene.body["form"], value)


def _with_file(scene: Scene, file_id: str) -> dict[str, Any]:
    return {**scene.body, "materials": [{**row, "file_ids": [file_id]} for row in scene.body["materials"]]}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_bad_submission(scene: Scene, name: str) -> None:
    status, code, spoil = SUBMISSIONS[name]
    body = spoil(scene)
    before = snapshot()
    response = scene.rest.raw(scene.world.citizen, "POST", "/cases", body if isinstance(body, (bytes, str)) else json.dumps(body))
    _refused(response, status, code)
    assert snapshot() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png"])
def test_json_endpoint_with_another_content_type_changes_nothing(scene: Scene, kind: str) -> None:
    before = snapshot()
    response = scene.rest.raw(scene.world.citizen, "POST", "/cases", b"item_code=1", kind)
    assert 400 <= response.status_code < 500, response.content
    assert set(response.json()) == {"code", "message", "fields"}
    assert snapshot() == before


# 名称：（谁，状态码，错误码，内容）
ACTIONS: dict[str, tuple[str, int, str, dict[str, Any]]] = {
    "空 JSON": ("clerk", 422, "invalid", {}),
    "没有这个动作": ("clerk", 422, "unknown_action", {"action": "steal", "version": 1}),
    "动作超长": ("clerk", 422, "invalid", {"action": "a" * 999, "version": 1}),
    "动作含 NUL": ("clerk", 422, "unknown_action", {"action": "acc\x00ept", "version": 1}),
    "版本是文字": ("clerk", 422, "invalid", {"action": "accept", "version": "一"}),
    "过期的版本": ("clerk", 409, "stale_version", {"action": "accept", "version": 99}),
    "版本大得离谱": ("clerk", 409, "stale_version", {"action": "accept", "version": 10**30}),
    "还没受理就审查": ("officer", 422, "action_not_possible", {"action": "review", "version": 1, "result": "agree", "opinion": "可"}),
    "还没决定就送达": ("clerk", 422, "action_not_possible", {"action": "deliver", "version": 1, "way": "1", "receiver": "甲"}),
    "补正没有内容": ("clerk", 422, "payload_invalid", {"action": "supplement", "version": 1}),
    "补正内容是数字": ("clerk", 422, "payload_invalid", {"action": "supplement", "version": 1, "items": 7}),
    "不予受理理由超长": (
        "clerk",
        422,
        "payload_invalid",
        {"action": "reject", "version": 1, "ground": "not_qualified", "reason": "长" * 99_999},
    ),
    "别的群众来撤回": ("other_citizen", 403, "others_case", {"action": "withdraw", "version": 1}),
    "群众自己受理": ("citizen", 403, "not_allowed", {"action": "accept", "version": 1}),
    "别的部门来审查": ("outsider", 403, "others_case", {"action": "review", "version": 1, "result": "agree", "opinion": "可"}),
    "没有登录": ("", 401, "not_signed_in", {"action": "accept", "version": 1}),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_bad_action(scene: Scene, name: str) -> None:
    who, status, code, body = ACTIONS[name]
    before = snapshot()
    actor = getattr(scene.world, who) if who else None
    response = scene.rest.raw(actor, "POST", f"/cases/{scene.case_no}/actions", json.dumps(body))
    _refused(response, status, code)
    assert snapshot() == before


def _zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * (300 << 20))
    return buffer.getvalue()


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(buffer, "PNG")
    return buffer.getvalue()


# 名称：（状态码，错误码，文件名，内容）
UPLOADS: dict[str, tuple[int, str, str, Callable[[], bytes]]] = {
    "空文件": (422, "empty_file", "a.pdf", lambda: b""),
    "可执行文件改名": (422, "file_kind_not_allowed", "a.pdf", lambda: b"MZ" + b"\0" * 200),
    "网页改名": (422, "file_kind_not_allowed", "a.jpg", lambda: b"<!doctype html><script>alert(1)</script>"),
    "图片冒充 PDF": (422, "file_disguised", "a.pdf", _png),
    "不收的类型": (422, "file_kind_not_allowed", "a.exe", lambda: b"MZ" + b"\0" * 200),
    "压缩炸弹": (422, "file_too_complex", "a.docx", _zip_bomb),
    "超过上限": (413, "file_too_large", "a.pdf", lambda: PDF + b"\0" * (21 << 20)),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_bad_upload(scene: Scene, name: str) -> None:
    status, code, filename, build = UPLOADS[name]
    before = snapshot()
    response = scene.rest.client.post(
        "/api/v1/files", {"file": SimpleUploadedFile(filename, build())}, headers=scene.rest.header(scene.world.citizen)
    )
    _refused(response, status, code)
    assert snapshot() == before


def test_file_names_cannot_escape_or_carry_nul(scene: Scene) -> None:
    upload_ = SimpleUploadedFile("x.pdf", PDF)
    upload_.name = "..\\..\\etc\\坏\x00名.pdf"
    response = scene.rest.client.post("/api/v1/files", {"file": upload_}, headers=scene.rest.header(scene.world.citizen))
    assert response.status_code in (201, 400, 422), response.content
    assert not set("/\\\x00") & set(response.json().get("name", ""))


# 别人的东西：接口里看不到、取不到。（路径，状态码，错误码）
OTHERS: list[tuple[str, int, str]] = [
    ("/cases/{s.others_case}", 403, "others_case"),
    ("/cases/{s.others_case}/events", 403, "others_case"),
    ("/cases/20260000000000000000000", 404, "case_not_found"),
    ("/files/{s.others_file}", 404, "file_not_found"),
    ("/files/{s.others_file}/preview", 404, "file_not_found"),
    ("/files/not-a-uuid", 404, "file_not_found"),
    ("/worklist", 403, "not_allowed"),
    ("/worklist?page=0", 422, "invalid"),
    ("/worklist?page=x", 422, "invalid"),
    ("/progress?case_no=1", 422, "invalid"),
]


@pytest.mark.parametrize("path,status,code", OTHERS)
def test_others_things_over_the_api(scene: Scene, path: str, status: int, code: str) -> None:
    before = snapshot()
    _refused(scene.rest.raw(scene.world.citizen, "GET", path.format(s=scene)), status, code)
    assert snapshot() == before


def test_null_character_in_the_address(scene: Scene) -> None:
    """SQLite 当作没有这件；PostgreSQL 存不下空字符，说格式不对。都不是 5xx。"""
    before = snapshot()
    response = scene.rest.raw(scene.world.citizen, "GET", "/cases/%00")
    assert (response.status_code, response.json()["code"]) in {(404, "case_not_found"), (400, "bad_request")}
    assert snapshot() == before


# 页面：（方法，路径，内容，可接受的状态码）
PAGES: dict[str, tuple[str, str, dict[str, Any], set[int]]] = {
    "别人的办件": ("GET", "/me/cases/{s.others_case}/", {}, {403, 404}),
    "撤回别人的办件": ("POST", "/me/cases/{s.others_case}/withdraw/", {"version": "1", "reason": "x"}, {403, 404}),
    "没有这件": ("GET", "/me/cases/404/", {}, {404}),
    "别人的草稿": ("GET", "/apply/d/{s.others_draft}/form/", {}, {403, 404}),
    "往别人的草稿里写": ("POST", "/apply/d/{s.others_draft}/form/", {"version": "1", "x": "y"}, {403, 404}),
    "草稿编号是乱的": ("GET", "/apply/d/zzz/form/", {}, {404}),
    "草稿版本过期": ("POST", "/apply/d/{s.draft}/form/", {"version": "99", "leave": "1"}, {409}),
    "草稿版本不是数字": ("POST", "/apply/d/{s.draft}/form/", {"version": "-5\x00", "leave": "1"}, {409}),
    "没有这个事项": ("GET", "/apply/NOPE/", {}, {404}),
    "事项编码含 NUL": ("GET", "/items/%00/", {}, {404}),
    "群众进窗口": ("GET", "/window/", {}, {403}),
    "群众进监察": ("GET", "/supervise/", {}, {403}),
    "群众进管理": ("GET", "/console/", {}, {403}),
    "没有这个地址": ("GET", "/nope/", {}, {404}),
    "不许的方法": ("DELETE", "/me/cases/", {}, {405}),
}


@pytest.mark.parametrize("name", PAGES)
def test_bad_page_request(scene: Scene, name: str) -> None:
    method, path, data, accepted = PAGES[name]
    client = _signed_in(scene)
    before = snapshot()
    path = path.format(s=scene)
    response = client.post(path, data) if method == "POST" else client.generic(method, path)
    assert response.status_code in accepted, response.status_code
    assert b"Traceback" not in response.content
    assert snapshot() == before


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "长" * 900, "page=-1", "page=99999999999999999999", "page=x", "theme=%00&object=%00&department=%00"]
)
@pytest.mark.parametrize("path", ["/items/", "/publicity/", "/me/cases/", "/api/v1/items", "/progress/"])
def test_lists_shrug_off_odd_queries(scene: Scene, path: str, query: str) -> None:
    before = snapshot()
    response = _signed_in(scene).get(f"{path}?{query}")
    assert response.status_code in {200, 404, 422}, response.status_code
    assert snapshot() == before


def test_page_posts_need_the_csrf_token(scene: Scene) -> None:
    from shilong.identity.accounts.models import Account

    client = Client(enforce_csrf_checks=True)
    client.force_login(Account.objects.get(pk=scene.world.citizen.account_id))
    before = snapshot()
    assert client.post(f"/me/cases/{scene.case_no}/withdraw/", {"version": "1", "reason": "x"}).status_code == 403
    assert snapshot() == before


def _signed_in(scene: Scene) -> Client:
    from shilong.identity.accounts.models import Account

    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(pk=scene.world.citizen.account_id))
    return client


def _refused(response: Any, status: int, code: str) -> None:
    body = response.json()
    assert (response.status_code, body.get("code")) == (status, code), body
    assert set(body) == {"code", "message", "fields"}
    assert body["message"]
    assert "Traceback" not in body["message"]
