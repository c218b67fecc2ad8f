"""消费事件：办件的步骤产生可评的服务，办结发邀请；叫号结束弹评价器；评价变化计入汇总。"""

from shilong.foundation.events.registry import EventView, consumer
from shilong.service.ratings.services import handling, occasions, tallies


@consumer(*(f"case.{action}" for action in occasions.NODES), name="ratings.open")
def open_service(event: EventView) -> None:
    """办件走到可评的环节。"""
    occasions.from_step(int(event.payload["event_id"]))


@consumer(*(f"case.{action}" for action in occasions.ENDS), name="ratings.invite")
def invite(event: EventView) -> None:
    """办结后请申请人评价。"""
    occasions.invite(int(event.payload["event_id"]))


@consumer("queueing.finished", name="ratings.onsite")
def called(event: EventView) -> None:
    """叫号结束：请那个窗口的评价器弹出。载荷有窗口、工号、可能的办件号。"""
    window = str(event.payload.get("window") or "")
    if window:
        occasions.open_onsite(
            window, event.payload.get("staff"), event.payload.get("case_no") or None, source=f"queueing:{event.id}", at=event.occurred_at
        )


@consumer("rating.opened", "rating.rated", "rating.excluded", name="ratings.count")
def count(event: EventView) -> None:
    """计入汇总。"""
    tallies.count(int(event.payload["occasion"]))


@consumer("rating.ticket", name="ratings.tell")
def tell(event: EventView) -> None:
    """差评工单派到部门。"""
    handling.tell_department(int(event.payload["ticket"]))
