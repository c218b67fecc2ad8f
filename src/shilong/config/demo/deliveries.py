"""演示用的收件地址与寄递单：几件办件走真实引擎到决定，寄递各停在一个状态。快递用手工登记，不连外网。"""

import contextlib
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.config.demo import story
from shilong.config.demo.staff import accounts_made
from shilong.foundation.calendar import services as calendars
from shilong.foundation.events import services as events
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import actor_for
from shilong.identity.roles.actor import Actor
from shilong.service.cases.selectors import CaseView
from shilong.service.delivery import selectors, services
from shilong.service.delivery.adapters.base import Route
from shilong.service.delivery.rules.states import Move

HOME = {"province": "河南省", "city": "平顶山市", "county": "石龙区", "postcode": "467045"}
ADDRESSES: Mapping[str, tuple[dict[str, str], ...]] = {
    "demo-citizen": (
        {**HOME, "name": "测试甲", "mobile": "13000000001", "detail": "龙兴街道测试路1号院2号楼301"},
        {**HOME, "name": "测试甲家人", "mobile": "13000000011", "county": "新华区", "detail": "虚构街道示例路20号", "postcode": "467002"},
    ),
    "demo-enterprise": ({**HOME, "name": "测试乙", "mobile": "13000000002", "detail": "人民路街道测试大道2号虚构测试公司前台"},),
}
# （谁，物流单号；空为还没下单，各条轨迹：说明什么、几小时前、说明）
WANTED: tuple[tuple[str, str, tuple[tuple[Move, int, str], ...]], ...] = (
    ("demo-citizen", "", ()),
    ("demo-enterprise", "", ()),
    ("demo-citizen", "DEMO2026000001", ((Move.PICKED, 20, "已收寄"), (Move.MOVING, 6, "到达平顶山处理中心"))),
    ("demo-enterprise", "DEMO2026000002", ((Move.PICKED, 30, "已收寄"), (Move.REFUSED, 3, "收件人拒收，称公司已搬迁"))),
    ("demo-citizen", "DEMO2026000003", ((Move.PICKED, 40, "已收寄"), (Move.SIGNED, 8, "已签收，签收人：本人"))),
)
LONGEST_PROMISE = 10  # 工作日；太慢的事项一个月也走不到决定


class Posting(story.Telling):
    """走到决定为止：送达交给快递。"""

    def act(self, action: str, actor: Actor, **payload: Any) -> CaseView:
        if action == "deliver":
            raise story.Ended
        return super().act(action, actor, **payload)


def deliveries() -> int:
    """补齐收件地址与寄递单，返回新建几份；重复执行只补缺的。"""
    made = accounts_made("demo-")
    for username, rows in ADDRESSES.items():
        actor = actor_for(made[username])
        for values in rows[len(selectors.addresses(actor)) :]:
            services.add_address(values, actor=actor)
    return sum(_one(index, made) for index in range(len(WANTED)))


def _one(index: int, made: Mapping[str, int]) -> int:
    username, waybill, tracks = WANTED[index]
    clerk, owner = actor_for(made["demo-window"]), actor_for(made[username])
    with events.record_only(), transaction.atomic():
        case_no = _decided(index, owner)
        if not case_no or selectors.case_shipments(case_no, clerk):
            return 0
        services.choose(case_no, "courier", uid=str(selectors.addresses(owner)[0].uid), actor=owner)
        view = selectors.case_shipments(case_no, clerk)[0]
        number = view.row.number
        if waybill:
            services.place(
                number,
                version=view.version,
                courier="courier_manual",
                pays="sender",
                packed=[str(one["name"]) for one in view.contents],
                fee="12.00",
                waybill_no=waybill,
                actor=clerk,
            )
            now = timezone.now()
            routes = [Route(move, now - timedelta(hours=hours), "", "平顶山市石龙区", text) for move, hours, text in tracks]
            services.record_routes(number, routes, "manual", actor=clerk)
            services.write_back(number)
    return 1


def _decided(index: int, owner: Actor) -> str:
    """一件已作出决定的办件；事项每次相同，防重键固定，重复执行得到同一件。"""
    chooser = random.Random(f"shilong-delivery-{index}")  # noqa: S311 演示数据，不是密码学
    person = accounts.applicant(owner.account_id or 0)
    rows = [
        row for row in story.items() if person.kind in row.server_types and row.is_online and (row.promise_days or 0) <= LONGEST_PROMISE
    ]
    if not rows:
        return ""
    started = calendars.load().add_workdays(timezone.localdate() - timedelta(days=45), 1)
    telling = Posting(chooser, person, chooser.choice(rows), story.morning(started))
    if not telling.submit(900_001 + index):
        return ""
    with contextlib.suppress(story.Ended):
        telling.go("plain")
    return telling.case_no
