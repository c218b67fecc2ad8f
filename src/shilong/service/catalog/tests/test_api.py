"""事项接口：匿名可用，契约见架构 §12。"""

import pytest

from shilong.service.catalog import services, testing
from shilong.service.catalog.tests.conftest import BUREAU


@pytest.mark.req("P01", "W01")
def test_guide_has_materials_and_form(seeded, client):
    body = client.get(f"/api/v1/items/{testing.FOOD}").json()
    assert {"code", "name", "required"} <= set(body["materials"][0])
    assert body["form"]["sections"][0]["fields"][0]["key"]
    wanted = {"task_type", "department_name", "legal_days", "promise_days", "link_way", "supervise_way", "fees", "transact_addr"}
    assert wanted | {"accept_condition", "by_law", "handle_flow"} <= set(body)
    assert "review_plan" not in body


@pytest.mark.req("P01")
@pytest.mark.parametrize(
    ("query", "count"),
    [("", 60), ("?department=scjg", 8), ("?theme=N060", 2), ("?theme=C165", 1), ("?object=person&department=cl", 1), ("?stage=没有", 0)],
)
def test_filters(seeded, client, query, count):
    assert client.get(f"/api/v1/items{query}").json()["count"] == count


def test_pages_do_not_overlap(seeded, client):
    codes = [row["code"] for page in (1, 2, 3) for row in client.get(f"/api/v1/items?page={page}").json()["results"]]
    assert len(codes) == len(set(codes)) == 60


@pytest.mark.parametrize("code", ["nope", "1" * 33, "%00"])
def test_unknown_item_is_404(seeded, client, code):
    response = client.get(f"/api/v1/items/{code}")
    assert response.status_code == 404


def test_withdrawn_item_is_gone(seeded, client):
    services.withdraw(testing.FOOD, actor=BUREAU, reason="机构改革")
    assert client.get(f"/api/v1/items/{testing.FOOD}").status_code == 404


def test_query_count_does_not_grow_with_items(seeded, client, django_assert_max_num_queries):
    client.get("/api/v1/items")
    with django_assert_max_num_queries(4):
        client.get("/api/v1/items")
