"""文书页面：办件里看得到 PDF、OFD、谁的章、验章结果；有用章权的人补盖；别人拿不走。"""

from urllib.parse import quote

import pytest
from django.test import Client

from shilong.foundation.documents import selectors as documents
from shilong.foundation.jobs.services import run_pending
from shilong.service.cases.testing import drive
from shilong.service.seals import services, testing
from shilong.service.seals.models import PaperSeal
from shilong.service.seals.services import papers as papers_service
from shilong.service.seals.tests.conftest import cast, item, own_pki, seal_no, world
from shilong.service.seals.tests.test_handwriting import WRITING

__all__ = ["cast", "item", "own_pki", "seal_no", "world"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P02", "P06", "P17", "W02")]


def accepted(world):
    """受理了的一件，返回（办件编号，受理通知书）。"""
    case_no = drive(world.submit().case_no, "accept").case_no
    run_pending()
    return case_no, [one for one in documents.for_subject(case_no) if one.kind == "acceptance"][-1]


def signed_in(actor) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(number: str, tail: str) -> str:
    return f"/documents/{quote(number)}{tail}"


def test_owner_gets_both_formats_and_the_check(world, seal_no):
    _, paper = accepted(world)
    client = signed_in(world.citizen)
    ofd, pdf = client.get(address(paper.number, ".ofd")), client.get(address(paper.number, ".pdf"))
    assert (ofd["Content-Type"], pdf["Content-Type"]) == ("application/ofd", "application/pdf")
    assert services.verify(ofd.content).ok
    assert "验章通过" in client.get(address(paper.number, "/check/")).content.decode()


@pytest.mark.parametrize("tail", [".ofd", ".pdf", "/check/"])
def test_another_person_gets_nothing(world, seal_no, tail):
    _, paper = accepted(world)
    assert signed_in(world.other_citizen).get(address(paper.number, tail)).status_code == 403
    assert signed_in(world.outsider).get(address(paper.number, tail)).status_code == 403
    assert Client().get(address(paper.number, tail)).status_code in (302, 401)


def test_only_a_granted_person_sees_and_uses_the_button(world, cast):
    testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau, to=[cast.officer], system=False)
    case_no, paper = accepted(world)
    assert "补盖印章" not in signed_in(world.officer).get(f"/cases/{case_no}/").content.decode()
    assert signed_in(world.officer).post(address(paper.number, "/seal/")).status_code == 403
    assert signed_in(world.citizen).post(address(paper.number, "/seal/")).status_code == 403
    assert "补盖印章" in signed_in(cast.officer).get(f"/cases/{case_no}/").content.decode()
    assert signed_in(cast.officer).post(address(paper.number, "/seal/"))["Location"] == f"/cases/{case_no}/"
    assert PaperSeal.objects.get(number=paper.number).sealed_by == "赵审批"


def test_citizens_do_not_read_internal_reasons(world):
    case_no, _ = accepted(world)
    body = signed_in(world.citizen).get(f"/me/cases/{case_no}/").content.decode()
    assert "未盖章" in body
    assert "还没有启用" not in body
    assert "还没有启用" in signed_in(world.officer).get(f"/cases/{case_no}/").content.decode()


def test_verify_page_checks_the_seal_and_notices_a_swapped_file(world, seal_no, client):
    _, paper = accepted(world)
    body = client.get(f"/verify/{paper.verify_code}/").content.decode()
    assert "验章通过" in body
    assert "行政审批专用章" in body
    path = papers_service._path(PaperSeal.objects.get(number=paper.number), "ofd")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert "验章没有通过" in client.get(f"/verify/{paper.verify_code}/").content.decode()
    assert signed_in(world.citizen).get(address(paper.number, ".ofd")).status_code == 500


def test_officers_see_the_handwriting_and_others_do_not(world, page, phone, live_server, sign_in, assert_accessible, snapshot):
    case_no, paper = accepted(world)
    document = services.paper_file(paper.number, "pdf").content
    facts = {"doc_type": "acceptance", "doc_id": paper.number, "document": document, "writing": WRITING}
    number = services.sign_by_hand(case_no, actor=world.citizen, **facts)
    picture = signed_in(world.officer).get(f"/signatures/{number}.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert signed_in(world.outsider).get(f"/signatures/{number}.svg").status_code == 404
    assert Client().get(f"/signatures/{number}.svg").status_code in (302, 401)
    for screen, name in ((page, "pc"), (phone, "m")):
        sign_in(screen, world.officer.username)
        screen.goto(f"{live_server.url}/cases/{case_no}/")
        screen.get_by_text("验签通过").wait_for()
        assert screen.get_by_alt_text("王建国的手写签名").evaluate("one => one.naturalWidth > 0")
        assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert_accessible(screen)
        snapshot(screen, f"papers-hand-{name}")


def test_papers_add_a_bounded_number_of_queries(world, seal_no, django_assert_max_num_queries):
    from shilong.service.seals import selectors

    case_no = drive(world.submit().case_no, "receive", "accept", "review", "decide", "deliver", "archive").case_no
    with django_assert_max_num_queries(2):
        assert len(selectors.papers(documents.for_subject(case_no), world.citizen)) >= 4


def test_citizen_and_officer_in_the_browser(world, cast, live_server, page, phone, sign_in, assert_accessible, snapshot):
    case_no, paper = accepted(world)  # 还没有印章：未盖章
    testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau, to=[cast.officer])
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, cast.officer.username)
    page.goto(f"{live_server.url}/cases/{case_no}/")
    row = page.locator(".paper", has_text=paper.number)
    row.get_by_text("未盖章").wait_for()
    snapshot(page, "papers-office-before")
    row.get_by_role("button", name="补盖印章").click()
    page.get_by_text("验章通过").first.wait_for()
    assert_accessible(page)
    snapshot(page, "papers-office")
    drive(case_no, "review", "decide")
    run_pending()
    for screen, name in ((page, "pc"), (phone, "m")):
        sign_in(screen, world.citizen.username)
        screen.goto(f"{live_server.url}/me/cases/{case_no}/")
        screen.get_by_text("验章通过").first.wait_for()
        assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert_accessible(screen)
        snapshot(screen, f"papers-portal-{name}")
        with screen.expect_download() as waiting:
            screen.get_by_role("link", name=f"下载{paper.title}的 OFD").click()
        assert waiting.value.suggested_filename.endswith(".ofd")
        screen.goto(f"{live_server.url}/verify/{paper.verify_code}/")
        assert_accessible(screen)
        snapshot(screen, f"papers-verify-{name}")
