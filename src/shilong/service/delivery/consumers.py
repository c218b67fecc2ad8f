"""消费办件事件：提交时记下申请表里的领取方式，决定后生成待寄件，另行送达的撤掉待寄件。"""

from shilong.foundation.events.registry import EventView, consumer
from shilong.service.delivery.services import choices, creating


@consumer("case.submit", name="delivery.choose")
def on_submit(event: EventView) -> None:
    """申请表里选了邮寄的，照表记下。"""
    choices.from_form(event.payload["case_no"])


@consumer("case.decide", name="delivery.prepare")
def on_decide(event: EventView) -> None:
    """选了快递的生成待寄件。"""
    creating.prepare(event.payload["case_no"])


@consumer("case.deliver", name="delivery.settle")
def on_deliver(event: EventView) -> None:
    """本人已到窗口领走的，待寄件撤掉。"""
    choices.settle_case(event.payload["case_no"])
