"""综合窗口与部门审批：能打开、换一个人不行、导出、保存视图、代填、动作被拒的提示。"""

from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from shilong.foundation.calendar import services as calendars
from shilong.foundation.files import services as files
from shilong.identity import testing as people
from shilong.identity.accounts import preferences
from shilong.identity.roles.actor import Role, Scope
from shilong.service.cases import selectors, testing
from shilong.service.cases.tests.conftest import ONE_ROUND, PDF
from shilong.service.catalog.testing import make_item
from shilong.service.forms import defaults
from shilong.service.forms import services as form_services
from shilong.service.materials.models import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.req("W06"), pytest.mark.req("W07")]


def signed(actor):
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


class Desk:
    def __init__(self):
        calendars.seed(2025, 2027)
        self.clerk = people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT, name="李敏")
        self.officer = people.make_staff(Role.OFFICER, department="scjg", name="赵审批")
        self.leader = people.make_staff(Role.LEADER, department="scjg", name="钱局长")
        self.outsider = people.make_staff(Role.OFFICER, department="wjw", name="孙卫健")
        self.citizen = people.make_citizen("王建国")
        view = make_item(8, review_plan=ONE_ROUND, department="scjg")
        form_services.install(view.form_code, "标准申请表", defaults.standard_form(view.type, view.server_types))
        self.item = view.code
        file_id = str(files.store(BytesIO(PDF), "材料.pdf", owner_id=self.citizen.account_id).id)
        self.case = testing.submit_case(self.item, actor=self.citizen, file_ids=[file_id])
        self.no = self.case.case_no


@pytest.fixture
def desk(db):
    return Desk()


WINDOW_PAGES = (
    "/window/",
    "/window/?part=list",
    "/window/?state=handling",
    "/window/deliveries/",
    "/window/shipments/",
    "/window/shipments/?group=all",
    "/window/shipments/export.xlsx",
    "/window/corrections/",
    "/window/warnings/",
    "/window/search/",
    "/window/shift/",
    "/window/shift/?who=all&day=坏的",
    "/window/new/",
    "/window/new/?q=食品",
    "/window/export.xlsx",
    "/window/search/export.xlsx",
    "/window/shift/export.xlsx",
)


def test_every_window_page_opens_for_the_clerk_and_for_nobody_else(desk):
    client, citizen, officer = signed(desk.clerk), signed(desk.citizen), signed(desk.officer)
    for url in WINDOW_PAGES:
        assert client.get(url).status_code == 200, url
        assert citizen.get(url).status_code == 403, url
        assert officer.get(url).status_code == 403, url
        assert Client().get(url).status_code == 302, url


@pytest.mark.req("P02")
def test_office_opens_for_the_department_and_for_nobody_else(desk):
    testing.drive(desk.no, "receive", "accept")
    for url in ("/office/", f"/office/cases/{desk.no}/", "/office/?state=special,suspended", "/office/export.xlsx"):
        assert signed(desk.officer).get(url).status_code == 200, url
        assert signed(desk.leader).get(url).status_code == 200, url
        assert signed(desk.clerk).get(url).status_code == 403, url
    assert signed(desk.outsider).get(f"/office/cases/{desk.no}/").status_code == 403
    batch = signed(desk.officer).get("/office/batch/", {"no": desk.no})
    assert batch.url.endswith(f"queue={desk.no}")
    assert signed(desk.officer).get("/office/batch/").status_code == 422


def test_case_pages_and_files_are_closed_to_outsiders(desk):
    url = f"/cases/{desk.no}/"
    file_id = next(file for row in desk.case.materials for file in row.file_ids)
    for part in ("", "drawer/", f"files/{file_id}/", f"files/{file_id}/view/", f"files/{file_id}/pages/1.png"):
        assert signed(desk.clerk).get(url + part).status_code == 200, part
        assert signed(desk.outsider).get(url + part).status_code in (403, 404), part
    assert signed(desk.outsider).post(url + "reveal/", {"field": "mobile", "reason": "好奇"}).status_code == 403


