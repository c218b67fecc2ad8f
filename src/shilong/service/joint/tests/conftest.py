"""一件事测试的现场：真实的 60 个事项与申请表、内置主题、真实的人与办件引擎。"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest

from shilong.config.demo.forms import fill
from shilong.foundation.calendar import services as calendars
from shilong.foundation.files import services as files
from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.identity.organizations import services as organizations
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.cases import services as cases
from shilong.service.cases.tests.conftest import PDF
from shilong.service.catalog.seed.contents import departments
from shilong.service.catalog.testing import seed_items, seed_only
from shilong.service.joint import seed, selectors
from shilong.service.joint.models import Bundle
from shilong.service.joint.services.submit import BundleCommand, submit
from shilong.service.joint.shape import ThemeShape
from shilong.service.materials import profile

RESTAURANT = (1, 8, 44, 45, 55, 56)


@dataclass
class Town:
    """一个区县：一家企业、一位群众、窗口、几个部门、事项管理员。"""

    firm: Actor
    other_firm: Actor
    citizen: Actor
    clerk: Actor
    officer: Actor
    outsider: Actor
    registrar: Actor
    bureau: Actor
    catalog: Actor

    def upload(self, owner: Actor) -> str:
        return str(files.store(BytesIO(PDF), "材料.pdf", owner_id=owner.account_id).id)

    def form(self, shape: ThemeShape, answers: dict, owner: Actor) -> dict:
        applicant = accounts.applicant(owner.account_id)
        return fill(shape.definition(answers), applicant, profile.prefill_source(applicant), random.Random(1))  # noqa: S311

    def submit(self, code: str, answers: dict | None = None, *, actor: Actor | None = None, key: str = "k1", **extra) -> Bundle:
        who = actor or self.firm
        shape = ThemeShape(selectors.theme(code))
        full = shape.answers(answers or {})
        file_id = self.upload(who)
        materials = {row.code: cases.MaterialInput(row.code, [file_id]) for row in shape.trim(full).materials if not row.can_share}
        command = BundleCommand(shape.view, self.form(shape, full, who), materials, full, "2", key, **extra)
        return submit(command, actor=who)


@pytest.fixture
def town(db) -> Town:
    """只有“开餐饮店”用到的事项与主题。"""
    return build(lambda: seed_only(*RESTAURANT), "restaurant")


@pytest.fixture
def whole_town(db) -> Town:
    """全部事项与主题；装得慢，只给检查全部主题的测试用。"""
    return build(seed_items)


def build(items: Callable[[], object], *only: str) -> Town:
    calendars.seed(2025, 2028)
    organizations.seed_departments(departments())
    items()
    seed.install(*only)
    return Town(
        firm=people.make_enterprise(),
        other_firm=people.make_enterprise(),
        citizen=people.make_citizen("王建国"),
        clerk=people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="李敏"),
        officer=people.make_staff(Role.OFFICER, Role.LEADER, department="zwj", scope=Scope.DISTRICT, name="赵审批"),
        outsider=people.make_staff(Role.OFFICER, department="mzj", name="孙民政"),
        registrar=people.make_staff(Role.OFFICER, department="scjg", name="钱登记"),
        bureau=people.make_staff(Role.BUREAU, department="zwj", scope=Scope.DISTRICT, name="吴局"),
        catalog=people.make_staff(Role.CATALOG, department="zwj", scope=Scope.DISTRICT, name="郑事项"),
    )
