"""叫号测试的公共现场：一厅两组三窗、三名窗口人员、一台取号机。"""

from dataclasses import dataclass

import pytest

from shilong.foundation.calendar import services as calendars
from shilong.identity import testing as people
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.queueing import services
from shilong.service.queueing.selectors import TicketView
from shilong.service.queueing.testing import GENERAL, HALL, WINDOWS, make_hall


@dataclass
class Queue:
    """`first` 只叫综合，`second` 只叫社保，`both` 两条都叫。"""

    first: Actor
    second: Actor
    both: Actor
    bureau: Actor
    device: str

    def take(self, group: str = GENERAL, **kwargs) -> TicketView:
        return services.take_on_site(self.device, group, **kwargs)


@pytest.fixture
def queue(db) -> Queue:
    calendars.seed(2025, 2028)
    make_hall()
    clerks = [
        people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name=f"窗口{'甲乙丙'[place]}", window=name)
        for place, name in enumerate(WINDOWS)
    ]
    bureau = people.make_staff(Role.BUREAU, department="zwj", scope=Scope.DISTRICT, name="审批局")
    return Queue(*clerks, bureau, services.authorise_device(HALL, actor=bureau))
