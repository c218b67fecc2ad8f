"""证照测试的公共现场：真实的事项、申请表、印章、人，走真实办件引擎。"""

from dataclasses import dataclass
from io import BytesIO

import pytest

from shilong.foundation.calendar import services as calendars
from shilong.foundation.files import services as files
from shilong.foundation.jobs.services import run_pending
from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.identity.organizations import services as organizations
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.cases import testing as cases
from shilong.service.cases.rules import Action
from shilong.service.cases.tests.conftest import PDF
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.seed.contents import departments
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.forms.seed import seed_forms
from shilong.service.licences import seed
from shilong.service.licences.models import Licence, LicenceType
from shilong.service.licences.rules.states import State
from shilong.service.seals.testing import make_seal

HYGIENE, NURSE_CHANGE, CLOSING, WEDDING, UNEMPLOYED = CODES[1], CODES[5], CODES[14], CODES[31], CODES[17]


@dataclass
class Hall:
    """卫健委一角：两位持证人、审批、负责人、别的部门、审批局。"""

    holder: Actor
    stranger: Actor
    officer: Actor
    leader: Actor
    outsider: Actor
    outside_leader: Actor
    clerk: Actor
    bureau: Actor
    catalog: Actor
    sealed: str = ""

    @property
    def kind(self) -> LicenceType:
        return LicenceType.objects.get(name="公共场所卫生许可证")

    def grant_case(self, item: str = HYGIENE, actor: Actor | None = None, **kwargs) -> str:
        """一件准予的办件，事件已处理完；返回办件编号。"""
        owner = actor or self.holder
        who = owner if catalog.item(item).is_online else self.clerk
        if who is self.clerk:
            kwargs |= {"applicant": accounts.applicant(owner.account_id), "channel": "3"}
        file_id = str(files.store(BytesIO(PDF), "材料.pdf", owner_id=who.account_id).id)
        case_no = cases.submit_case(item, actor=who, file_ids=[file_id], **kwargs).case_no
        decide(case_no)
        run_pending()
        return case_no

    def draft(self, **kwargs) -> Licence:
        """一张待签发的卫生许可证。"""
        return Licence.objects.get(case_no=self.grant_case(**kwargs), state=State.DRAFT)


def decide(case_no: str, result: str = "grant") -> None:
    """从收件走到决定；审查几轮由事项的方案定。"""
    view = cases.drive(case_no, Action.RECEIVE, (Action.ACCEPT, {"present": True}))
    while any(task.stage == "review" for task in view.open_tasks):
        view = cases.drive(case_no, Action.REVIEW)
    cases.drive(case_no, (Action.DECIDE, {"result": result, "opinion": "符合法定条件" if result == "grant" else "不符合卫生标准"}))


@pytest.fixture
def hall(db) -> Hall:
    calendars.seed(2025, 2028)
    organizations.seed_departments(departments())
    seed_forms()
    seed_items()
    seed.install()
    return build()


def build() -> Hall:
    made = Hall(
        holder=people.make_citizen("测试甲", username="holder"),
        stranger=people.make_citizen("测试乙", username="stranger"),
        officer=people.make_staff(Role.OFFICER, department="wjw", name="张科员", username="health"),
        leader=people.make_staff(Role.LEADER, department="wjw", name="陈主任", username="chief"),
        outsider=people.make_staff(Role.OFFICER, department="scjg", name="周科员", username="market"),
        outside_leader=people.make_staff(Role.LEADER, department="scjg", name="钱局长", username="boss"),
        clerk=people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="李敏", username="clerk"),
        bureau=people.make_staff(Role.BUREAU, department="zwj", scope=Scope.DISTRICT, name="审批局", username="bureau"),
        catalog=people.make_staff(Role.CATALOG, department="zwj", scope=Scope.DISTRICT, name="事项员", username="catalog"),
    )
    made.sealed = make_seal("wjw", "11", leader=made.leader, bureau=made.bureau, to=[made.leader])
    return made
