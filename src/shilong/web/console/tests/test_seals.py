"""印章页面：谁能打开、谁能做；从申请到签章、验章、日志真的走通；坏输入得到一句话。"""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from shilong.foundation.jobs.services import run_pending
from shilong.identity.roles.actor import Role
from shilong.service.seals import services
from shilong.service.seals.models import Application, Grant, Seal, SealUse
from shilong.service.seals.tests.conftest import cast, drop_trigger, filed, ofd, own_pki, seal_no, terms

__all__ = ["cast", "own_pki", "seal_no"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("P06", "P17")]
MANAGERS = {Role.LEADER, Role.BUREAU}
USERS = MANAGERS | {Role.WINDOW, Role.OFFICER}
PAGES = {
    "/console/seals/": MANAGERS | {Role.AUDITOR},
    "/console/seals/{seal}/": MANAGERS | {Role.AUDITOR},
    "/console/seals/new/": {Role.LEADER},
    "/console/seals/{seal}/change/": {Role.LEADER},
    "/console/seals/{seal}/cancel/": {Role.LEADER},
    "/console/seals/{seal}/grants/new/": MANAGERS,
    "/console/seals/applications/": MANAGERS,
    "/console/seals/applications/{application}/": MANAGERS,
    "/console/seals/applications/{application}/picture.png": MANAGERS,
    "/console/seals/use/": USERS,
    "/console/seals/verify/": USERS | {Role.AUDITOR},
    "/console/seals/log/": USERS | {Role.AUDITOR},
    "/console/seals/log/?export=xlsx": USERS | {Role.AUDITOR},
}
ACTIONS = {
    "/console/seals/{seal}/freeze/": MANAGERS,
    "/console/seals/applications/{application}/approve/": {Role.BUREAU},
    "/console/seals/log/verify/": {Role.BUREAU, Role.AUDITOR},
}


def enter(actor):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def by_role(cast):
    return {
        Role.LEADER: cast.leader,
        Role.BUREAU: cast.bureau,
        Role.OFFICER: cast.officer,
        Role.WINDOW: cast.clerk,
        Role.CATALOG: cast.catalog,
        Role.AUDITOR: cast.auditor,
        Role.APPLICANT: cast.citizen,
    }


@pytest.mark.parametrize("path", PAGES)
def test_only_these_roles_open_the_page(cast, seal_no, path):
    where = path.format(seal=seal_no, application=filed(cast, kind="12"))
    for role, who in by_role(cast).items():
        assert enter(who).get(where).status_code == (200 if role in PAGES[path] else 403), role
    assert Client().get(where)["Location"].startswith("/login/")


@pytest.mark.parametrize("path", ACTIONS)
def test_only_these_roles_act(cast, seal_no, path):
    where = path.format(seal=seal_no, application=filed(cast, kind="12"))
    for role, who in by_role(cast).items():
        if role not in ACTIONS[path]:
            assert enter(who).post(where, {"reason": "保管人员离岗"}).status_code == 403, role
    assert (Seal.objects.get(seal_no=seal_no).status, Application.objects.last().status) == ("active", "pending")
    who = by_role(cast)[Role.BUREAU]
    assert enter(who).post(where, {"reason": "保管人员离岗"}).status_code == 302


def test_another_department_sees_nothing(cast, seal_no):
    client = enter(cast.outside)
    assert seal_no not in client.get("/console/seals/").content.decode()
    for path in ("", "picture.png", "change/", "cancel/", "grants/new/"):
        assert client.get(f"/console/seals/{seal_no}/{path}").status_code == 404, path
    assert client.post(f"/console/seals/{seal_no}/freeze/", {"reason": "保管人员离岗"}).status_code == 403


