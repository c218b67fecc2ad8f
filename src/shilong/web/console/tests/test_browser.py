"""浏览器里真实走一遍：登录、建账号、授权、日历预检与确认；新页面在 PC 与手机上都无障碍、不横向滚动。"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shilong.foundation.calendar import selectors as calendar
from shilong.foundation.calendar import services as calendar_services
from shilong.foundation.jobs.models import Job, JobState
from shilong.identity.accounts import services
from shilong.identity.accounts.refusals import AccountLocked, BadCredentials
from shilong.identity.roles import selectors as roles
from shilong.identity.roles.actor import Role, Scope
from shilong.identity.testing import PASSWORD, make_citizen, make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P27", "P29")]


def staff(role):
    return make_staff(role, scope=Scope.DISTRICT, username=f"b-{role.value}")


def log_in(page, live_server, username):
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("登录名或手机号").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/console/")


def test_an_account_is_created_granted_and_disabled(page, live_server):
    page.on("dialog", lambda dialog: dialog.accept())
    make_staff(Role.OFFICER, department="scjg")
    admin, security = staff(Role.SYSADMIN), staff(Role.SECADMIN)
    log_in(page, live_server, admin.username)
    page.get_by_role("navigation", name="工作台导航").get_by_role("link", name="账号").click()
    page.get_by_role("link", name="新建工作人员").click()
    page.get_by_label("登录名").fill("newhand")
    page.get_by_label("姓名").fill("钱新")
    page.get_by_label("部门").select_option("scjg")
    page.get_by_label("初始密码").fill("Qx-2026-begin")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="管理 newhand").click()
    page.get_by_label("停用理由").fill("先停用")
    page.get_by_role("button", name="停用账号").click()
    assert page.get_by_role("button", name="启用账号").is_visible()
    page.get_by_role("button", name="启用账号").click()
    page.get_by_role("button", name="退出").click()
    log_in(page, live_server, security.username)
    page.get_by_role("link", name="待授权账号 1").click()
    page.get_by_role("link", name="授权 newhand").click()
    page.get_by_label("角色", exact=True).select_option("officer")
    page.get_by_label("授予依据").fill("任命文件")
    page.get_by_role("button", name="授予").click()
    assert page.get_by_role("button", name="撤销部门审批").is_visible()
    made = services.check_password("newhand", "Qx-2026-begin", "127.0.0.1")
    assert roles.roles_of([made.pk])[made.pk] == [Role.OFFICER]


def test_a_year_is_checked_seen_and_imported(page, live_server, sign_in, tmp_path, snapshot, assert_accessible):
    page.on("dialog", lambda dialog: dialog.accept())
    calendar_services.seed(2026, 2027)
    sign_in(page, staff(Role.SYSADMIN).username)
    path = tmp_path / "2027.csv"
    rows = [f"{date(2027, 10, 1) + timedelta(days=n)},0,国庆节" for n in range(8)] + [f"2027-02-0{n},0,春节" for n in range(1, 7)]
    path.write_text("日期,上班,名称\n2027-10-09,也许,调休\n" + "\n".join(rows))
    page.goto(f"{live_server.url}/console/calendar/")
    page.get_by_label("年份").fill("2027")
    page.get_by_label("文件").set_input_files(path)
    page.get_by_role("button", name="预检").click()
    assert page.get_by_text("有 1 行要改").is_visible()
    snapshot(page, "console-calendar-problems")
    path.write_text("日期,上班,名称\n2027-10-09,1,调休\n" + "\n".join(rows))
    page.get_by_role("link", name="返回重选文件").click()
    page.get_by_label("年份").fill("2027")
    page.get_by_label("文件").set_input_files(path)
    page.get_by_role("button", name="预检").click()
    assert page.get_by_text("放假 14 天，调休上班 1 天").is_visible()
    assert_accessible(page)
    snapshot(page, "console-calendar-check")
    page.get_by_role("button", name="确认导入").click()
    page.wait_for_url("**/console/calendar/2027/")
    assert calendar.year_view(2027).official


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (Role.SYSADMIN, ["/console/", "/console/accounts/{id}/", "/console/locks/", "/console/policy/", "/console/departments/?key=scjg"]),
        (
            Role.SYSADMIN,
            ["/console/accounts/", "/console/calendar/", "/console/calendar/2026/", "/console/jobs/", "/console/numbering/?key=case"],
        ),
        (Role.SYSADMIN, ["/console/adapters/", "/console/adapters/smtp/", "/console/codes/", "/console/codes/handle_area/"]),
        (Role.SECADMIN, ["/console/", "/console/roles/", "/console/roles/{id}/", "/console/sessions/", "/console/locks/"]),
        (Role.AUDITOR, ["/console/", "/console/audit/", "/console/audit/verify/"]),
        (Role.CATALOG, ["/console/"]),
    ],
)
def test_pages_with_content_are_accessible(page, phone, live_server, sign_in, assert_accessible, snapshot, role, paths):
    calendar_services.seed(2026, 2027)
    target = make_staff(Role.OFFICER, department="scjg", username="officer-with-a-long-name")
    make_citizen("测试丁")
    for _ in range(5):
        with pytest.raises((BadCredentials, AccountLocked)):
            services.check_password(target.username, "wrong", "10.0.0.9")
    now = timezone.now()
    Job.objects.create(
        name="documents.render", args={"args": [1]}, state=JobState.DEAD, run_at=now, created_at=now, error="Traceback\n坏了"
    )
    actor = staff(role)
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    for screen, tag in ((page, "pc"), (phone, "m")):
        sign_in(screen, actor.username)
        for path in paths:
            where = path.format(id=target.account_id)
            screen.goto(live_server.url + where)
            assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), where
            assert_accessible(screen)
            snapshot(screen, f"c1-{role.value}-{path.strip('/').replace('/', '-')}-{tag}")
    assert problems == []
