"""办件每动一步，统计跟着加一。"""

from shilong.foundation.events.registry import EventView, consumer
from shilong.service.cases.selectors.statistics import COUNTED
from shilong.service.insight import services


@consumer(*(f"case.{action}" for action in COUNTED), name="insight.count")
def count(event: EventView) -> None:
    """增量计数；重复投递由消费回执挡住。"""
    services.count_event(int(event.payload["event_id"]))
