"""寄递测试的公共现场：真实的事项与办件引擎，丰桥对端走真实协议。"""

import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from shilong.foundation.adapters import services as registry
from shilong.foundation.jobs.services import run_pending
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.cases import selectors as cases
from shilong.service.cases.rules import Action
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.conftest import World, item, world  # noqa: F401 测试固件
from shilong.service.delivery import services
from shilong.service.delivery.adapters.base import Route
from shilong.service.delivery.models import Shipment
from shilong.service.delivery.rules.states import Kind, Move
from shilong.service.delivery.testing import ADDRESS

sys.path.insert(0, str(Path(__file__).resolve().parents[5] / "examples"))
from courier.server import Courier, Store

CHECKWORD, PARTNER, TOKEN = "联调校验码~*", "shilong", "push-token-0123456789"


@dataclass
class Post:
    """寄递台一角。"""

    world: World

    def address(self, actor: Actor | None = None, **changes: str) -> str:
        return str(services.add_address({**ADDRESS, **changes}, actor=actor or self.world.citizen))

    def case(self, way: str = "courier", **kwargs) -> str:
        """一件刚提交、选好领取方式的办件。"""
        case_no = self.world.submit(**kwargs).case_no
        if way:
            services.choose(case_no, way, uid=self.address() if way == "courier" else "", actor=self.world.citizen)
        return case_no

    def decided(self, way: str = "courier", result: str = "grant") -> str:
        """一件已作出决定的办件，事件已处理完。"""
        case_no = self.case(way)
        decide = (Action.DECIDE, {"result": result, "opinion": "意见"})
        drive(case_no, Action.RECEIVE, (Action.ACCEPT, {"present": True}), Action.REVIEW, decide)
        run_pending()
        return case_no

    def shipment(self, case_no: str, kind: Kind = Kind.RESULT) -> Shipment:
        return Shipment.objects.filter(case_no=case_no, kind=kind).latest("pk")

    def place(self, number: str, courier: str = "courier_sf", *, actor: Actor | None = None, **extra) -> Shipment:
        """打包核对并下单；作业已处理完。"""
        row = Shipment.objects.get(number=number)
        values = {"version": row.version, "courier": courier, "pays": "free", "packed": [one["name"] for one in row.contents], **extra}
        services.place(number, actor=actor or self.world.clerk, **values)
        run_pending()
        row.refresh_from_db()
        return row

    def status(self, case_no: str) -> str:
        return cases.case(case_no, actor=SYSTEM).status


def route(move: Move, at: datetime | None = None, remark: str = "", code: str = "") -> Route:
    return Route(move, at or timezone.now(), code, "平顶山市", remark)


class Peer:
    """丰桥对端：能停、能在同一端口再起来，库不变；推送直接进测试客户端。"""

    def __init__(self, path: Path) -> None:
        self.path, self.port = path, 0
        self.start()

    def start(self) -> None:
        self.server = Courier(self.port, Store(str(self.path)), partner=PARTNER, checkword=CHECKWORD, push_url="http://push")
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/std/service"

    def config(self, **changes: str) -> dict[str, str]:
        values = {"url": self.url, "partner": PARTNER, "checkword": CHECKWORD, "push_token": TOKEN}
        return {**values, **changes}


@pytest.fixture
def post(world) -> Post:  # noqa: F811
    return Post(world)


@pytest.fixture
def peer(tmp_path):
    made = Peer(tmp_path / "courier.sqlite3")
    yield made
    made.stop()


@pytest.fixture
def sf(peer, post, monkeypatch) -> Peer:
    """启用了的顺丰。推送不走网络：测试库的事务别的线程看不见。"""
    registry.configure("courier_sf", peer.config(), enabled=True, actor=SYSTEM)

    def deliver(request, timeout):
        query = request.full_url.partition("?")[2]
        response = Client().post(f"/api/v1/delivery/push/courier_sf/{TOKEN}?{query}", request.data, content_type="application/json")
        return _Answer(response.content)

    monkeypatch.setattr("courier.server.urllib.request.urlopen", deliver)
    return peer


class _Answer:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None

    def read(self) -> bytes:
        return self.content
