"""消费事件：叫到时告诉取号人（站内消息；人在大厅，不发短信）。"""

from shilong.foundation.events.registry import EventView, consumer
from shilong.foundation.notify import services as notify


@consumer("queueing.called", name="queueing.notify")
def tell(event: EventView) -> None:
    """叫到了。"""
    if event.payload["account_id"]:
        notify.send(
            "queue_called",
            context={"number": event.payload["number"], "window": event.payload["window"]},
            account_id=event.payload["account_id"],
            subject_no=event.payload["number"],
        )
