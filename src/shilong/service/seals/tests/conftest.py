"""印章测试的现场：两个部门的负责人、审批局两人、几位用章的人，一枚启用的章，一份有正文的 OFD。"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from shilong.foundation.documents.ofd.layout import OfdDocument, Page, Placed, Rect, TextBlock
from shilong.foundation.documents.ofd.signing import Stamp
from shilong.foundation.documents.ofd.writer import write
from shilong.identity import testing as people
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.cases.tests.conftest import item, world
from shilong.service.seals import services, testing
from shilong.service.seals.models import Application
from shilong.service.seals.services import GrantTerms

__all__ = ["item", "world"]
AT = [Stamp(1, 120, 200, 40, 40)]
REASON = "启用电子印章办理业务"


@dataclass
class Cast:
    """这些人。`officer` 有授权，`clerk` 没有。"""

    leader: Actor
    bureau: Actor
    bureau2: Actor
    outside: Actor
    officer: Actor
    clerk: Actor
    catalog: Actor
    auditor: Actor
    citizen: Actor


@pytest.fixture(autouse=True)
def own_pki(settings, tmp_path):
    """每个测试自己的签发机构，吊销互不相干；字形缓存沿用，免得每次重转。"""
    fonts = settings.DATA / "cache"
    fonts.mkdir(exist_ok=True)
    settings.DATA = tmp_path
    (tmp_path / "cache").symlink_to(fonts)


@pytest.fixture
def cast(db) -> Cast:
    return Cast(
        leader=people.make_staff(Role.LEADER, department="scjg", name="钱局长"),
        bureau=people.make_staff(Role.BUREAU, department="zwzx", scope=Scope.DISTRICT, name="吴监察"),
        bureau2=people.make_staff(Role.BUREAU, department="zwzx", scope=Scope.DISTRICT, name="郑监察"),
        outside=people.make_staff(Role.LEADER, department="wjw", name="周主任"),
        officer=people.make_staff(Role.OFFICER, department="scjg", name="赵审批"),
        clerk=people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT, name="李敏"),
        catalog=people.make_staff(Role.CATALOG, department="zwzx", scope=Scope.DISTRICT),
        auditor=people.make_staff(Role.AUDITOR, department="zwzx", scope=Scope.DISTRICT),
        citizen=people.make_citizen("王建国"),
    )


@pytest.fixture
def seal_no(cast) -> str:
    return testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau, to=[cast.officer])


def ofd(text: str = "准予行政许可决定书\n经审查，准予许可。", pages: int = 1) -> bytes:
    blocks = [TextBlock(text)] if text else [Rect(50, 50)]
    sheet = Page([Placed(30, 40, block, width=150) for block in blocks])
    return write(OfdDocument("决定书", timezone.now(), pages=[sheet] * pages))


@pytest.fixture
def blank() -> bytes:
    return ofd("")


@pytest.fixture
def stamp(seal_no, cast) -> Callable[..., bytes]:
    """`stamp(谁, ofd=…)`：用那枚章签一份。"""

    def sign(actor: Actor | None = None, document: bytes | None = None, **changes) -> bytes:
        arguments = {"seal_no": seal_no, "doc_type": "grant", "doc_id": "石龙准〔2026〕第1号", "stamps": AT} | changes
        return services.stamp(document or ofd(), actor=actor or cast.officer, **arguments)

    return sign


def filed(cast: Cast, kind: str = "11", **changes) -> str:
    return services.apply(kind=kind, department="scjg", actor=cast.leader, **({"reason": REASON} | changes))


def number_of(application: str) -> str:
    return Application.objects.values_list("seal__seal_no", flat=True).get(number=application)


def terms(**changes) -> GrantTerms:
    return GrantTerms(**({"doc_types": ["grant"], "until": timezone.now() + timedelta(days=30), "reason": "日常审批用章"} | changes))


def drop_trigger(table: str) -> None:
    """库管理员先卸掉触发器再改数据的情形；只有链能发现。"""
    with connection.cursor() as cursor:
        for kind in ("delete", "change"):
            target = f" ON seals_{table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER seals_{table}_no_{kind}{target}")