def test_action_form_accepts_and_reports_what_is_wrong(desk):
    client, act = signed(desk.clerk), f"/cases/{desk.no}/act/"
    assert client.get(act + "receive/").status_code == 200
    wrong = client.post(act + "supplement/", {"version": "1"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422 and wrong["HX-Retarget"] == "#action"
    assert client.post(act + "receive/", {"version": "99"}).status_code == 409
    done = client.post(act + "receive/", {"version": "1"}, headers={"HX-Request": "true"})
    assert done.status_code == 200 and "data-changed" in done.content.decode()
    assert client.post(act + "receive/", {"version": "1"}).status_code == 409
    assert client.get(act + "decide/").status_code == 409
    assert selectors.case(desk.no, actor=desk.clerk).status == "received"


@pytest.mark.req("P02")
def test_whole_review_through_the_forms(desk):
    testing.drive(desk.no, "receive", "accept")
    officer = signed(desk.officer)
    for action, data in (
        ("start_special", {"kind": "hearing", "reason": "涉及他人", "days": "20"}),
        ("end_special", {"result": "已听证", "inspectors": "甲、乙"}),
        ("suspend", {"reason": "等待", "basis": "《工伤保险条例》第二十条"}),
        ("resume", {"reason": "已消除"}),
        ("add_reviewer", {"department": "wjw", "reason": "征求意见", "days": "1"}),
        ("extend", {"reason": "情况复杂", "days": "5"}),
    ):
        version = selectors.case(desk.no, actor=desk.officer).version
        response = officer.post(
            f"/cases/{desk.no}/act/{action}/", {**data, "version": version, "where": "office"}, headers={"HX-Request": "true"}
        )
        assert (response.status_code, response.get("HX-Refresh")) == (200, "true"), (action, response.content.decode())
    assert officer.get(f"/cases/{desk.no}/act/approve/").status_code == 409
    leader = signed(desk.leader)
    assert desk.no in leader.get("/office/?approve=1").content.decode()
    version = selectors.case(desk.no, actor=desk.leader).version
    assert leader.post(f"/cases/{desk.no}/act/approve/", {"version": version}).status_code == 302
    for client in (officer, signed(desk.outsider)):
        version = selectors.case(desk.no, actor=desk.leader).version
        assert client.post(f"/cases/{desk.no}/act/review/", {"result": "agree"}).status_code == 400  # 没有版本号
        assert client.post(f"/cases/{desk.no}/act/review/", {"version": version, "result": "agree"}).status_code == 302
    version = selectors.case(desk.no, actor=desk.leader).version
    assert officer.post(f"/cases/{desk.no}/act/decide/", {"version": version, "result": "grant"}).status_code == 302
    assert selectors.case(desk.no, actor=desk.officer).status == "granted"


def test_export_has_what_the_list_has_and_stays_masked(desk):
    content = signed(desk.clerk).get("/window/export.xlsx").content
    rows = list(load_workbook(BytesIO(content)).active.values)
    assert rows[0][0] == "申请编号" and rows[1][0] == desk.no
    assert "王建国" not in str(rows)


def test_saved_view_belongs_to_its_owner(desk):
    client = signed(desk.clerk)
    client.post("/cases/views/", {"bench": "window", "name": "今日", "query": "due=today&evil=1&page=3"})
    assert [row.value for row in preferences.named(desk.clerk, "view:window")] == ["due=today"]
    assert "今日</a>" in client.get("/window/").content.decode()
    signed(desk.officer).post("/cases/views/", {"bench": "window", "name": "今日", "delete": "1"})
    assert preferences.named(desk.clerk, "view:window")
    client.post("/cases/views/", {"bench": "window", "name": "今日", "delete": "1"})
    assert not preferences.named(desk.clerk, "view:window")


def test_shift_counts_only_own_work(desk):
    testing.drive(desk.no, "receive", actor=desk.clerk)
    view = selectors.shift(desk.clerk, day=timezone.localdate(selectors.case(desk.no, actor=desk.clerk).received_at))
    assert view.rows[0].counts == {"receive": 1} and [row.case_no for row in view.handed] == [desk.no]
    other = people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT)
    assert not selectors.shift(other, day=view.day).rows


def test_bench_query_count_does_not_grow(desk, django_assert_max_num_queries):
    client = signed(desk.clerk)
    client.get("/window/")
    with django_assert_max_num_queries(24):
        client.get("/window/")


def test_clerk_takes_in_an_application_for_a_citizen(desk):
    client = signed(desk.clerk)
    url = f"/window/new/{desk.item}/"
    wrong = client.post(url, {"kind": "1", "name": "测试乙", "id_type": "111", "id_no": "123", "mobile": "1"})
    assert wrong.status_code == 422
    data = {"kind": "1", "name": "测试乙", "id_type": "111", "id_no": people.fake_idcard(777), "mobile": "13900000777"}
    if "1" not in selectors.case(desk.no, actor=desk.clerk).applicant.kind:
        pytest.skip("事项不对自然人")
    started = client.post(url, data)
    assert started.status_code == 302, started.content.decode()
    fill = started.url
    assert client.get(fill).status_code == 200
    other = people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT)
    assert signed(other).get(fill).status_code == 404
    assert client.post(fill, {"submit": "1"}).status_code == 400  # 没有版本号，不能当成最新
    assert client.post(fill, {"submit": "1", "version": Draft.objects.get().version}).status_code == 422
    draft = Draft.objects.get()
    form = {key: value for key, value in testing.sample_form(desk.item).items() if not isinstance(value, list)}
    client.post(fill + "papers/")
    submitted = client.post(fill, {**form, "promised": "1", "version": Draft.objects.get().version})
    assert submitted.status_code == 302, submitted.content.decode()
    done = client.get(submitted.url)
    assert "打印收件凭证" in done.content.decode()
    draft.refresh_from_db()
    assert selectors.case(draft.submitted_case_no, actor=desk.clerk).status == "received"
