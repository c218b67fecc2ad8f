"""好差评测试的现场：真实办件引擎走到办结，真实的人。"""

from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image

from shilong.foundation.jobs.services import run_pending
from shilong.identity import testing as people
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.cases.rules import Action
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.conftest import World, item, world  # noqa: F401 测试固件
from shilong.service.ratings import services
from shilong.service.ratings.models import Terminal, Ticket
from shilong.service.ratings.services import Opinion, terminals

BAD = Opinion(2, ["213"], "窗口的人说不清要哪些材料", anonymous=False)
GOOD = Opinion(5, ["510", "517"])


@dataclass
class Hall:
    """办好一件事的大厅。"""

    world: World
    window_clerk: Actor
    sysadmin: Actor
    handler: Actor

    def finished(self, **kwargs) -> str:
        """一件准予的办件，事件已处理。"""
        case_no = self.world.submit(**kwargs).case_no
        drive(case_no, Action.RECEIVE, Action.ACCEPT, Action.REVIEW, Action.DECIDE)
        run_pending()
        return case_no

    def bad(self, opinion: Opinion = BAD, **kwargs) -> Ticket:
        """一张实名差评工单。"""
        case_no = self.finished(**kwargs)
        rating = services.rate_case(case_no, "6", opinion, actor=self.world.citizen, pf="2")
        run_pending()
        return rating.ticket

    def terminal(self, window: str = "03 号窗口") -> Terminal:
        token = services.register(f"评价器 {window}", window, "scjg", actor=self.sysadmin)
        return terminals.recognise(token)


@pytest.fixture
def hall(world) -> Hall:  # noqa: F811
    return Hall(
        world=world,
        window_clerk=people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT, name="周窗口", window="03 号窗口"),
        sysadmin=people.make_staff(Role.SYSADMIN, department="zwzx", scope=Scope.DISTRICT, name="系统员"),
        handler=people.make_staff(Role.OFFICER, department="scjg", name="承办员"),
    )


def picture(name: str = "现场.png") -> tuple[BytesIO, str]:
    buffer = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(buffer, "PNG")
    return BytesIO(buffer.getvalue()), name
