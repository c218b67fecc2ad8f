"""群众侧页面：能打开、看得对、别人打不开、查询次数有基线。"""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from PIL import Image

from shilong.foundation.files import services as files
from shilong.identity.roles.actor import Role
from shilong.identity.testing import make_citizen, make_department, make_staff
from shilong.service.cases import selectors as cases
from shilong.service.cases.models import Case
from shilong.service.cases.testing import OFFICER, drive, submit_case
from shilong.service.catalog.testing import FOOD, NURSE_CHANGE, seed_items
from shilong.service.forms.seed import seed_forms

pytestmark = [pytest.mark.django_db, pytest.mark.req("P01", "P02")]


def picture(color="white"):
    buffer = BytesIO()
    Image.new("RGB", (400, 500), color).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


@pytest.fixture
def citizen(db):
    cache.clear()
    for key in ("wjw", "scjg"):
        make_department(key)
    seed_forms()
    seed_items(12)
    return make_citizen("测试甲", username="resident")


@pytest.fixture
def other(citizen):
    return make_citizen("测试乙", username="neighbour")


def enter(actor):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def case(citizen):
    stored = files.store(picture(), "材料.png", owner_id=citizen.account_id)
    return submit_case(FOOD, actor=citizen, file_ids=[str(stored.id)])


@pytest.mark.parametrize(
    "path", ["/", "/?who=corp&by=stage", "/topics/board/?who=corp&by=department", "/progress/", "/publicity/", "/help/", "/privacy/"]
)
def test_public_pages_need_no_sign_in(citizen, path):
    response = Client().get(path)
    assert response.status_code == 200
    assert "text/html" in response["Content-Type"]


@pytest.mark.parametrize("path", ["/me/", "/me/cases/", "/me/drafts/", "/messages/"])
def test_personal_pages_ask_to_sign_in(citizen, path):
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")


def test_home_counts_are_real(citizen):
    body = Client().get("/").content.decode()
    assert "公开事项" in body
    assert ">12<small>项" in body


def test_staff_are_sent_to_their_desk(citizen):
    clerk = make_staff(Role.WINDOW, username="clerk")
    assert enter(clerk).get("/me/")["Location"] == "/window/"


def test_my_cases_show_only_mine(citizen, other, case):
    assert case.case_no in enter(citizen).get("/me/cases/").content.decode()
    assert case.case_no not in enter(other).get("/me/cases/").content.decode()


def version(case):
    return Case.objects.get(case_no=case.case_no).version


@pytest.mark.parametrize("suffix", ["resubmit/", "withdraw/", "late/"])
def test_a_form_without_a_version_does_not_pass_as_the_latest(citizen, case, suffix):
    drive(case.case_no, "receive", "supplement")
    before = Case.objects.get(case_no=case.case_no).state
    response = enter(citizen).post(f"/me/cases/{case.case_no}/{suffix}", {"reason": "不办了"})
    assert response.status_code == 400
    assert "缺少版本号" in response.content.decode()
    assert Case.objects.get(case_no=case.case_no).state == before


@pytest.mark.parametrize(
    ("method", "suffix"), [("get", ""), ("get", "resubmit/"), ("post", "resubmit/"), ("post", "withdraw/"), ("post", "late/")]
)
def test_another_person_cannot_open_or_change_my_case(citizen, other, case, method, suffix):
    before = Case.objects.get(case_no=case.case_no).version
    response = getattr(enter(other), method)(f"/me/cases/{case.case_no}/{suffix}")
    assert response.status_code == 403
    assert Case.objects.get(case_no=case.case_no).version == before


def test_another_person_cannot_download_my_material(citizen, other, case):
    file_id = next(row.file_ids[0] for row in case.materials if row.file_ids)
    assert enter(other).get(f"/cases/{case.case_no}/files/{file_id}/").status_code == 404
    mine = enter(citizen).get(f"/cases/{case.case_no}/files/{file_id}/")
    assert mine.status_code == 200
    assert "attachment" in mine["Content-Disposition"]


