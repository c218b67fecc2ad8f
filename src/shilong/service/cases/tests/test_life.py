"""一件办件的一生：提交、收件、受理、审查、决定、送达、归档。"""

import pytest

from shilong.service.cases import selectors
from shilong.service.cases.models import CaseEvent
from shilong.service.cases.testing import drive

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "W06")]


def test_from_submission_to_archive(world):
    view = world.submit()
    assert view.status == "submitted"
    assert view.version == 1
    assert len(view.query_code) == 6

    view = drive(view.case_no, "receive", "accept", "review", "decide", "deliver", "archive")

    assert view.status == "archived"
    assert view.result == "grant"
    events = list(CaseEvent.objects.filter(case__case_no=view.case_no).order_by("seq").values_list("action", "source", "target"))
    assert events == [
        ("submit", "", "submitted"),
        ("receive", "submitted", "received"),
        ("accept", "received", "accepted"),
        ("review", "accepted", "reviewing"),
        ("decide", "reviewing", "granted"),
        ("deliver", "granted", "delivered"),
        ("archive", "delivered", "archived"),
    ]
    assert {clock.kind: clock.state for clock in view.clocks} == {
        "notice": "stopped",
        "promise": "stopped",
        "legal": "stopped",
        "delivery": "stopped",
    }


def test_documents_are_issued_along_the_way(world):
    no = world.submit().case_no
    view = drive(no, "receive", "accept", "review", "decide", "deliver", "archive")
    assert sorted(row.kind for row in view.documents) == sorted(["receipt", "acceptance", "grant", "delivery", "register"])


def test_view_masks_the_applicant(world):
    view = selectors.case(world.submit().case_no, actor=world.officer)
    assert view.applicant.name == "王*国"
    assert "********" in view.applicant.id_no
    assert view.query_code == ""
