"""接力测试的现场：一份电脑上开着的申报、一个窗口的代填，和一台手机。"""

import io
from dataclasses import dataclass, field

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from PIL import Image, ImageDraw

from shilong.identity import testing as people
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.cases.testing import sample_form
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.handoff import services
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials

HYGIENE = CODES[1]


def photo(shift: int = 0) -> io.BytesIO:
    """暗台面上斜放的一张白纸；`shift` 不同内容就不同。"""
    image = Image.new("RGB", (640, 480), "#33383e")
    ImageDraw.Draw(image).polygon([(120 + shift, 60), (520, 40), (560, 430), (90, 440)], fill="#f5f3ec")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    buffer.seek(0)
    return buffer


def strokes(count: int = 24) -> list:
    return [[{"x": 10 + n * 6, "y": 40 + (n % 5) * 9, "time": 1764000000000 + n * 16, "pressure": 0.5} for n in range(count)]]


def session_of(actor: Actor) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(actor.account_id)
    store.create()
    return store.session_key


@dataclass
class Relay:
    citizen: Actor
    stranger: Actor
    clerk: Actor
    draft: str
    code: str
    session: str
    item: str = field(default=HYGIENE)

    def ticket(self, kind="photo", actor=None, **kwargs):
        code = self.code if kind == "photo" else ""
        return services.create(kind, self.draft, actor=actor or self.citizen, session_key=self.session, material_code=code, **kwargs)

    def phone(self, kind="photo"):
        """已打开的手机：（编号, 凭据）。"""
        return services.claim(self.ticket(kind).token, user_agent="虚构手机", ip="10.0.0.9")

    def files(self):
        return drafts.draft(self.draft, self.citizen).material(self.code).files


@pytest.fixture
def relay(db) -> Relay:
    cache.clear()
    for key in ("wjw", "xfd", "zwj"):
        people.make_department(key)
    seed_items(34)
    citizen = people.make_citizen("测试甲", username="applicant")
    view = materials.open_draft(HYGIENE, actor=citizen, channel="1")
    materials.save_form(view.id, sample_form(HYGIENE), actor=citizen, version=view.version)
    code = next(row.view.code for row in view.materials if row.state == "todo")
    return Relay(
        citizen=citizen,
        stranger=people.make_citizen("测试乙"),
        clerk=people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="李敏"),
        draft=view.id,
        code=code,
        session=session_of(citizen),
    )
