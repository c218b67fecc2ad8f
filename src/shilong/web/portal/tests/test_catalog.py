"""门户事项页面：匿名可看，情形裁剪、筛选、零结果、坏输入。"""

import pytest
from django.urls import include, path

from shilong.service.catalog import services, testing
from shilong.service.catalog.models import ZeroResult

FOOD = testing.FOOD
urlpatterns = [path("", include(("shilong.web.portal.catalog_urls", "portal")))]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.req("P01")]
ATTORNEY = "委托办理的授权委托书及代理人身份证明"


@pytest.fixture
def seeded(db):
    testing.seed_items()


def text(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.req("W01")
def test_guide_shows_what_the_law_requires(seeded, client):
    page = text(client.get(f"/items/{FOOD}/"))
    for wanted in ("受理条件", "申请材料", "办理流程", "设定依据", "法定时限", "承诺时限", "咨询电话", "监督电话", "办理地点", "行政复议"):
        assert wanted in page
    assert "不收费" in page


@pytest.mark.parametrize("path", ["", "notice/"])
def test_situation_trims_materials(seeded, client, path):
    assert ATTORNEY not in text(client.get(f"/items/{FOOD}/{path}?s_agent=self"))
    assert ATTORNEY in text(client.get(f"/items/{FOOD}/{path}?s_agent=agent"))


def test_situation_change_returns_only_the_list(seeded, client):
    part = text(client.get(f"/items/{FOOD}/?s_agent=agent", headers={"HX-Request": "true"}))
    assert ATTORNEY in part
    assert "<html" not in part


def test_every_guide_and_notice_opens(seeded, client):
    for code in testing.CODES.values():
        text(client.get(f"/items/{code}/"))
        text(client.get(f"/items/{code}/notice/"))


def test_search_records_words_without_result(seeded, client):
    assert "没有找到符合条件的事项" in text(client.get("/items/?q=zzqqxx"))
    assert ZeroResult.objects.get().term == "zzqqxx"


def test_suggest_and_navigation(seeded, client):
    assert "食品经营许可" in text(client.get("/search/suggest?q=spjyxk"))
    assert "区市场监管局" in text(client.get("/departments/"))
    assert "theme=N040" in text(client.get("/topics/"))


@pytest.mark.parametrize("query", ["?page=-1", "?page=x", "?theme=%00", "?q=%3Cscript%3Ealert(1)%3C/script%3E", "?stage=' OR 1=1"])
def test_odd_input_is_harmless(seeded, client, query):
    assert "<script>alert" not in text(client.get("/items/" + query))


@pytest.mark.parametrize("code", ["nope", "..%2f", "%00"])
def test_unknown_item_is_a_clear_404(seeded, client, code):
    assert client.get(f"/items/{code}/").status_code == 404


def test_empty_catalogue_explains(db, client):
    for url in ("/items/", "/departments/", "/topics/"):
        assert "没有" in text(client.get(url))


def test_withdrawn_item_is_not_public(seeded, client):
    from shilong.identity.roles.actor import Actor, Role, Scope

    services.withdraw(FOOD, actor=Actor(3, "局", roles=frozenset({Role.BUREAU}), scope=Scope.DISTRICT), reason="调整")
    assert client.get(f"/items/{FOOD}/").status_code == 404
