"""市级电子证照平台的最小实现：归集、查询、获取、核验。标准库，自己的 SQLite。"""

import argparse
import hashlib
import hmac
import json
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

REQUIRED = (
    *("request_id", "certificate_type", "certificate_type_code", "certificate_name", "certificate_number", "certificate_source_id"),
    *("certificate_holder", "certificate_holder_code", "certificate_area_code", "issue_dept", "issue_dept_code", "issue_date", "status"),
)
SKEW, MAX_BODY, MAX_CAUSE = 300, 1 << 20, 200
SCHEMA = """
CREATE TABLE IF NOT EXISTS request (id TEXT PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS licence (
    identifier TEXT PRIMARY KEY, holder_code TEXT, type_code TEXT, number TEXT, status TEXT, digest TEXT, sequence INTEGER, body TEXT
);
CREATE INDEX IF NOT EXISTS licence_holder ON licence (holder_code);
CREATE TABLE IF NOT EXISTS use_log (
    id INTEGER PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP, app TEXT, action TEXT, target TEXT, cause TEXT
);
CREATE TABLE IF NOT EXISTS nonce (value TEXT PRIMARY KEY, at INTEGER);
"""


class Refused(Exception):
    """拒绝，带 HTTP 状态码。"""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Store:
    """归集库。"""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.executescript(SCHEMA)

    def once(self, nonce: str) -> bool:
        """随机数第一次出现。"""
        with self._lock:
            self._base.execute("DELETE FROM nonce WHERE at < ?", (int(time.time()) - 2 * SKEW,))
            return self._base.execute("INSERT OR IGNORE INTO nonce VALUES (?, ?)", (nonce, int(time.time()))).rowcount == 1

    def receive(self, row: dict[str, Any]) -> dict[str, Any]:
        """收一条归集；重复的认作已收。"""
        missing = [name for name in REQUIRED if not row.get(name)]
        if missing:
            return {"code": 1, "message": f"缺少必填项：{'、'.join(missing)}"}
        with self._lock:
            fresh = self._base.execute("INSERT OR IGNORE INTO request (id) VALUES (?)", (str(row["request_id"]),)).rowcount == 1
            if fresh:
                self._keep(row)
        return {"code": 0, "duplicate": not fresh}

    def _keep(self, row: dict[str, Any]) -> None:
        values = (
            row["certificate_source_id"],
            row["certificate_holder_code"],
            row["certificate_type_code"],
            row["certificate_number"],
            row["status"],
            row.get("file_digest", ""),
            int(row.get("sequence") or 0),
            json.dumps(row, ensure_ascii=False),
        )
        self._base.execute(
            "INSERT INTO licence VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (identifier) DO UPDATE SET holder_code=excluded.holder_code,"
            " type_code=excluded.type_code, number=excluded.number, status=excluded.status, digest=excluded.digest,"
            " sequence=excluded.sequence, body=excluded.body WHERE excluded.sequence >= licence.sequence",
            values,
        )

    def query(self, app: str, body: dict[str, Any]) -> dict[str, Any]:
        """按主体查，只给目录字段。"""
        self._used(app, "query", str(body.get("holderCode", "")), body)
        sql, values = "SELECT body FROM licence WHERE holder_code = ?", [str(body.get("holderCode", ""))]
        for name, column in (("certTypeCode", "type_code"), ("certNo", "number")):
            if body.get(name):
                sql += f" AND {column} = ?"
                values.append(str(body[name]))
        with self._lock:
            rows = self._base.execute(sql + " LIMIT 100", values).fetchall()
        names = (
            "certificate_name",
            "certificate_type_code",
            "certificate_number",
            "certificate_source_id",
            "issue_dept",
            "issue_date",
            "status",
        )
        return {"code": 0, "data": [{name: one.get(name) for name in names} for one in (json.loads(row[0]) for row in rows)]}

    def fetch(self, app: str, body: dict[str, Any]) -> dict[str, Any]:
        """取一张的全部要素。"""
        self._used(app, "fetch", str(body.get("certIdentifier", "")), body)
        found = self._one(body)
        return {"code": 0, "data": json.loads(found[1]) if found else None}

    def verify(self, body: dict[str, Any]) -> dict[str, Any]:
        """核验。"""
        found = self._one(body)
        if found is None:
            return {"code": 0, "data": {"found": False}}
        same = not body.get("fileDigest") or body["fileDigest"] == found[2]
        return {"code": 0, "data": {"found": True, "status": found[0], "fileMatches": same}}

    def _one(self, body: dict[str, Any]) -> tuple[str, str, str] | None:
        with self._lock:
            return self._base.execute(
                "SELECT status, body, digest FROM licence WHERE identifier = ?", (str(body.get("certIdentifier", "")),)
            ).fetchone()

    def _used(self, app: str, action: str, target: str, body: dict[str, Any]) -> None:
        cause = str(body.get("useCause", "")).strip()
        if not cause or len(cause) > MAX_CAUSE:
            raise Refused(422, "useCause 必填，不超过 200 字")
        hidden = hashlib.new("sm3", target.encode()).hexdigest()[:16]
        with self._lock:
            self._base.execute("INSERT INTO use_log (app, action, target, cause) VALUES (?,?,?,?)", (app, action, hidden, cause))


