"""读消息：收件箱、某件的通知、投递情况、开发信箱。"""

from dataclasses import dataclass
from datetime import datetime

from shilong.foundation.notify.models import Channel, Delivery, DeliveryState, DevMessage, Message
from shilong.foundation.pages import Page, paginate


@dataclass(frozen=True, slots=True)
class MessageView:
    """收件箱的一条。"""

    id: int
    title: str
    body: str
    subject_no: str
    created_at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """投递情况；号码已脱敏，不含内容。"""

    id: int
    channel_name: str
    masked: str
    title: str
    subject_no: str
    state: str
    state_name: str
    attempts: int
    adapter: str
    error: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DevMessageView:
    """开发信箱的一条；`target` 脱敏。"""

    id: int
    channel_name: str
    target: str
    title: str
    body: str
    created_at: datetime


def inbox(account_id: int, page: int = 1, size: int = 20) -> Page[MessageView]:
    """本人的收件箱，新的在前。"""
    return paginate(Message.objects.filter(account_id=account_id).order_by("-id"), page, size, _message)


def unread_count(account_id: int, *, most: int | None = None) -> int:
    """未读条数；给了 `most` 就数到它为止。"""
    return Message.objects.filter(account_id=account_id, read_at__isnull=True)[:most].count()


def deliveries(page: int = 1, size: int = 20, *, state: str = "", subject_no: str = "") -> Page[DeliveryView]:
    """投递情况，新的在前；可按状态、办件号筛。"""
    rows = Delivery.objects.select_related("message").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if subject_no:
        rows = rows.filter(message__subject_no=subject_no)
    return paginate(rows, page, size, _delivery)


def outbox(page: int = 1, size: int = 20) -> Page[DevMessageView]:
    """开发信箱，新的在前。"""
    return paginate(DevMessage.objects.order_by("-id"), page, size, _dev)


def _message(row: Message) -> MessageView:
    return MessageView(row.pk, row.title, row.body, row.subject_no, row.created_at, row.read_at is not None)


def _delivery(row: Delivery) -> DeliveryView:
    return DeliveryView(
        id=row.pk,
        channel_name=str(Channel(row.channel).label),
        masked=row.masked,
        title=row.message.title,
        subject_no=row.message.subject_no,
        state=row.state,
        state_name=str(DeliveryState(row.state).label),
        attempts=row.attempts,
        adapter=row.adapter,
        error=row.error,
        created_at=row.message.created_at,
        sent_at=row.sent_at,
    )


def _dev(row: DevMessage) -> DevMessageView:
    return DevMessageView(row.pk, str(Channel(row.channel).label), row.masked, row.title, row.body, row.created_at)
