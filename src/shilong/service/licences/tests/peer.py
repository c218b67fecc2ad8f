"""市级平台的对端：能停、能在同一端口再起来，库不变。"""

import sqlite3
import sys
import threading
from pathlib import Path

from shilong.foundation.adapters import services as adapters
from shilong.identity.roles.actor import SYSTEM
from shilong.service.licences import city

sys.path.insert(0, str(Path(__file__).resolve().parents[5] / "examples"))
from city_licence_platform.server import City, Store

SECRET = "市级平台联调密钥"


class Peer:
    """起在空闲端口上的市级平台。"""

    def __init__(self, path: Path) -> None:
        self.path, self.port = path, 0
        self.start()

    def start(self) -> None:
        self.server = City(self.port, Store(str(self.path)), app="shilong", secret=SECRET)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def rows(self, sql: str) -> list[tuple]:
        with sqlite3.connect(self.path) as base:
            return base.execute(sql).fetchall()

    @property
    def config(self) -> dict[str, str]:
        return {"url": f"http://127.0.0.1:{self.port}", "app": "shilong", "secret": SECRET}

    def connect(self) -> "Peer":
        adapters.configure(city.KEY, self.config, enabled=True, actor=SYSTEM)
        return self