class Handler(BaseHTTPRequestHandler):
    """一个请求。"""

    server: "City"

    def do_POST(self) -> None:
        try:
            self._answer(200, self._route(self._body()))
        except Refused as refusal:
            self._answer(refusal.status, {"code": refusal.status, "message": str(refusal)})

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= MAX_BODY:
            raise Refused(413, "报文太大")
        return self.rfile.read(length)

    def _route(self, raw: bytes) -> dict[str, Any]:
        app = self._signed(raw)
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            raise Refused(400, "不是有效的 JSON") from error
        if not isinstance(body, dict):
            raise Refused(400, "报文应是一个对象")
        store = self.server.store
        routes = {
            "/ping": lambda: {"code": 0},
            "/up_lic_data": lambda: store.receive(body),
            "/licences/query": lambda: store.query(app, body),
            "/licences/fetch": lambda: store.fetch(app, body),
            "/licences/verify": lambda: store.verify(body),
        }
        if self.path not in routes:
            raise Refused(404, "没有这个接口")
        return routes[self.path]()

    def _signed(self, raw: bytes) -> str:
        app, stamp, nonce = (self.headers.get(name, "") for name in ("X-App", "X-Timestamp", "X-Nonce"))
        if app != self.server.app or not stamp.isdigit() or abs(time.time() - int(stamp)) > SKEW:
            raise Refused(401, "应用标识或时间戳不对")
        text = "\n".join(("POST", self.path, stamp, nonce, hashlib.new("sm3", raw).hexdigest()))
        expected = hmac.new(self.server.secret, text.encode(), "sm3").hexdigest()
        if not hmac.compare_digest(expected, self.headers.get("X-Signature", "")):
            raise Refused(401, "签名不对")
        if not self.server.store.once(nonce):
            raise Refused(401, "请求重放")
        return app

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """不记访问日志：报文里有个人信息。"""


class City(ThreadingHTTPServer):
    """市平台。端口给 0 时由系统分配。"""

    daemon_threads = True

    def __init__(self, port: int, store: Store, *, app: str, secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store, self.app, self.secret = store, app, secret.encode()


def main() -> None:
    parser = argparse.ArgumentParser(description="市级电子证照平台（联调用）")
    parser.add_argument("--port", type=int, default=9301)
    parser.add_argument("--database", default="city.sqlite3", type=Path)
    parser.add_argument("--app", default="shilong")
    parser.add_argument("--secret", required=True)
    arguments = parser.parse_args()
    city = City(arguments.port, Store(str(arguments.database)), app=arguments.app, secret=arguments.secret)
    print(f"http://127.0.0.1:{city.server_port}", flush=True)
    city.serve_forever()


if __name__ == "__main__":
    main()
