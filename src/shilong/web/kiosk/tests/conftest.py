"""一体机测试的现场：一台激活着的终端，一位有手机、有办件的群众。"""

from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify import selectors as notify
from shilong.hall.terminals.testing import make_terminal
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.identity.testing import make_staff
from shilong.service.cases.tests.conftest import World, item, world
from shilong.web.kiosk.middleware import COOKIE

__all__ = ["item", "world"]


@dataclass
class Kiosk:
    """一台一体机：`client` 带着它的设备令牌。"""

    admin: Actor
    number: str
    token: str
    client: Client
    world: World

    @property
    def id_no(self) -> str:
        """群众的身份证号。"""
        return accounts.applicant(self.world.citizen.account_id).id_no

    def read_card(self, purpose: str = "mine", number: str = ""):
        """刷一次身份证。"""
        return self.client.post(f"/self/card/{purpose}/", {"id_no": number or self.id_no}, headers={"accept": "application/json"})

    def sms(self) -> str:
        """最近一条短信里的验证码。"""
        run_pending()
        return next(one.body for one in notify.outbox() if "验证码" in one.body).split("验证码")[1][:6]

    def sign_in(self, purpose: str = "mine"):
        """刷身份证并用短信确认。"""
        self.read_card(purpose)
        self.client.post("/self/confirm/code/")
        return self.client.post("/self/confirm/", {"code": self.sms()})


@pytest.fixture
def kiosk(world) -> Kiosk:
    cache.clear()
    admin = make_staff(Role.SYSADMIN, scope=Scope.DISTRICT, username="k-admin")
    number, token = make_terminal(admin, idle=30)
    client = Client()
    client.cookies[COOKIE] = token
    client.get("/self/")
    return Kiosk(admin, number, token, client, world)
