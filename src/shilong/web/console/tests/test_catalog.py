"""事项管理页面：编辑、提交、审核、导入导出走一遍；换一个人不行。"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import include, path

from shilong.identity.accounts import selectors as accounts
from shilong.identity.organizations import services as organizations
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.catalog import selectors, services, testing
from shilong.service.catalog.models import ItemVersion
from shilong.service.catalog.seed.contents import departments

FOOD = testing.FOOD
URL = f"/console/items/{FOOD}/"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
urlpatterns = [path("console/", include(("shilong.web.console.catalog_urls", "console")))]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def seeded(db):
    organizations.seed_departments(departments())
    testing.seed_items()


@pytest.fixture
def as_role(client, monkeypatch):
    """以某个角色打开页面。"""

    def become(role, account_id):
        actor = Actor(account_id=account_id, name="某人", roles=frozenset({role}), scope=Scope.DISTRICT)
        monkeypatch.setattr(accounts, "actor_of", lambda request: actor)
        return client

    return become


@pytest.mark.req("P03")
def test_edit_submit_publish_through_pages(seeded, as_role):
    editor = as_role(Role.CATALOG, 1)
    editor.post(URL + "do/revise/")
    for group in ("base", "limit", "accept", "material", "situation", "review", "result", "service", "remedy"):
        page = editor.get(URL, {"g": group})
        assert page.status_code == 200
    data = {
        "revision": "1",
        "anticipate_day": "10",
        "anticipate_type": "1",
        "promise_day": "3",
        "promise_type": "1",
        "limit_scene_num": "0",
    }
    saved = editor.post(URL + "?g=limit", data)
    assert saved.status_code == 302
    editor.post(URL + "do/submit/", {"revision": "2", "text": "压缩时限"})
    refused = editor.post(URL + "do/publish/", {"revision": "3"})
    assert refused.status_code == 403
    reviewer = as_role(Role.BUREAU, 2)
    assert "同意并发布" in reviewer.get(URL).content.decode()
    reviewer.post(URL + "do/publish/", {"revision": "3"})
    assert selectors.item(FOOD).promise_days == 3
    compared = reviewer.get(URL + "versions/", {"a": "1", "b": "2"}).content.decode()
    assert "承诺时限" in compared


@pytest.mark.req("P03")
def test_saving_a_group_unchanged_keeps_the_content(seeded, as_role):
    """把每一组原样提交一遍，内容不变：控件没有漏掉任何要素。"""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self):
            super().__init__()
            self.data, self.form, self.select, self.area = {}, False, None, None

        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            if tag == "form":
                self.form = given.get("action", "").startswith("?g=")
            if tag == "template":
                self.form = False
            if not self.form or ("name" not in given and tag not in ("option",)):
                return
            if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
                self.data.setdefault(given["name"], []).append(given.get("value") or ("on" if given.get("type") == "checkbox" else ""))
            if tag == "select":
                self.select = given["name"]
                self.data[self.select] = []
            if tag == "option" and self.select and ("selected" in given or not self.data[self.select]):
                self.data[self.select] = [given.get("value", "")]
            if tag == "textarea":
                self.area = given["name"]
                self.data[self.area] = [""]

        def handle_endtag(self, tag):
            if tag == "select":
                self.select = None
            if tag == "textarea":
                self.area = None
            if tag == "template":
                self.form = True

        def handle_data(self, text):
            if self.area:
                self.data[self.area][0] += text

    editor = as_role(Role.CATALOG, 1)
    editor.post(URL + "do/revise/")
    before = ItemVersion.objects.get(item__code=FOOD, number=2).content
    for group in ("base", "limit", "accept", "material", "situation", "review", "result", "service", "remedy"):
        fields = Fields()
        fields.feed(editor.get(URL, {"g": group}).content.decode())
        response = editor.post(f"{URL}?g={group}", fields.data)
        assert response.status_code == 302, (group, response.content.decode()[-2000:])
    after = ItemVersion.objects.get(item__code=FOOD, number=2).content
    different = {key for key in before if before[key] != after.get(key)} - {"review_plan"}
    assert different == set()


@pytest.mark.req("P03")
@pytest.mark.parametrize("role", [Role.APPLICANT, Role.WINDOW, Role.OFFICER, Role.SYSADMIN, Role.AUDITOR])
@pytest.mark.parametrize("page", ["", f"{FOOD}/", f"{FOOD}/versions/", "words/", "upstream/", "export.xlsx"])
def test_other_roles_are_refused(seeded, as_role, role, page):
    assert as_role(role, 9).get("/console/items/" + page).status_code == 403


def test_bureau_cannot_edit(seeded, as_role):
    services.open_draft(FOOD, actor=Actor(1, "编辑", roles=frozenset({Role.CATALOG}), scope=Scope.DISTRICT))
    assert as_role(Role.BUREAU, 2).post(URL + "?g=limit", {"revision": "1", "promise_day": "1"}).status_code == 403


def test_bad_input_is_shown_beside_the_field(seeded, as_role):
    editor = as_role(Role.CATALOG, 1)
    editor.post(URL + "do/revise/")
    page = editor.post(URL + "?g=limit", {"revision": "1", "promise_day": "很快"})
    assert page.status_code == 422
    assert "应是整数" in page.content.decode()


@pytest.mark.parametrize("query", ["?page=abc", "?edit=9", "?q=%00%27", "?department=x&page=99999999"])
def test_odd_filters_do_not_break(seeded, as_role, query):
    assert as_role(Role.CATALOG, 1).get("/console/items/" + query).status_code == 200


@pytest.mark.req("P03")
def test_sample_upload_download_and_removal(seeded, as_role):
    editor = as_role(Role.CATALOG, 1)
    editor.post(URL + "do/revise/")
    code = next(row.code for row in selectors.item(FOOD).materials if not row.generated)
    place = f"{URL}materials/{code}/example/"
    page = editor.get(URL, {"g": "material"}).content.decode()
    assert place in page
    assert editor.get(place).status_code == 404
    assert editor.post(place, {"revision": "1"}).status_code == 422
    sent = {"revision": "1", "file": SimpleUploadedFile("样表.pdf", PDF)}
    assert editor.post(place, sent).status_code == 302
    assert editor.get(place).content == PDF
    assert as_role(Role.BUREAU, 2).post(place, {"revision": "2", "file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 403
    assert as_role(Role.WINDOW, 3).get(place).status_code == 403
    editor = as_role(Role.CATALOG, 1)
    assert editor.post(place, {"revision": "2", "remove": "1"}).status_code == 302
    assert editor.get(place).status_code == 404
    assert editor.get(f"{URL}materials/{code}/../").status_code == 404


@pytest.mark.req("P03")
@pytest.mark.parametrize("other", ["99999999999999999999", "9" * 6000, "0", "7", "x", "-1"])
def test_comparing_with_a_version_that_does_not_exist(seeded, as_role, other):
    client = as_role(Role.BUREAU, 2)
    for pair in ({"a": "0", "b": other}, {"a": "1", "b": other}, {"a": other, "b": "1"}):
        assert client.get(URL + "versions/", pair).status_code == 404, pair
    assert client.get(URL + "versions/", {"a": "1"}).status_code == 200


@pytest.mark.req("P03")
def test_absurd_numbers_in_catalogue_forms_are_refused_in_words(seeded, as_role):
    editor = as_role(Role.CATALOG, 1)
    editor.post(URL + "do/revise/")
    huge = "9" * 6000
    for response in (
        editor.post(URL + "?g=base", {"revision": huge, "name": "x"}),
        editor.post("/console/items/upstream/", {"diff": huge}),
        editor.post("/console/items/words/", {"zero": huge}),
    ):
        assert response.status_code in (409, 422), response.content.decode()[:200]


@pytest.mark.req("P03")
def test_a_name_of_500_letters_is_refused_next_to_the_field(seeded, as_role):
    editor = as_role(Role.CATALOG, 1)
    editor.post(URL + "do/revise/")
    response = editor.post(URL + "?g=base", {"revision": "1", "name": "x" * 500})
    assert response.status_code == 422
    assert "事项名称最多 200 个字，现在有 500 个" in response.content.decode()
