"""事项的下载：告知单、空白表、示例、样表。匿名可取，取不到没有公开的东西。"""

from io import BytesIO
from urllib.parse import quote

import pypdfium2
import pytest
from django.urls import include, path

from shilong.foundation.documents import selectors as documents
from shilong.foundation.files import services as files
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.catalog import selectors, services, testing
from shilong.service.catalog.services import notices

FOOD = testing.FOOD
urlpatterns = [path("", include(("shilong.web.portal.catalog_urls", "portal")))]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db, pytest.mark.req("P01", "P03", "W01")]
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def seeded(db):
    testing.seed_items()


def words(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return (
        "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(response.content))
        .replace("\r\n", "")
        .replace(" ", "")
    )


def test_notice_pdf_is_numbered_and_reused(seeded, client):
    first = client.get(f"/items/{FOOD}/notice.pdf?s_agent=agent")
    text = words(first)
    [issued] = documents.for_subject(FOOD)
    assert issued.number in text
    assert issued.verify_code in text
    assert "授权委托书" in text
    assert client.get(f"/items/{FOOD}/notice.pdf?s_agent=agent").content == first.content
    assert "授权委托书" not in words(client.get(f"/items/{FOOD}/notice.pdf?s_agent=self"))
    assert len(documents.for_subject(FOOD)) == 2
    found = documents.verify(issued.verify_code)
    assert found.public
    assert found.item_name == selectors.item(FOOD).name


def test_strange_answers_do_not_make_new_documents(seeded, client):
    for query in ("", "?s_agent=zz", "?s_nothing=1", "?s_agent=%00", "?x=1"):
        assert client.get(f"/items/{FOOD}/notice.pdf{query}").status_code == 200
    assert len(documents.for_subject(FOOD)) == 1


def test_notice_page_links_to_the_pdf_of_the_same_situation(seeded, client):
    assert f"/items/{FOOD}/notice.pdf?s_agent=agent" in client.get(f"/items/{FOOD}/notice/?s_agent=agent").content.decode()


def test_every_item_has_blank_example_and_notice(seeded, client, monkeypatch):
    monkeypatch.setattr(notices, "HOURLY", 100)
    for code in testing.CODES.values():
        name = selectors.item(code).name
        blank = client.get(f"/items/{code}/blank.pdf")
        assert quote(name) in blank["Content-Disposition"]
        assert "内容均为虚构" not in words(blank)
        assert "内容均为虚构" in words(client.get(f"/items/{code}/example.pdf"))
        words(client.get(f"/items/{code}/notice.pdf"))


@pytest.mark.parametrize("name", ["notice.pdf", "blank.pdf", "example.pdf", "materials/M01/sample", "materials/M01/form"])
def test_unknown_or_withdrawn_items_give_nothing(seeded, client, name):
    assert client.get(f"/items/{'9' * 33}/{name}").status_code == 404
    assert client.get(f"/items/..%2F/{name}").status_code == 404
    bureau = Actor(account_id=3, name="审批局", roles=frozenset({Role.BUREAU}), scope=Scope.DISTRICT)
    services.withdraw(FOOD, actor=bureau, reason="测试", cancelled=False)
    assert client.get(f"/items/{FOOD}/{name}").status_code == 404


def test_guide_links_generated_form_and_published_samples_only(seeded, client):
    guide = client.get(f"/items/{FOOD}/").content.decode()
    assert f"/items/{FOOD}/blank.pdf" in guide
    assert f"/items/{FOOD}/example.pdf" in guide
    own = next(row for row in selectors.item(FOOD).materials if not row.generated and not row.when)
    link = f"/items/{FOOD}/materials/{own.code}/sample"
    assert link not in guide
    assert client.get(link).status_code == 404
    editor = Actor(account_id=1, name="编辑", roles=frozenset({Role.CATALOG}), scope=Scope.DISTRICT)
    bureau = Actor(account_id=2, name="审核", roles=frozenset({Role.BUREAU}), scope=Scope.DISTRICT)
    services.open_draft(FOOD, actor=editor)
    services.attach_sample(FOOD, own.code, "example", BytesIO(PDF), "平面图样表.pdf", actor=editor, revision=1)
    assert client.get(link).status_code == 404  # 草稿里的不公开
    services.submit_review(FOOD, actor=editor, revision=2)
    services.publish(FOOD, actor=bureau, revision=3, opinion="同意")
    assert link in client.get(f"/items/{FOOD}/").content.decode()
    assert client.get(link).content == PDF
    private = files.store(BytesIO(PDF), "身份证.pdf", owner_id=9)
    assert client.get(f"/items/{FOOD}/materials/{private.pk}/sample").status_code == 404