def test_export_has_my_cases(citizen, case):
    response = enter(citizen).get("/me/cases/?export=xlsx")
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert rows[0][0] == "申请编号"
    assert rows[1][0] == case.case_no


def test_supplement_and_resubmit_through_the_page(citizen, case):
    code = next(row.code for row in case.materials if row.file_ids)
    drive(case.case_no, "receive", ("supplement", {"items": [{"material": code, "problem": "缺签字页"}]}))
    client = enter(citizen)
    page = client.get(f"/me/cases/{case.case_no}/").content.decode()
    assert "缺签字页" in page
    assert "去补正" in page
    upload = SimpleUploadedFile("补正.png", picture("gray").read(), content_type="image/png")
    response = client.post(f"/me/cases/{case.case_no}/resubmit/", {f"m-{code}": upload, "opinion": "已补", "version": version(case)})
    assert response.status_code == 302
    assert Case.objects.get(case_no=case.case_no).state == "submitted"


def test_resubmitting_nothing_is_refused_in_words(citizen, case):
    drive(case.case_no, "receive", "supplement")
    response = enter(citizen).post(f"/me/cases/{case.case_no}/resubmit/", {"version": version(case)})
    assert response.status_code == 422
    assert "补正" in response.content.decode()
    assert Case.objects.get(case_no=case.case_no).state == "supplementing"


def test_forged_extension_is_refused_and_case_unchanged(citizen, case):
    code = next(row.code for row in case.materials if row.file_ids)
    drive(case.case_no, "receive", "supplement")
    fake = SimpleUploadedFile("合同.pdf", b"MZ\x90\x00 not a pdf", content_type="application/pdf")
    response = enter(citizen).post(f"/me/cases/{case.case_no}/resubmit/", {f"m-{code}": fake, "version": version(case)})
    assert response.status_code == 422
    assert Case.objects.get(case_no=case.case_no).state == "supplementing"


def test_withdraw_needs_post_and_ends_the_case(citizen, case):
    client = enter(citizen)
    assert client.get(f"/me/cases/{case.case_no}/withdraw/").status_code == 405
    client.post(f"/me/cases/{case.case_no}/withdraw/", {"reason": "不办了", "version": version(case)})
    assert Case.objects.get(case_no=case.case_no).state == "withdrawn"


def test_progress_by_query_code_is_masked_and_limited(citizen, case):
    client = Client()
    good = client.post("/progress/", {"case_no": case.case_no, "query_code": case.query_code}).content.decode()
    assert "测*甲" in good
    assert "测试甲" not in good
    answers = [client.post("/progress/", {"case_no": case.case_no, "query_code": "000000"}).status_code for _ in range(8)]
    assert answers[0] in (404, 422)
    assert answers[-1] == 429
    locked = client.post("/progress/", {"case_no": case.case_no, "query_code": case.query_code})
    assert locked.status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.7.7.7").post("/progress/", {"case_no": case.case_no, "query_code": case.query_code})
    assert "测*甲" in elsewhere.content.decode()


@pytest.mark.req("W06")
@pytest.mark.parametrize("path", ["/publicity/", "/me/cases/", "/messages/", "/items/"])
def test_a_page_past_the_end_is_the_last_page(citizen, case, settle, path):
    decide(case)
    settle()
    client = enter(citizen)
    first, beyond = (client.get(path, {"page": number}) for number in (1, 99999))
    assert [len(one.context["page"].items) for one in (beyond, first)] == [len(first.context["page"].items)] * 2
    assert beyond.context["page"].number == first.context["page"].last == 1
    assert "还没有" not in beyond.content.decode().partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("path", ["/account/address/", "/account/switch/", "/account/sessions/1/kick/"])
