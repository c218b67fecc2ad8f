"""消费事件：提交、分派、催办、答复后告诉该知道的人。"""

from shilong.foundation.events.registry import EventView, consumer
from shilong.service.enquiries import services


@consumer("enquiry.*", name="enquiries.tell")
def tell(event: EventView) -> None:
    """站内信与短信。"""
    services.announce(event.topic.removeprefix("enquiry."), int(event.payload["enquiry"]))
