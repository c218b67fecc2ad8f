"""发消息、标记已读、投递。"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.adapters import services as registry
from shilong.foundation.codes import masks
from shilong.foundation.jobs.registry import GiveUp, TryLater
from shilong.foundation.notify import adapters, rules
from shilong.foundation.notify.adapters.base import Parcel, PermanentFailure, TemporaryFailure
from shilong.foundation.notify.models import Channel, Delivery, DeliveryState, Message
from shilong.foundation.refusals import NotFound


class DeliveryFailed(TryLater):
    """投递失败，等待重试。文字里只有脱敏号码。"""


def send(
    template: str,
    *,
    context: Mapping[str, Any],
    account_id: int | None = None,
    mobile: str = "",
    email: str = "",
    subject_no: str = "",
) -> int:
    """用模板告诉一个人；与业务同一事务，返回消息编号。

    参数：
        template: `rules.TEMPLATES` 的键。
        context: 填模板的值，缺的留空。
        account_id: 收件账号，进站内信；None 则没有站内信。
        mobile, email: 给出才发短信、邮件。
        subject_no: 办件号等，便于按件查通知。

    异常：
        LookupError: 没有这个模板（程序错误）。
    """
    known = rules.TEMPLATES.get(template)
    if known is None:
        raise LookupError(f"没有消息模板“{template}”")
    filled = rules.render(known, context)
    with transaction.atomic():
        message = Message.objects.create(
            template=template,
            account_id=account_id if known.inbox else None,
            subject_no=subject_no,
            title=filled.title,
            body=filled.body,
            created_at=timezone.now(),
        )
        if mobile and filled.sms:
            _post(message, Channel.SMS, mobile.strip(), masks.mask_mobile(mobile.strip()), filled.sms)
        if email:
            _post(message, Channel.EMAIL, email.strip(), masks.mask_email(email.strip()), filled.body)
    return int(message.pk)


def mark_read(account_id: int, message_id: int | None = None) -> int:
    """把本人的一条（或全部）标为已读，返回改动条数。

    异常：
        NotFound: 不是本人的消息。
    """
    mine = Message.objects.filter(account_id=account_id)
    if message_id is not None:
        mine = mine.filter(pk=message_id)
        if not mine.exists():
            raise NotFound("没有找到这条消息。")
    return mine.filter(read_at__isnull=True).update(read_at=timezone.now())


def deliver(delivery_id: int, *, last_attempt: int) -> None:
    """投递一次；已发出的直接返回。网关按投递编号去重，所以“发出了但没记上”时重发无害。

    异常：
        GiveUp: 再试没有用。
        DeliveryFailed: 过一会儿再试。
    """
    row = Delivery.objects.select_related("message").get(pk=delivery_id)
    if row.state == DeliveryState.SENT:
        return
    row.attempts += 1
    try:
        _refuse_expired(row)
        adapter, config = adapters.choose(row.channel)
        row.adapter = adapter.key
        parcel = Parcel(f"shilong-{row.pk}", row.channel, row.target, row.masked, row.message.title, row.content)
        row.receipt = adapter.deliver(config, parcel)
    except PermanentFailure as error:
        raise GiveUp(_note(row, error, DeliveryState.FAILED)) from None
    except TemporaryFailure as error:
        state = DeliveryState.FAILED if row.attempts >= last_attempt else DeliveryState.RETRYING
        raise DeliveryFailed(_note(row, error, state)) from None
    row.state, row.sent_at, row.error = DeliveryState.SENT, timezone.now(), ""
    row.save(update_fields=["attempts", "adapter", "receipt", "state", "sent_at", "error"])
    registry.succeeded(row.adapter)


def _post(message: Message, channel: Channel, target: str, masked: str, content: str) -> None:
    from shilong.foundation.notify.tasks import deliver_one  # tasks 反过来用本模块

    row = Delivery.objects.create(message=message, channel=channel, target=target, masked=masked, content=content)
    deliver_one.enqueue(row.pk, key=f"notify:{row.pk}")


def _refuse_expired(row: Delivery) -> None:
    template = rules.TEMPLATES.get(row.message.template)
    lifetime = template.lifetime if template else 0
    if lifetime and timezone.now() > row.message.created_at + timedelta(seconds=lifetime):
        raise PermanentFailure("已过有效期，不再发送")


def _note(row: Delivery, error: Exception, state: DeliveryState) -> str:
    row.state, row.error = state, rules.scrub(str(error), row.target, row.masked)
    row.save(update_fields=["attempts", "adapter", "state", "error"])
    if row.adapter:
        registry.failed(row.adapter, row.error)
    return f"投递 {row.pk}（{row.masked}）：{row.error}"
