"""测试用的人与终端。"""

from dataclasses import dataclass

import pytest

from shilong.hall.terminals.testing import make_terminal
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.identity.testing import make_citizen, make_staff


@dataclass
class Cast:
    """系统管理员、审批局、两位窗口人员、群众，一台激活着的一体机。"""

    admin: Actor
    bureau: Actor
    clerk: Actor
    other: Actor
    officer: Actor
    citizen: Actor
    number: str
    token: str


@pytest.fixture
def cast(db) -> Cast:
    admin = make_staff(Role.SYSADMIN, scope=Scope.DISTRICT, username="t-admin", name="管理甲")
    number, token = make_terminal(admin)
    return Cast(
        admin=admin,
        bureau=make_staff(Role.BUREAU, scope=Scope.DISTRICT, username="t-bureau"),
        clerk=make_staff(Role.WINDOW, username="t-clerk", name="窗口甲"),
        other=make_staff(Role.WINDOW, username="t-other", name="窗口乙"),
        officer=make_staff(Role.OFFICER, username="t-officer"),
        citizen=make_citizen(username="t-citizen"),
        number=number,
        token=token,
    )
