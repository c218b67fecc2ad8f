"""告诉持证人：签发、状态变化、过期、快到期；站内信加短信，同一件事只说一次。"""

from datetime import timedelta

import pytest
from django.utils import timezone

from shilong.foundation.events.registry import EventView
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Delivery, Message
from shilong.foundation.refusals import Invalid
from shilong.identity import testing as people
from shilong.service.licences import consumers, services
from shilong.service.licences.models import Licence, LicenceEvent, Notice
from shilong.service.licences.rules.states import Act, State
from shilong.service.licences.services import lifecycle
from shilong.service.licences.testing import make_draft

pytestmark = [pytest.mark.django_db, pytest.mark.req("P05", "P18")]


@pytest.fixture
def issued(hall) -> Licence:
    row = services.issue(hall.draft().uid, actor=hall.leader)
    run_pending()
    return row


def told(hall, template: str) -> list[Message]:
    return list(Message.objects.filter(account_id=hall.holder.account_id, template=template))


def test_the_holder_hears_of_the_issue(hall, issued):
    (message,) = told(hall, "licence_issued")
    assert issued.number in message.body
    assert issued.issuer_name in message.body
    delivery = Delivery.objects.get(message=message)
    assert (delivery.channel, issued.number in delivery.content) == ("sms", True)
    assert not Message.objects.filter(account_id=hall.stranger.account_id, template__startswith="licence").exists()


def test_said_once_however_often_it_is_delivered(hall, issued):
    entry = LicenceEvent.objects.get(licence=issued, action="issue")
    again = EventView(1, "licence.issue", str(issued.uid), {"uid": str(issued.uid), "seq": entry.seq, "state": "01"}, timezone.now())
    for _ in range(3):
        consumers.tell(again)
    assert len(told(hall, "licence_issued")) == 1
    assert Notice.objects.filter(licence=issued).count() == 1


@pytest.mark.parametrize(("act", "word"), [(Act.SUSPEND, "暂停"), (Act.REVOKE, "撤销"), (Act.CANCEL, "注销")])
def test_a_change_of_state_gives_the_reason(hall, issued, act, word):
    services.act(issued.uid, act, actor=hall.leader, reason="检查发现问题", document_no="石卫〔2026〕9号")
    run_pending()
    (message,) = told(hall, "licence_changed")
    assert all(text in message.body for text in (word, "检查发现问题", "石卫〔2026〕9号", "行政复议"))


def test_renewal_says_one_thing_not_two(hall, issued):
    made = services.prepare_next(issued.uid, Act.RENEW, actor=hall.officer, reason="申请延续", document_no="石卫延〔2026〕1号")
    services.issue(made.uid, actor=hall.leader)
    run_pending()
    assert len(told(hall, "licence_issued")) == 2  # 原证一次、新版一次；原证作废不另说
    assert not told(hall, "licence_changed")


def test_expiry_is_told(hall, issued):
    lifecycle.expire_due(issued.valid_end + timedelta(days=1))
    run_pending()
    assert len(told(hall, "licence_expired")) == 1


@pytest.mark.parametrize(("days", "left", "times"), [(30, 30, 1), (30, 31, 0), (30, 0, 1), (60, 45, 1), (0, 5, 0)])
def test_reminded_before_it_runs_out(hall, issued, days, left, times):
    hall.kind.__class__.objects.filter(pk=issued.type_id).update(remind_days=days)
    Licence.objects.filter(pk=issued.pk).update(valid_end=timezone.localdate() + timedelta(days=left))
    assert services.remind_due() == times
    assert services.remind_due() == 0
    messages = told(hall, "licence_expiring")
    assert [f"还有 {left} 天" in one.body for one in messages] == [True] * times


def test_a_new_term_is_reminded_again(hall, issued):
    soon = timezone.localdate() + timedelta(days=10)
    for until in (soon, soon + timedelta(days=5)):
        Licence.objects.filter(pk=issued.pk).update(valid_end=until)
        assert services.remind_due() == 1


def test_suspended_and_unknown_holders_are_left_alone(hall, issued):
    soon = timezone.localdate() + timedelta(days=10)
    Licence.objects.filter(pk=issued.pk).update(valid_end=soon, state=State.SUSPENDED)
    assert services.remind_due() == 0
    other = make_draft("公共场所卫生许可证", name="没有账号的店", code=people.fake_uscc(77), kind="2")
    Licence.objects.filter(pk=other.pk).update(valid_end=soon, state=State.VALID)
    assert services.remind_due() == 0  # 找不到人：记下，不反复试
    assert Notice.objects.get(licence=other).message_id is None


@pytest.mark.parametrize("days", [-1, 366, "30"])
def test_reminder_days_are_checked(hall, days):
    with pytest.raises(Invalid):
        services.save_type(hall.kind.code, {"remind_days": days}, actor=hall.catalog, version=hall.kind.version)
