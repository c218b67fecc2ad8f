"""消费事件：办件准予后制证；证照变化排进归集。"""

from shilong.foundation.events.registry import EventView, consumer
from shilong.service.licences import services, tasks
from shilong.service.licences.services import notices, pushing


@consumer("case.decide", name="licences.make")
def make(event: EventView) -> None:
    """准予的办件制证；设为自动签发的接着排签发作业。"""
    row = services.make_for_case(event.payload["case_no"])
    if row is not None and row.type.auto_issue:
        tasks.issue_one.enqueue(str(row.uid), key=f"licences.issue:{row.uid}")


@consumer("licence.*", name="licences.push")
def push(event: EventView) -> None:
    """证照变化排进归集队列，马上试推一次。"""
    pushing.queue(event)
    tasks.push_now.enqueue(key="licences.push_now")


@consumer("licence.*", name="licences.tell")
def tell(event: EventView) -> None:
    """证照变化告诉持证人。"""
    notices.tell(event)
