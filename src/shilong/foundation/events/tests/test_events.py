"""事件：与业务同生死，每个消费者恰好一次。"""

import pytest
from django.db import transaction

from shilong.foundation.events import dispatch, registry, selectors
from shilong.foundation.events.models import Event, Receipt
from shilong.foundation.events.registry import consumer
from shilong.foundation.events.services import emit
from shilong.foundation.jobs import selectors as jobs
from shilong.foundation.jobs import services as worker
from shilong.foundation.jobs.models import Job

pytestmark = pytest.mark.req("P02", "P27", "W06")


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(registry, "CONSUMERS", {})
    lines = []
    consumer("case.accept", name="t.accept")(lambda event: lines.append(("accept", event.payload["n"])))
    consumer("case.*", name="t.all")(lambda event: lines.append((event.topic, event.payload["n"])))
    return lines


@pytest.mark.django_db
def test_each_subscriber_hears_an_event_once(heard):
    with transaction.atomic():
        number = emit("case.accept", key="A1", n=1)
        emit("case.submit", key="A1", n=2)
        emit("calendar.changed", n=3)
    worker.run_pending()
    assert sorted(heard) == [("accept", 1), ("case.accept", 1), ("case.submit", 2)]
    assert selectors.pending() == 0
    assert selectors.consumed_by(number) == ["t.accept", "t.all"]
    assert [event.topic for event in selectors.for_key("A1")] == ["case.accept", "case.submit"]


@pytest.mark.django_db(transaction=True)
def test_emitting_outside_a_transaction_is_refused(heard):
    with pytest.raises(RuntimeError, match="atomic"):
        emit("case.accept", n=1)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_rolled_back_business_action_leaves_no_event(heard):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        emit("case.accept", n=1)
        raise ZeroDivisionError
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_delivering_twice_takes_effect_once(heard):
    with transaction.atomic():
        number = emit("case.accept", n=1)
    for _ in range(3):
        dispatch.consume(number, "t.once", lambda event: heard.append("once"))
    assert heard == ["once"]


@pytest.mark.django_db
def test_a_failing_consumer_leaves_no_receipt_and_does_not_hold_up_others(heard):
    @consumer("case.accept", name="t.broken", retries=0)
    def broken(event):
        Event.objects.filter(pk=event.id).update(key="改过")
        raise ValueError("毒消息")

    with transaction.atomic():
        number = emit("case.accept", n=1)
    worker.run_pending()
    assert len(heard) == 2
    assert not Receipt.objects.filter(consumer="t.broken").exists()
    assert Event.objects.get(pk=number).key == ""
    assert jobs.dead().items[0].name == "event:t.broken"
    Job.objects.all().delete()
