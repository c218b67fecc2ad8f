"""终端管理页面：谁能打开、谁能做，坏输入，列表导出，浏览器里的主路径。"""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from openpyxl import load_workbook

from shilong.foundation.files import selectors as files
from shilong.hall.terminals import selectors, services
from shilong.hall.terminals.models import Fault, Terminal, Video
from shilong.hall.terminals.testing import make_terminal, seed_usage
from shilong.identity.roles.actor import Role, Scope
from shilong.identity.testing import make_citizen, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.req("P11", "P12")]
SYS, KEEPERS = (Role.SYSADMIN,), (Role.SYSADMIN, Role.BUREAU)
REPAIRERS = (*KEEPERS, Role.WINDOW)
ROLES = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.CATALOG, Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)
BASE = "/console/terminals/"
PAGES = {
    "": KEEPERS,
    "?export=xlsx": KEEPERS,
    "new/": SYS,
    "{number}/": KEEPERS,
    "{number}/edit/": SYS,
    "faults/": REPAIRERS,
    "faults/?export=xlsx": REPAIRERS,
    "faults/new/": REPAIRERS,
    "faults/{fault}/": KEEPERS,
    "usage/": KEEPERS,
    "usage/?export=xlsx": KEEPERS,
    "prints/": KEEPERS,
    "videos/": SYS,
}
ACTIONS = {
    "new/": SYS,
    "push/": SYS,
    "{number}/edit/": SYS,
    "{number}/code/": SYS,
    "{number}/revoke/": SYS,
    "{number}/retire/": SYS,
    "{number}/shot/": SYS,
    "faults/new/": REPAIRERS,
    "faults/{fault}/assign/": KEEPERS,
    "faults/{fault}/cancel/": KEEPERS,
    "videos/": SYS,
    "videos/1/remove/": SYS,
}
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64


def enter(actor):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def staff(role):
    return make_staff(role, scope=Scope.DISTRICT, username=f"tm-{role.value}")


@pytest.fixture
def scene(db):
    admin = make_staff(Role.SYSADMIN, scope=Scope.DISTRICT, username="tm-admin", name="管理甲")
    number, _ = make_terminal(admin)
    fault = services.report(number, "printer", "缺纸", actor=admin, source="staff")
    return admin, {"number": number, "fault": fault}


def everything():
    return [list(Terminal.objects.values()), list(Fault.objects.values()), list(Video.objects.values())]


@pytest.mark.parametrize("path", PAGES)
def test_only_the_owners_open_the_page(scene, path):
    url = BASE + path.format(**scene[1])
    for role in ROLES:
        expected = (200,) if role in PAGES[path] else (403, 404)
        assert enter(staff(role)).get(url).status_code in expected, role
    assert enter(make_citizen()).get(url).status_code == 403
    assert Client().get(url)["Location"].startswith("/login/")


@pytest.mark.parametrize("path", ACTIONS)
def test_nobody_else_performs_the_action(scene, path):
    url, before = BASE + path.format(**scene[1]), everything()
    data = {
        "reason": "丢失了",
        "number": scene[1]["number"],
        "category": "page",
        "note": "不要了",
        "version": "1",
        "name": "改名",
        "kind": "kiosk",
    }
    for role in (role for role in ROLES if role not in ACTIONS[path]):
        assert enter(staff(role)).post(url, data).status_code == 403, role
    assert enter(make_citizen()).post(url, data).status_code == 403
    assert Client().post(url, data)["Location"].startswith("/login/")
    assert everything() == before


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("{number}/explode/", {"reason": "xx"}, 404),
        ("{number}/revoke/", {"reason": " "}, 422),
        ("ZD9999/revoke/", {"reason": "丢失"}, 404),
        ("push/", {}, 422),
        ("push/", {"number": ["ZD0001"], "idle": "3"}, 422),
        ("{number}/edit/", {"name": "改名甲", "hall": "大厅", "kind": "kiosk", "reader": "none", "format": "plain", "idle": "60"}, 422),
        ("new/", {"name": "一", "kind": "kiosk"}, 422),
        ("new/", {"name": "\x00\x00", "hall": "大厅", "kind": "robot", "reader": "none", "format": "plain", "idle": "60"}, 422),
        ("faults/{fault}/assign/", {"assignee": "abc", "version": "1"}, 422),
        ("faults/{fault}/assign/", {"assignee": "9" * 30, "version": "1"}, 422),
        ("faults/{fault}/cancel/", {"note": "不要了"}, 400),
        ("faults/{fault}/cancel/", {"note": "不要了", "version": "7"}, 409),
        ("faults/{fault}/explode/", {"note": "x", "version": "1"}, 404),
        ("faults/new/", {"number": "ZD9999", "category": "page"}, 422),
        ("videos/999999999999999/remove/", {}, 404),
    ],
)
def test_bad_input_changes_nothing(scene, path, data, status):
    before = everything()
    assert enter(scene[0]).post(BASE + path.format(**scene[1]), data).status_code == status
    assert everything() == before


