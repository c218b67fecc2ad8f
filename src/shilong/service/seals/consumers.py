"""消费事件：出了文书的动作之后，按授权自动盖章。"""

from shilong.foundation.documents import selectors as documents
from shilong.foundation.events.registry import EventView, consumer
from shilong.service.seals import services

ISSUING = ("receive", "accept", "supplement", "reject", "withdraw", "extend", "start_special", "decide", "deliver", "archive", "approve")


@consumer("case.submit", *(f"case.{action}" for action in ISSUING), name="seals.papers")
def seal_papers(event: EventView) -> None:
    """给这件办件还没轮到的文书盖章；重复执行无害。"""
    for issued in documents.for_subject(event.payload["case_no"]):
        services.seal_automatically(issued.number)
