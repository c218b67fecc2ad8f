"""一次性告知单：当天同一情形同一份，不同情形不同份，匿名限频。"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from shilong.foundation.documents import selectors as documents
from shilong.identity.roles.actor import Actor
from shilong.service.catalog import rules, selectors, services, testing
from shilong.service.catalog.models import NoticeCopy
from shilong.service.catalog.services import notices
from shilong.service.catalog.tests.conftest import BUREAU, EDITOR

pytestmark = [pytest.mark.django_db, pytest.mark.req("P03", "W01", "W06")]
VISITOR = Actor(account_id=None, name="访客", ip="203.0.113.7")
FOOD = testing.FOOD


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def seeded(db):
    testing.seed_items()


def issue(actor=VISITOR, **answers):
    item = selectors.item(FOOD)
    return services.issue_notice(item, rules.trim(item, answers), actor=actor)


def test_same_situation_same_day_is_one_document(seeded):
    first = issue()
    default = {row["key"]: row["options"][0]["value"] for row in selectors.item(FOOD).situations}
    assert issue(**default) == first
    assert issue(actor=Actor(account_id=1, name="甲")) == first
    assert len(documents.for_subject(FOOD)) == 1


def test_another_situation_or_day_is_another_document(seeded):
    first = issue(agent="self")
    assert issue(agent="agent") != first
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert issue(agent="self") != first


def test_a_new_version_is_another_document(seeded):
    first = issue()
    services.open_draft(FOOD, actor=EDITOR)
    services.save_draft(FOOD, {"promise_day": 2}, actor=EDITOR, revision=1)
    services.submit_review(FOOD, actor=EDITOR, revision=2)
    services.publish(FOOD, actor=BUREAU, revision=3, opinion="同意")
    assert issue() != first


def test_anonymous_source_is_limited_but_reuse_is_not(seeded, monkeypatch):
    monkeypatch.setattr(notices, "HOURLY", 1)
    first = issue(agent="self")
    with pytest.raises(notices.TooManyNotices, match="太多"):
        issue(agent="agent")
    assert issue(agent="self") == first
    assert issue(actor=Actor(account_id=None, name="访客", ip="203.0.113.8"), agent="agent")
    assert issue(actor=Actor(account_id=5, name="甲", ip="203.0.113.7"), agent="agent")
    assert "203.0.113" not in "".join(NoticeCopy.objects.values_list("source", flat=True))


def test_old_copies_are_forgotten(seeded):
    issue()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        issue()
        assert NoticeCopy.objects.count() == 1