def test_from_application_to_a_verified_stamp(cast):
    leader, bureau, clerk = enter(cast.leader), enter(cast.bureau), enter(cast.clerk)
    form = {"kind": "11", "department": "scjg", "years": "3", "reason": "开展行政审批业务", "document": "石编〔2026〕3 号"}
    where = leader.post("/console/seals/new/", form)["Location"]
    assert "撤回申请" in leader.get(where).content.decode()
    assert "不予批准" not in leader.get(where).content.decode(), "申请人看不到审批按钮"
    assert bureau.get(f"{where}picture.png").content.startswith(b"\x89PNG")
    assert bureau.post(f"{where}approve/", {"opinion": "同意"}).status_code == 302
    assert bureau.post(f"{where}make/").status_code == 302
    seal_no = Seal.objects.get().seal_no
    assert leader.post(f"/console/seals/{seal_no}/activate/").status_code == 302
    until = (date.today() + timedelta(days=90)).isoformat()
    granted = {"account": str(cast.clerk.account_id), "doc_types": ["grant", "other"], "until": until, "reason": "窗口用章", "bulk": "on"}
    assert leader.post(f"/console/seals/{seal_no}/grants/new/", granted).status_code == 302
    page = leader.get(f"/console/seals/{seal_no}/").content.decode()
    assert "李敏" in page
    assert seal_no in clerk.get("/console/seals/use/?doc_type=grant").content.decode()
    answer = clerk.post("/console/seals/use/?doc_type=grant", stamping(seal_no, ofd(pages=2), edge="on"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ofd")
    assert services.verify(answer.content).ok
    checked = clerk.post("/console/seals/verify/", {"file": SimpleUploadedFile("证.ofd", answer.content)}).content.decode()
    assert "1 枚印章有效" in checked
    assert "用章日志有这一次签章" in checked
    log = leader.get("/console/seals/log/?doc_type=grant&result=ok").content.decode()
    assert "石龙准〔2026〕第1号" in log
    assert "第 2 页、第 1 页" in log
    grant = Grant.objects.get()
    assert leader.post(f"/console/seals/grants/{grant.pk}/revoke/", {"reason": "岗位调整", "seal_no": seal_no}).status_code == 302
    assert "没有可用的印章" in clerk.get("/console/seals/use/?doc_type=grant").content.decode()


def stamping(seal_no, *documents, **changes):
    files = [SimpleUploadedFile(f"决定书{n}.ofd", one) for n, one in enumerate(documents)]
    return {"seals": [seal_no], "uploads": files, "doc_id": "石龙准〔2026〕第1号", "spot": "lower-right", "page": "0"} | changes


def test_several_files_make_a_batch_and_a_list_of_results(cast, seal_no, blank):
    answer = enter(cast.officer).post("/console/seals/use/?doc_type=grant", stamping(seal_no, ofd(), blank))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["001-决定书0.ofd", "结果清单.txt"]
        assert "空白文书" in archive.read("结果清单.txt").decode()
        assert services.verify(archive.read("001-决定书0.ofd")).ok
    assert SealUse.objects.filter(result="ok").count() == 1


@pytest.fixture
def blank():
    return ofd("")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"uploads": []}, "这个字段是必填项"),
        ({"seals": []}, "这个字段是必填项"),
        ({"spot": "custom"}, "距左边"),
        ({"spot": "custom", "x": "900", "y": "10"}, "超出了页面"),
        ({"page": "7"}, "没有第 7 页"),
        ({"uploads": [SimpleUploadedFile("x.ofd", b"junk")]}, "不是有效的 OFD"),
        ({"uploads": [SimpleUploadedFile("x.ofd", b"")]}, "文件"),
        ({"seals": ["YZ0"]}, "选择"),
    ],
)
def test_bad_stamping_input_is_explained(cast, seal_no, changes, says):
    answer = enter(cast.officer).post("/console/seals/use/?doc_type=grant", stamping(seal_no, ofd()) | changes)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_bad_application_input_is_explained_beside_the_field(cast):
    form = {"kind": "05", "department": "scjg", "years": "3", "reason": "制发名章一枚"}
    answer = enter(cast.leader).post("/console/seals/new/", form)
    assert answer.status_code == 422
    assert "名章要写姓名" in answer.content.decode()
    bad = form | {"kind": "11", "upload": SimpleUploadedFile("a.png", b"<svg/>")}
    assert "不是可用的 PNG" in enter(cast.leader).post("/console/seals/new/", bad).content.decode()


def test_a_broken_file_gets_a_report_not_an_error(cast):
    answer = enter(cast.auditor).post("/console/seals/verify/", {"file": SimpleUploadedFile("x.ofd", b"junk")})
    assert answer.status_code == 200
    assert "没有通过" in answer.content.decode()


def test_the_log_is_exported_and_checked(cast, seal_no):
    services.stamp(
        ofd(),
        seal_no=seal_no,
        doc_type="grant",
        doc_id="甲",
        actor=cast.officer,
        stamps=services.place(ofd(), services.Placement(), width=40, height=40),
    )
    auditor = enter(cast.auditor)
    rows = list(load_workbook(io.BytesIO(auditor.get("/console/seals/log/?export=xlsx").content)).active.values)
    assert rows[0][0] == "链序号"
    assert rows[1][6] == "甲"
    assert auditor.post("/console/seals/log/verify/").status_code == 302
    run_pending()
    assert "没有改动、删除或换序" in auditor.get("/console/seals/log/").content.decode()
    drop_trigger("sealuse")
    SealUse.objects.update(doc_id="乙")
    auditor.post("/console/seals/log/verify/")
    run_pending()
    assert "发现 1 处问题" in auditor.get("/console/seals/log/").content.decode()


def test_unknown_steps_and_numbers_are_404(cast, seal_no):
    client = enter(cast.bureau)
    for path in (f"/console/seals/{seal_no}/explode/", "/console/seals/applications/YS0/approve/", "/console/seals/grants/999/revoke/"):
        assert client.post(path, {"reason": "随便试试看"}).status_code == 404, path
    for path in ("/console/seals/YZ0/", "/console/seals/applications/YS0/"):
        assert client.get(path).status_code == 404


def test_a_refusal_on_the_page_is_a_sentence(cast, seal_no):
    answer = enter(cast.leader).post(f"/console/seals/{seal_no}/activate/")
    assert answer.status_code == 409
    assert "现在是“有效”，不能启用" in answer.content.decode()


def test_the_preview_needs_a_readable_file(cast, seal_no):
    client = enter(cast.officer)
    assert client.post("/console/seals/use/preview/").status_code == 422
    for outsider in (cast.auditor, cast.catalog, cast.citizen):
        assert enter(outsider).post("/console/seals/use/preview/").status_code == 403
    bad = client.post("/console/seals/use/preview/", {"uploads": SimpleUploadedFile("a.ofd", b"no")})
    assert bad.status_code == 422
    good = {"uploads": SimpleUploadedFile("a.ofd", ofd(pages=3)), "shown": "99"}
    assert "第 3 页，共 3 页" in client.post("/console/seals/use/preview/", good).content.decode()


def test_the_menu_offers_stamping_to_those_with_a_grant(cast, seal_no):
    link = "/console/seals/use/"
    assert link in enter(cast.officer).get("/office/").content.decode()
    assert link not in enter(cast.clerk).get("/window/").content.decode()
    services.grant(seal_no, cast.clerk.account_id, terms(), actor=cast.bureau)
    assert link in enter(cast.clerk).get("/window/").content.decode()
    services.freeze(seal_no, actor=cast.leader, reason="暂停使用")
    assert link not in enter(cast.clerk).get("/window/").content.decode()
