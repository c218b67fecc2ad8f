"""材料库测试的现场：一位持有人、一个陌生人、窗口与审批。"""

import io
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from PIL import Image

from shilong.identity import testing as people
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.catalog.testing import seed_items
from shilong.service.library import services


@dataclass
class Desk:
    holder: Actor
    stranger: Actor
    clerk: Actor
    other_clerk: Actor
    auditor: Actor

    def add(self, kind="proof", name="毕业证书", color="white", actor=None, **details):
        """存一份，返回编号。"""
        uploads = [("第1页.png", picture(color))]
        return services.add(kind, services.Details(name=name, **details), uploads, actor=actor or self.holder)


def picture(color="white", size=(60, 80)) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


@pytest.fixture
def desk(db) -> Desk:
    cache.clear()
    for key in ("rsj", "scjg", "wjw", "zwj"):
        people.make_department(key)
    seed_items(18)
    return Desk(
        holder=people.make_citizen("测试甲", username="holder"),
        stranger=people.make_citizen("测试乙", username="stranger"),
        clerk=people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="李敏", username="clerk"),
        other_clerk=people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="王静", username="clerk2"),
        auditor=people.make_staff(Role.AUDITOR, department="zwj", scope=Scope.DISTRICT, name="审计", username="auditor"),
    )