@pytest.mark.parametrize("query", ["?page=9999", "?page=x&kind=robot&status=none", "?q=%00", "?first=2026-02-30&last=0001-01-01"])
def test_odd_queries_still_show_the_page(scene, query):
    client = enter(scene[0])
    for page in ("", "faults/", "prints/"):
        assert client.get(BASE + page + query).status_code == 200
    assert client.get(BASE + "usage/" + query).status_code in (200, 422)


def test_the_activation_code_is_shown_once(scene):
    client, url = enter(scene[0]), f"{BASE}{scene[1]['number']}/"
    body = client.post(url + "code/", follow=True).content.decode()
    code = body.split('term-code">')[1][:9]
    assert services.activate(code, "10.0.0.1")
    assert code not in client.get(url).content.decode()


def test_exports_hold_what_the_list_shows(scene):
    admin, keys = scene
    from django.utils import timezone

    seed_usage(keys["number"], timezone.localdate(), {"search": 5})
    client = enter(admin)
    for path, expected in (
        ("?export=xlsx", keys["number"]),
        ("faults/?export=xlsx", keys["fault"]),
        ("usage/?export=xlsx", keys["number"]),
    ):
        sheet = load_workbook(BytesIO(client.get(BASE + path).content)).active
        assert sheet.max_row == 2 and sheet.cell(2, 1).value == expected


def test_a_video_is_uploaded_played_by_ranges_and_removed(scene):
    client = enter(scene[0])
    upload = BytesIO(MP4)
    upload.name = "指导.mp4"
    assert client.post(BASE + "videos/", {"title": "怎样查事项", "file": upload}).status_code == 302
    row = selectors.videos()[0]
    assert files.get(row.file_id).mime == "video/mp4"
    kiosk = Client()
    kiosk.cookies["shilong_terminal"] = services.activate(services.issue_code(scene[1]["number"], actor=scene[0]), "")
    kiosk.get("/self/")
    assert "怎样查事项" in kiosk.get("/self/videos/").content.decode()
    whole = kiosk.get(f"/self/videos/{row.id}/file.mp4")
    part = kiosk.get(f"/self/videos/{row.id}/file.mp4", headers={"range": "bytes=4-11"})
    assert whole.content == MP4 and (part.status_code, part.content) == (206, b"ftypisom")
    assert kiosk.get(f"/self/videos/{row.id}/file.mp4", headers={"range": "bytes=9999-"}).status_code == 416
    client.post(f"{BASE}videos/{row.id}/remove/")
    assert kiosk.get(f"/self/videos/{row.id}/").status_code == 404


@pytest.mark.parametrize(("name", "content"), [("坏.mp4", b"not a video at all"), ("改名.mp4", b"%PDF-1.4 x"), ("空.mp4", b"")])
def test_only_real_mp4_is_accepted(scene, name, content):
    upload = BytesIO(content)
    upload.name = name
    assert enter(scene[0]).post(BASE + "videos/", {"title": "视频", "file": upload}).status_code == 422
    assert not Video.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_pages_in_the_browser(page, phone, live_server, sign_in, assert_accessible, snapshot):
    from django.utils import timezone

    admin = make_staff(Role.SYSADMIN, scope=Scope.DISTRICT, username="tb-admin", name="管理甲")
    number, _ = make_terminal(admin)
    make_terminal(admin, "03 号窗口评价器", kind="rater", reader="none")
    fault = services.report(number, "printer", "缺纸", actor=admin, source="terminal")
    seed_usage(number, timezone.localdate(), {"search": 5, "print": 2})
    sign_in(page, "tb-admin")
    page.goto(f"{live_server.url}{BASE}faults/{fault}/")
    page.get_by_label("处理人").select_option(label="管理甲（区scjg局）")
    page.get_by_role("button", name="派单").click()
    page.get_by_role("button", name="开始处理").click()
    page.get_by_label("怎样处理的").fill("加纸")
    page.get_by_role("button", name="恢复").click()
    assert page.get_by_text("已恢复", exact=True).first.is_visible()
    for screen, tag in ((page, "pc"), (phone, "m")):
        sign_in(screen, "tb-admin")
        for path in ("", "new/", f"{number}/", "faults/", f"faults/{fault}/", "faults/new/", "usage/", "prints/", "videos/"):
            screen.goto(live_server.url + BASE + path)
            assert screen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} {tag} 横向溢出"
            assert_accessible(screen)
            snapshot(screen, f"terminals-{path.replace('/', '-') or 'list'}-{tag}".replace(number, "one").replace(fault, "one"))
