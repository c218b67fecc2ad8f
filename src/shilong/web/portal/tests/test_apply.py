"""在线申报：用真实浏览器走完五步，电脑与手机；别人的草稿打不开。"""

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.filling import fill_hygiene

from shilong.identity.testing import make_citizen, make_department
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.materials import selectors, services
from shilong.service.materials.models import Draft

HYGIENE, UNEMPLOYMENT = CODES[1], CODES[17]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W02")]


@pytest.fixture
def citizen(transactional_db):
    for key in ("wjw", "rsj", "xfd"):
        make_department(key)
    seed_items()
    return make_citizen("测试甲", username="applicant")


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "平面图.png"
    Image.new("RGB", (600, 800), "white").save(path)
    return str(path)


def walk(page, url, picture, snapshot, assert_accessible, tag, next_button):
    page.goto(f"{url}/apply/{HYGIENE}/")
    page.get_by_text("不使用", exact=True).first.wait_for()
    assert_accessible(page)
    snapshot(page, f"apply-situation-{tag}")
    next_button(page)
    # 空着就点下一步：逐处指出
    next_button(page)
    page.get_by_text("处需要修改").wait_for()
    assert page.get_by_role("link", name="请填写公共场所名称").is_visible()
    snapshot(page, f"apply-form-errors-{tag}")
    # 条件：集中空调才问清洗日期
    assert page.get_by_label("集中空调最近清洗日期").is_hidden()
    page.get_by_label("集中空调", exact=True).check()
    assert page.get_by_label("集中空调最近清洗日期").is_visible()
    # 即时校验
    page.get_by_label("营业面积（平方米）").fill("86 平")
    page.get_by_label("公共场所名称").focus()
    assert page.get_by_text("请只填数字，例如 86").is_visible()
    # 重复行
    page.get_by_role("button", name="添加一行").click()
    assert page.get_by_role("group", name="第 2 行").is_visible()
    page.get_by_role("group", name="第 2 行").get_by_role("button", name="删除").click()
    fill_hygiene(page)
    page.get_by_text("已自动保存").wait_for()
    assert_accessible(page)
    snapshot(page, f"apply-form-{tag}")
    # 刷新（换设备）回来内容还在
    page.reload()
    assert page.get_by_label("公共场所名称").input_value() == "虚构理发店"
    next_button(page)
    page.get_by_role("heading", name="申请材料").wait_for()
    for code in page.locator("[data-material].m-todo").evaluate_all("rows => rows.map(row => row.dataset.material)"):
        late = page.locator(f"#m-{code}").get_by_role("button", name="容缺后补")
        if late.count():
            late.click()
            page.locator(f"#m-{code}.m-late").wait_for()
        else:
            page.locator(f"#m-{code} [data-drop-form] input[type=file]").set_input_files(picture)
            page.locator(f"#m-{code}.m-done").wait_for()
    page.get_by_label("我已阅读并签署以上承诺").check()
    assert_accessible(page)
    snapshot(page, f"apply-materials-{tag}")
    page.get_by_role("button", name="预览 平面图.png").first.click()
    page.locator("#viewer img").wait_for()
    assert_accessible(page)
    snapshot(page, f"apply-viewer-{tag}", full_page=False)
    page.get_by_role("button", name="关闭").click()
    next_button(page)
    page.get_by_role("heading", name="告知与承诺").wait_for()
    page.get_by_label("我已知悉并同意").check()
    page.get_by_label("我承诺所填信息").check()
    assert_accessible(page)
    snapshot(page, f"apply-check-{tag}")
    page.get_by_role("button", name="提交申请").locator("visible=true").click()
    page.get_by_role("heading", name="申请已提交").wait_for()
    assert_accessible(page)
    snapshot(page, f"apply-done-{tag}")
    return page.locator("#case-no").inner_text()


def press_next(page):
    page.locator("main .acts, .abar").locator(".primary:visible").first.click()


def test_apply_on_a_computer(page, live_server, sign_in, citizen, picture, snapshot, assert_accessible):
    sign_in(page, "applicant")
    case_no = walk(page, live_server.url, picture, snapshot, assert_accessible, "pc", press_next)
    assert Draft.objects.get(account_id=citizen.account_id).submitted_case_no == case_no


def test_apply_on_a_phone(phone, live_server, sign_in, citizen, picture, snapshot, assert_accessible):
    sign_in(phone, "applicant")
    case_no = walk(phone, live_server.url, picture, snapshot, assert_accessible, "m", press_next)
    assert Draft.objects.get(account_id=citizen.account_id).submitted_case_no == case_no


def test_autosave_survives_a_broken_network(page, live_server, sign_in, citizen):
    draft = services.open_draft(UNEMPLOYMENT, actor=citizen, channel="1")
    sign_in(page, "applicant")
    page.goto(live_server.url + reverse("portal:apply-form", args=[draft.id]))
    page.context.set_offline(True)
    page.get_by_label("联系地址").fill("断网时填的地址")
    page.get_by_text("网络断开了").wait_for()
    page.context.set_offline(False)
    page.get_by_text("已自动保存").wait_for()
    assert selectors.draft(draft.id, citizen).form["address"] == "断网时填的地址"


@pytest.mark.parametrize("name", ["resume", "situation", "form", "materials", "check"])
def test_pages_of_a_draft_are_closed_to_others(citizen, name):
    draft = services.open_draft(HYGIENE, actor=citizen, channel="1")
    url = reverse(f"portal:apply-{name}", args=[draft.id])
    make_citizen(username="stranger")
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(username="stranger"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url).status_code == 404
    assert Client().get(url).status_code in (302, 401)


def test_files_of_a_draft_are_closed_to_others(citizen, picture):
    draft = services.open_draft(HYGIENE, actor=citizen, channel="1")
    code = next(row.view.code for row in draft.materials if row.state == "todo")
    with open(picture, "rb") as stream:
        file_id = services.upload(draft.id, code, stream, "a.png", actor=citizen).material(code).files[0].file_id
    make_citizen(username="stranger")
    from django.contrib.auth import get_user_model

    owner, stranger = Client(), Client()
    owner.force_login(get_user_model().objects.get(username="applicant"), backend="django.contrib.auth.backends.ModelBackend")
    stranger.force_login(get_user_model().objects.get(username="stranger"), backend="django.contrib.auth.backends.ModelBackend")
    for name in ("preview", "download"):
        url = reverse(f"portal:apply-{name}", args=[draft.id, file_id])
        assert owner.get(url).status_code == 200
        assert stranger.get(url).status_code == 404
    for action in ("upload", "detach", "late", "merge"):
        url = reverse("portal:apply-material", args=[draft.id, code, action])
        assert stranger.post(url, {"file_id": file_id}).status_code in (404, 422)
    assert selectors.draft(draft.id, citizen).material(code).files


def test_works_without_scripts(citizen):
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(username="applicant"), backend="django.contrib.auth.backends.ModelBackend")
    start = client.get(f"/apply/{UNEMPLOYMENT}/", follow=True)
    draft = Draft.objects.get(account_id=citizen.account_id)
    assert start.status_code == 200
    url = reverse("portal:apply-form", args=[draft.pk])
    page = client.post(url, {"version": draft.version, "add_row": "skills", "address": "甲"})
    assert 'name="skills.0.skill_name"' in page.content.decode()
    draft.refresh_from_db()
    wrong = client.post(url, {"version": draft.version, "worked": "也许", "next": "1"})
    assert wrong.status_code == 422
    assert "请从是否曾经就业的选项中选择" in wrong.content.decode()
    assert client.post(url, {"version": 1, "address": "旧页面"}).status_code == 409
