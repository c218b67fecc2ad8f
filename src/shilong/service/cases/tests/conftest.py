"""办件测试的公共现场：真实的事项、人、文件，走真实引擎。"""

from dataclasses import dataclass
from io import BytesIO

import pytest

from shilong.foundation.calendar import services as calendars
from shilong.foundation.files import services as files
from shilong.identity import testing as people
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.cases import testing
from shilong.service.catalog.testing import make_item
from shilong.service.forms import defaults
from shilong.service.forms import services as form_services

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

ONE_ROUND = {
    "rounds": [
        {"name": "审查", "mode": "all", "tasks": [{"key": "r1", "name": "业务审查", "department": "scjg", "role": "officer", "days": 3}]}
    ],
    "decision": {"name": "决定", "department": "scjg", "role": "officer", "days": 1},
}


@dataclass
class World:
    """一个最小的区县：一位群众、一个窗口、两个部门的人。"""

    citizen: Actor
    other_citizen: Actor
    clerk: Actor
    officer: Actor
    leader: Actor
    outsider: Actor  # 另一个部门的审批人员
    outside_leader: Actor
    bureau: Actor
    file_id: str
    item_code: str

    def submit(self, **kwargs):
        kwargs.setdefault("actor", self.citizen)
        kwargs.setdefault("file_ids", [self.file_id])
        return testing.submit_case(kwargs.pop("item_code", self.item_code), **kwargs)


def upload(owner: Actor) -> str:
    """上传一份最小的 PDF。"""
    return str(files.store(BytesIO(PDF), "材料.pdf", owner_id=owner.account_id).id)


@pytest.fixture
def item(db):
    """造事项：`item(seq=8, review_plan=…)` 返回编码，并发布标准申请表。"""

    def build(seq: int = 8, **overrides) -> str:
        overrides.setdefault("review_plan", ONE_ROUND)
        overrides.setdefault("department", "scjg")
        view = make_item(seq, **overrides)
        form_services.install(view.form_code, "标准申请表", defaults.standard_form(view.type, view.server_types))
        return view.code

    return build


@pytest.fixture
def world(db, item) -> World:
    calendars.seed(2025, 2027)
    citizen = people.make_citizen("王建国")
    return World(
        citizen=citizen,
        other_citizen=people.make_citizen("李小红"),
        clerk=people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT, name="李敏"),
        officer=people.make_staff(Role.OFFICER, department="scjg", name="赵审批"),
        leader=people.make_staff(Role.LEADER, department="scjg", name="钱局长"),
        outsider=people.make_staff(Role.OFFICER, department="wjw", name="孙卫健"),
        outside_leader=people.make_staff(Role.LEADER, department="wjw", name="周主任"),
        bureau=people.make_staff(Role.BUREAU, department="zwzx", scope=Scope.DISTRICT, name="吴监察"),
        file_id=upload(citizen),
        item_code=item(),
    )
