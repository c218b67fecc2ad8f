"""市场监管登记系统的最小实现：按统一社会信用代码答企业信息，并向区平台推送双告知。标准库。"""

import argparse
import hashlib
import hmac
import json
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SKEW, MAX_BODY = 300, 1 << 16


class Handler(BaseHTTPRequestHandler):
    """一个请求：验签、查一家。"""

    server: "Registry"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(min(length, MAX_BODY))
        if not self._signed(raw):
            return self._answer(401, {"code": 401, "message": "签名不对"})
        if self.path == "/ping":
            return self._answer(200, {"code": 0})
        if self.path != "/enterprises/query":
            return self._answer(404, {"code": 404, "message": "没有这个接口"})
        found = self.server.rows.get(str(json.loads(raw or b"{}").get("uscc", "")))
        return self._answer(200, {"code": 0, "data": found})

    def _signed(self, raw: bytes) -> bool:
        app, stamp, nonce = (self.headers.get(name, "") for name in ("X-App", "X-Timestamp", "X-Nonce"))
        if app != self.server.app or not stamp.isdigit() or abs(time.time() - int(stamp)) > SKEW:
            return False
        text = "\n".join(("POST", self.path, stamp, nonce, hashlib.new("sm3", raw).hexdigest()))
        expected = hmac.new(self.server.secret, text.encode(), "sm3").hexdigest()
        return hmac.compare_digest(expected, self.headers.get("X-Signature", ""))

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """不记访问日志：报文里有企业信息。"""


class Registry(ThreadingHTTPServer):
    """登记系统。端口给 0 时由系统分配。"""

    daemon_threads = True

    def __init__(self, port: int, rows: list[dict[str, Any]], *, app: str, secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.rows = {str(row["uscc"]): row for row in rows}
        self.app, self.secret = app, secret.encode()


def push(platform: str, token: str, batch: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """把一批登记信息推给区平台，返回它的应答（坏行的行号与原因）。"""
    body = json.dumps({"source": "gongshang", "batch_no": batch, "rows": rows}, ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310 地址由操作的人给
        platform.rstrip("/") + "/api/v1/double-notices",
        body,
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return dict(json.load(answer))


def main() -> None:
    parser = argparse.ArgumentParser(description="市场监管登记系统（联调用）")
    parser.add_argument("--rows", required=True, type=Path, help="企业列表，JSON 数组：name uscc scope registered_on …")
    parser.add_argument("--port", type=int, default=9302)
    parser.add_argument("--app", default="shilong")
    parser.add_argument("--secret", default="")
    parser.add_argument("--push", default="", help="区平台地址；给出就推送一批后退出")
    parser.add_argument("--token", default="")
    parser.add_argument("--batch", default="")
    arguments = parser.parse_args()
    rows = json.loads(arguments.rows.read_text(encoding="utf-8"))
    if arguments.push:
        print(json.dumps(push(arguments.push, arguments.token, arguments.batch, rows), ensure_ascii=False, indent=1))
        return
    registry = Registry(arguments.port, rows, app=arguments.app, secret=arguments.secret)
    print(f"http://127.0.0.1:{registry.server_port}", flush=True)
    registry.serve_forever()


if __name__ == "__main__":
    main()
