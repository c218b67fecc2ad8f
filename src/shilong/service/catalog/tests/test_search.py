"""搜索：52 条查询在 5,000 项目录上全部进前五；本区 60 项的常见说法进前三。"""

from functools import cache

import pytest
from django.test import Client

from shilong.service.catalog import elsewhere, search, testing
from shilong.service.catalog.tests.search_cases import QUERIES, SYNONYMS, catalogue


@cache
def _index():
    return search.SearchIndex(catalogue(), SYNONYMS)


@pytest.mark.req("P01")
@pytest.mark.parametrize(("query", "accepted", "kind"), QUERIES)
def test_query_hits_in_the_first_five(query, accepted, kind):
    hits = _index().search(query, limit=5)
    assert {hit.code.split(":")[1] for hit in hits} & set(accepted), [hit.name for hit in hits]


@pytest.mark.req("P01")
@pytest.mark.parametrize(
    ("query", "seq"),
    [("开饭店", 8),
     ("spjyxk", 8), ("时品经营许可", 8), ("shipinjingying", 8), ("低保", 26), ("高龄补贴在哪里领", 30), ("gongshangrending", 22),
     ("网吧", 52), ("烟花暴竹", 53), ("我想开诊所", 3), ("离婚", 32),
     ("货车营运证", 54), ("挖路", 46), ("民办幼儿园怎么办", 38), ("残疾证", 37),
     ("教资认定", 39),
     ("宝宝出生", 7), ("低宝", 26), ("开餐官", 8), ("kcg", 8), ("kaicanguan", 8), ("开餐馆", 8), ("新生儿", 7), ("shebaoka", 25),
     ("ggcswsxk", 1), ("理发店", 1), ("失业金", 21), ("办营业执照", 12)],
)  # fmt: skip
def test_local_queries(seeded, query, seq):
    assert testing.CODES[seq] in [hit.code for hit in search.index().search(query, limit=3)]


@pytest.mark.parametrize("query", ["", "   ", "\x00", "𠮷𠮷", "' OR 1=1 --", "?" * 500, "<script>", "的吗呢"])
def test_odd_queries_do_not_break(seeded, query):
    search.index().search(query)


@pytest.mark.req("P01")
@pytest.mark.parametrize(
    ("query", "place"), [("身份正", "派出所"), ("补办身份证", "派出所"), ("办护照", "出入境"), ("食品经营许可", ""), ("", "")]
)
def test_things_done_elsewhere_are_pointed_out(query, place):
    text = elsewhere.advice(query)
    assert place in text
    assert bool(text) == bool(place)


@pytest.mark.req("P01")
def test_the_list_page_says_where_to_go(seeded):
    body = Client().get("/items/", {"q": "身份正"}).content.decode()
    assert "由公安派出所办理" in body