def test_a_submit_only_address_opened_directly_says_so(citizen, path):
    response = enter(citizen).get(path, headers={"Referer": "http://testserver/account/"})
    assert response.status_code == 405
    body = response.content.decode()
    assert "不能直接打开" in body
    assert '<a class="btn primary" href="/account/">回到刚才的页面</a>' in body
    assert response["Allow"]
    assert "回到个人中心" in enter(citizen).get(path, headers={"Referer": "https://elsewhere.example/x"}).content.decode()


def decide(case):
    drive(case.case_no, "receive", "accept")
    while any(task.stage == "review" for task in cases.case(case.case_no, actor=OFFICER).open_tasks):
        drive(case.case_no, "review")
    drive(case.case_no, "decide")


@pytest.mark.parametrize("typed", ["9" * 30, "9" * 5000, "x"])
def test_an_absurd_message_number_is_not_found(citizen, case, typed):
    assert enter(citizen).post("/messages/", {"message": typed}).status_code == 404


def test_publicity_hides_names(citizen, case):
    drive(case.case_no, "receive", "accept")
    while any(task.stage == "review" for task in cases.case(case.case_no, actor=citizen).open_tasks):
        drive(case.case_no, "review")
    drive(case.case_no, "decide")
    body = Client().get("/publicity/").content.decode()
    assert "食品经营许可" in body
    assert "测试甲" not in body
    assert "测**" in body or "测*甲" in body


def test_messages_can_be_read(citizen, case, settle):
    settle()
    client = enter(citizen)
    assert "未读" in client.get("/messages/").content.decode()
    client.post("/messages/")
    assert "0 条未读" in client.get("/messages/").content.decode()


@pytest.mark.parametrize(("path", "most"), [("/me/cases/", 12), ("/publicity/", 7), ("/me/", 20), ("/", 60)])
def test_query_counts_have_a_baseline_and_do_not_grow(citizen, path, most, django_assert_max_num_queries):
    client = enter(citizen)
    client.get(path)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            stored = files.store(picture(), "材料.png", owner_id=citizen.account_id)
            submit_case(NURSE_CHANGE, actor=citizen, file_ids=[str(stored.id)])
        cache.clear()
        with django_assert_max_num_queries(most) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.req("W06")
def test_my_cases_can_be_searched_by_number_or_item(citizen, other, case):
    client = enter(citizen)
    for q in (case.case_no, case.case_no[:12].lower(), case.item_name[:2], f" {case.item_name} \x00"):
        assert case.case_no in client.get("/me/cases/", {"q": q}).content.decode(), q
    assert "没有找到" in client.get("/me/cases/", {"q": "不存在的事项"}).content.decode()
    assert "没有找到" in enter(other).get("/me/cases/", {"q": case.case_no}).content.decode()
    rows = list(load_workbook(BytesIO(client.get("/me/cases/", {"q": "不存在", "export": "xlsx"}).content)).active.values)
    assert len(rows) == 1


@pytest.mark.req("W06")
def test_publicity_can_be_narrowed_to_a_department(citizen, case):
    drive(case.case_no, "receive", "accept")
    while any(task.stage == "review" for task in cases.case(case.case_no, actor=citizen).open_tasks):
        drive(case.case_no, "review")
    drive(case.case_no, "decide")
    mine = Client().get("/publicity/", {"department": case.department}).content.decode()
    assert case.case_no in mine
    assert f'<option value="{case.department}" selected>' in mine
    assert case.case_no not in Client().get("/publicity/", {"department": "cl"}).content.decode()
    assert Client().get("/publicity/", {"department": "x\x00" * 500}).status_code == 200


def test_the_bell_shows_how_many_are_unread(citizen, case, settle):
    settle()
    client = enter(citizen)
    assert "条未读</span></a>" in client.get("/me/cases/").content.decode()
    client.post("/messages/")
    assert "条未读</span></a>" not in client.get("/me/cases/").content.decode()
    assert "条未读</span></a>" not in Client().get("/publicity/").content.decode()
