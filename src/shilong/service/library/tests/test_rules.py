"""材料库的规则。"""

from datetime import date

import pytest

from shilong.service.library import rules

pytestmark = pytest.mark.req("W11")
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (None, "valid"),
        (date(2026, 11, 23), "expired"),
        (date(2026, 11, 24), "soon"),  # 有效期最后一天还能用
        (date(2026, 12, 24), "soon"),
        (date(2026, 12, 25), "valid"),
    ],
)
def test_freshness(until, state):
    assert rules.freshness(until, TODAY) == state
    assert rules.expired(until, TODAY) is (state == "expired")


@pytest.mark.parametrize(
    ("sources", "counted"),
    [
        ([], ""),
        (["upload"], ""),
        (["licence"], "licence"),
        (["library", "library"], "library"),
        (["proof"], "proof"),
        (["library", "upload"], ""),  # 又补传了一页，不算少交
        (["paper"], ""),
    ],
)
def test_only_wholly_reused_materials_count(sources, counted):
    assert rules.reused_sources(sources) == counted


def test_page_order_makes_a_different_material():
    assert rules.content_digest(["a", "b"]) != rules.content_digest(["b", "a"])
    assert rules.content_digest(["ab"]) != rules.content_digest(["a", "b"])
