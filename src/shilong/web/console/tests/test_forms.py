"""表单设计器：拖拽、属性、条件、预览、保存、发布、恢复；换一个人不行。"""

import json

import pytest

from shilong.identity.roles.actor import Role
from shilong.identity.testing import make_citizen, make_staff
from shilong.service.forms import selectors, services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W02")]
FORM = {"sections": [{"title": "一", "fields": [{"key": "name", "label": "姓名", "type": "text", "required": True}]}]}
CODE = "T-designer"


@pytest.fixture
def editor(transactional_db):
    actor = make_staff(Role.CATALOG, username="designer")
    services.create(CODE, "测试表", actor=actor)
    return actor


def open_as(client, username):
    from django.contrib.auth import get_user_model

    client.force_login(get_user_model().objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client, name, body):
    return client.post(f"/console/forms/{CODE}/{name}/", json.dumps(body), content_type="application/json", HTTP_ACCEPT="application/json")


def test_designer_in_a_browser(page, live_server, sign_in, editor, snapshot, assert_accessible):
    sign_in(page, "designer")
    page.goto(f"{live_server.url}/console/forms/{CODE}/")
    page.get_by_role("button", name="单选").click()
    page.get_by_label("名称", exact=True).fill("场所来源")
    page.get_by_label("名称", exact=True).press("Tab")
    page.get_by_label("选项（一行一个）").fill("自有\n租赁")
    page.get_by_label("选项（一行一个）").press("Tab")
    page.locator("[data-type=date] .btn").drag_to(page.locator("[data-list]").first)
    page.locator(".fd-field").nth(1).wait_for()
    date = page.locator(".fd-field", has_text="日期")
    if date.get_by_role("button", name="日期 下移").is_enabled():
        date.get_by_role("button", name="日期 下移").click()
    date.locator(".pick").click()
    page.get_by_role("button", name="加条件").click()
    page.get_by_label("关系").select_option("=")
    page.get_by_label("值", exact=True).fill("租赁")
    page.get_by_label("值", exact=True).press("Tab")
    page.get_by_role("button", name="重复行").click()
    assert_accessible(page)
    snapshot(page, "form-designer-pc")
    page.get_by_role("button", name="预览").click()
    dialog = page.get_by_role("dialog", name="预览")
    assert dialog.get_by_label("日期").is_hidden()
    dialog.get_by_label("租赁").check()
    assert dialog.get_by_label("日期").is_visible()
    snapshot(page, "form-designer-preview", full_page=False)
    dialog.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_text("已保存").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="发布").click()
    page.get_by_text("已发布第 1 版").wait_for()
    fields = selectors.definition(CODE)["sections"][0]["fields"]
    assert [field["type"] for field in fields] == ["radio", "date", "rows"]
    assert fields[0]["options"] == ["自有", "租赁"]
    assert fields[1]["show"] == [fields[0]["key"], "=", "租赁"]


def test_designer_on_a_phone(phone, live_server, sign_in, editor, snapshot, assert_accessible):
    sign_in(phone, "designer")
    phone.goto(f"{live_server.url}/console/forms/")
    assert_accessible(phone)
    phone.goto(f"{live_server.url}/console/forms/{CODE}/")
    phone.locator("[data-canvas] .fd-sec").first.wait_for()
    assert_accessible(phone)
    snapshot(phone, "form-designer-m")


def test_mistakes_are_pointed_out(client, editor):
    bad = {
        "sections": [
            {"title": "一", "fields": [{"key": "Name", "label": "姓名", "type": "text"}, {"key": "b", "label": "选", "type": "radio"}]}
        ]
    }
    answer = post(open_as(client, "designer"), "save", {"definition": bad, "version": 0})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"sections.0.fields.0", "sections.0.fields.1"}


@pytest.mark.parametrize("body", ["[]", "{", '"x"', '{"definition": 1}', '{"definition": {"sections": []}, "version": "x"}'])
def test_bad_bodies_get_one_sentence(client, editor, body):
    answer = open_as(client, "designer").post(
        f"/console/forms/{CODE}/save/", body, content_type="application/json", HTTP_ACCEPT="application/json"
    )
    assert answer.status_code == 422


def test_two_editors_do_not_overwrite_each_other(client, editor):
    browser = open_as(client, "designer")
    assert post(browser, "save", {"definition": FORM, "version": 0}).status_code == 200
    assert post(browser, "save", {"definition": FORM, "version": 0}).status_code == 409


def test_versions_do_not_change_and_can_be_restored(client, editor):
    browser = open_as(client, "designer")
    second = {"sections": [{"title": "二", "fields": []}]}
    for number, definition in enumerate((FORM, second), 1):
        version = selectors.design(CODE).draft_version
        version = post(browser, "save", {"definition": definition, "version": version}).json()["version"]
        assert browser.post(f"/console/forms/{CODE}/publish/", {"version": version}).status_code == 302
        assert selectors.current_version(CODE) == number
    assert selectors.definition(CODE, 1) == FORM
    browser.post(f"/console/forms/{CODE}/versions/1/restore/", {"version": selectors.design(CODE).draft_version})
    assert selectors.design(CODE).definition == FORM
    assert selectors.definition(CODE) == second


@pytest.mark.parametrize("role", [Role.WINDOW, Role.OFFICER, Role.SYSADMIN, Role.BUREAU])
def test_other_roles_cannot_change_forms(client, editor, role):
    make_staff(role, username="other")
    browser = open_as(client, "other")
    assert post(browser, "save", {"definition": FORM, "version": 0}).status_code == 403
    for name in ("publish", "discard", "versions/1/restore"):
        assert browser.post(f"/console/forms/{CODE}/{name}/", {"version": 0}).status_code == 403
    assert browser.post("/console/forms/", {"code": "X-1", "title": "x"}).status_code == 403
    assert browser.get(f"/console/forms/{CODE}/").status_code == (200 if role is Role.BUREAU else 403)


def test_citizens_cannot_open_the_designer(client, editor):
    make_citizen(username="someone")
    assert open_as(client, "someone").get("/console/forms/").status_code == 403
