"""浏览器里看：图画出来了、图与表能切换、没有 CSP 报错、axe 零违规、手机不横向滚动。"""

import pytest

from shilong.foundation.jobs.services import run_pending
from shilong.service.cases.testing import drive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P04")]
PAGES = ("/supervise/", "/supervise/departments/", "/supervise/items/", "/supervise/cases/", "/supervise/flags/", "/supervise/amendments/")


@pytest.fixture
def case_no(world):
    no = world.submit().case_no
    drive(no, "accept", "review", "decide")
    run_pending()
    return no


def test_charts_draw_and_switch_to_tables(page, world, case_no, live_server, sign_in):
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, world.bureau.username)
    page.goto(f"{live_server.url}/supervise/")
    assert page.locator(".sp-chart canvas").count() == 4
    figure = page.locator(".sp-fig").first
    figure.get_by_role("button", name="表").click()
    assert figure.locator("table").is_visible()
    assert not figure.locator(".sp-chart").is_visible()
    figure.get_by_role("button", name="图").click()
    figure.locator("canvas").hover()
    page.get_by_role("link", name="本月").click()
    assert page.locator("[aria-current=true]").inner_text() == "本月"
    assert problems == []


def test_every_page_is_accessible(page, phone, world, case_no, live_server, sign_in, assert_accessible):
    for window in (page, phone):
        sign_in(window, world.bureau.username)
        for path in (*PAGES, f"/supervise/amendments/new/?case={case_no}"):
            window.goto(f"{live_server.url}{path}")
            assert_accessible(window)
            assert window.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
