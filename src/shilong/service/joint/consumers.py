"""消费办件事件：子件驱动母件；企业申请了提示的事项就记为已申请。"""

from shilong.foundation.events.registry import EventView, consumer
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases import selectors as cases
from shilong.service.joint import services


@consumer("case.*", name="joint.follow")
def follow(event: EventView) -> None:
    """一件办件有了变化：不是子件的立刻返回。"""
    services.follow(event.payload["case_no"], event.payload["state"], event.payload["version"])


@consumer("case.submit", name="joint.prompt")
def applied(event: EventView) -> None:
    """双告知提示的事项已经申请，部门不用再催。"""
    view = cases.case(event.payload["case_no"], actor=SYSTEM)
    if view.applicant.kind != "1":
        services.mark_applied(view.case_no, view.applicant.id_no, view.item_code)
