"""丰桥的最小实现：下单、查单、取消、查路由、推送路由；可注入超时、重复、乱序、签名错。标准库，自己的 SQLite。"""

import argparse
import base64
import hashlib
import hmac
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

SKEW, MAX_BODY = 300, 1 << 20
BEIJING = timezone(timedelta(hours=8))  # 丰桥的时刻都是北京时间，不带时区
REMARKS = {
    "50": "顺丰速运 已收取快件",
    "30": "快件在【平顶山石龙营业点】完成分拣，准备发往【平顶山中转场】",
    "31": "快件到达【平顶山中转场】",
    "44": "快件交给快递员：虚构员，正在派送途中（联系电话：13000000099）",
    "33": "派件异常：收件人不在，约定再派",
    "70": "快件派送不成功：客户拒收",
    "648": "快件已退回，新单号为：SF9999999999999",
    "80": "已签收，签收人：本人，感谢使用顺丰",
}
SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, waybill TEXT UNIQUE, state TEXT, body TEXT, asked INTEGER DEFAULT 1, at TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS route (id INTEGER PRIMARY KEY, waybill TEXT, code TEXT, remark TEXT, place TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS request (id TEXT PRIMARY KEY, at INTEGER);
"""


def digest(text: str, timestamp: str, checkword: str) -> str:
    """数字签名：Base64(MD5(URL 编码(报文 + 时间戳 + 校验码)))。"""
    encoded = quote_plus(text + timestamp + checkword, safe="*").replace("~", "%7E")
    return base64.b64encode(hashlib.md5(encoded.encode(), usedforsecurity=False).digest()).decode()


class Fault(Exception):
    """网关层的失败，`code` 是 apiResultCode。"""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Failed(Exception):
    """业务层的失败，`code` 是 errorCode。"""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Store:
    """订单与路由。"""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.executescript(SCHEMA)

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._base.execute(sql, values).fetchall()

    def once(self, request_id: str) -> bool:
        """请求号第一次出现。"""
        with self._lock:
            self._base.execute("DELETE FROM request WHERE at < ?", (int(time.time()) - 2 * SKEW,))
            return self._base.execute("INSERT OR IGNORE INTO request VALUES (?, ?)", (request_id, int(time.time()))).rowcount == 1

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """下单；同一客户订单号再下，按 8016 拒绝，不会有第二个运单。"""
        number = str(body.get("orderId") or "")
        contacts = {row.get("contactType"): row for row in body.get("contactInfoList") or []}
        for kind, code in ((1, "1010"), (2, "1014")):
            row = contacts.get(kind) or {}
            if not number or not row.get("contact") or not (row.get("mobile") or row.get("tel")) or not row.get("address"):
                raise Failed(code, "收寄件人信息不完整")
        if "不派送" in contacts[2]["address"]:
            return {"orderId": number, "filterResult": 3, "waybillNoInfoList": []}
        with self._lock:
            held = self._base.execute("SELECT waybill, state FROM orders WHERE id = ?", (number,)).fetchone()
            if held is None:
                count = self._base.execute("SELECT count(*) FROM orders").fetchone()[0]
                waybill = f"SF{1000000000000 + count + 1}"
                self._base.execute(
                    "INSERT INTO orders (id, waybill, state, body) VALUES (?, ?, 'ordered', ?)", (number, waybill, json.dumps(body))
                )
            else:
                self._base.execute("UPDATE orders SET asked = asked + 1 WHERE id = ?", (number,))
        if held is not None:
            raise Failed("8016", "重复下单")
        return self.found(number)

    def found(self, number: str) -> dict[str, Any]:
        """查单。"""
        rows = self.run("SELECT waybill, state FROM orders WHERE id = ?", number)
        if not rows:
            raise Failed("6150", "找不到该订单")
        waybill, _ = rows[0]
        return {"orderId": number, "filterResult": 2, "waybillNoInfoList": [{"waybillType": 1, "waybillNo": waybill}]}

    def update(self, body: dict[str, Any]) -> dict[str, Any]:
        """取消（dealType=2）。揽收之后不能取消。"""
        number = str(body.get("orderId") or "")
        rows = self.run("SELECT waybill, state FROM orders WHERE id = ?", number)
        if not rows:
            raise Failed("8018", "未获取到订单信息")
        waybill, state = rows[0]
        if str(body.get("dealType", "1")) != "2":
            raise Failed("8252", "订单已确认")
        if state == "cancelled":
            raise Failed("8037", "已消单")
        if self.run("SELECT 1 FROM route WHERE waybill = ?", waybill):
            raise Failed("8019", "快件已揽收，不能取消")
        self.run("UPDATE orders SET state = 'cancelled' WHERE id = ?", number)
        return {"orderId": number, "waybillNoInfoList": [{"waybillType": 1, "waybillNo": waybill}], "resStatus": 2}

    def routes(self, body: dict[str, Any]) -> dict[str, Any]:
        """查路由，一次最多 10 个单号。"""
        numbers = body.get("trackingNumber")
        if not isinstance(numbers, list) or not 1 <= len(numbers) <= 10:
            raise Failed("6129", "单号不能为空，且不超过 10 个")
        return {"routeResps": [{"mailNo": number, "routes": [_query_row(row) for row in self.rows(str(number))]} for number in numbers]}

    def rows(self, waybill: str) -> list[tuple[Any, ...]]:
        return self.run("SELECT id, waybill, code, remark, place, at FROM route WHERE waybill = ? ORDER BY id", waybill)

    def advance(self, waybill: str, code: str, at: datetime, remark: str = "", place: str = "平顶山市") -> int:
        """添一条路由，返回编号。"""
        moment = f"{at:%Y-%m-%d %H:%M:%S}"
        sql = "INSERT INTO route (waybill, code, remark, place, at) VALUES (?, ?, ?, ?, ?)"
        self.run(sql, waybill, code, remark or REMARKS.get(code, "快件运输中"), place, moment)
        return int(self.run("SELECT max(id) FROM route")[0][0])


def _query_row(row: tuple[Any, ...]) -> dict[str, Any]:
    _, _, code, remark, place, at = row
    return {"acceptTime": at, "acceptAddress": place, "opCode": code, "remark": remark}


class Handler(BaseHTTPRequestHandler):
    """一个请求：`/std/service` 是丰桥网关，`/control/…` 是联调用的遥控。"""

    server: "Courier"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= MAX_BODY:
            self._answer(413, {"apiResultCode": "A1001", "apiErrorMsg": "报文太大"})
            return
        raw = self.rfile.read(length)
        if self.path.startswith("/control/"):
            self._answer(200, self.server.control(self.path.removeprefix("/control/"), json.loads(raw or b"{}")))
            return
        delay = self.server.faults.get("timeout", 0)
        form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        answer = self._serve(form)
        if delay:
            time.sleep(delay)  # 事情办了，应答迟迟不到：正是重复下单的来由
        if self.server.faults.get("drop"):
            self.close_connection = True
            return
        self._answer(200, answer)

    def _serve(self, form: dict[str, str]) -> dict[str, Any]:
        try:
            body = self._opened(form)
            service = self.server.services.get(form.get("serviceCode", ""))
            if service is None:
                raise Fault("A1004", "没有这个服务")
            result: dict[str, Any] = {"success": True, "errorCode": "S0000", "errorMsg": None, "msgData": service(body)}
        except Fault as fault:
            return {"apiResultCode": fault.code, "apiErrorMsg": str(fault), "apiResponseID": "", "apiResultData": ""}
        except Failed as failure:
            result = {"success": False, "errorCode": failure.code, "errorMsg": str(failure), "msgData": None}
        return {
            "apiResultCode": "A1000",
            "apiErrorMsg": "",
            "apiResponseID": form.get("requestID", ""),
            "apiResultData": json.dumps(result, ensure_ascii=False),
        }

    def _opened(self, form: dict[str, str]) -> dict[str, Any]:
        """校验顾客编码、时间戳、签名、请求号。"""
        if self.server.faults.get("down"):
            raise Fault("A1009", "目标服务不可达")
        missing = [name for name in ("partnerID", "requestID", "serviceCode", "timestamp", "msgData") if not form.get(name)]
        if missing or form["partnerID"] != self.server.partner:
            raise Fault("A1001", "必传参数不可为空")
        stamp = form["timestamp"]
        if not stamp.isdigit() or abs(time.time() - (int(stamp) / 1000 if len(stamp) > 11 else int(stamp))) > SKEW:
            raise Fault("A1002", "请求时效已过期")
        expected = digest(form["msgData"], stamp, self.server.checkword)
        if not hmac.compare_digest(expected.encode(), form.get("msgDigest", "").encode()):
            raise Fault("A1006", "数字签名无效")
        if not self.server.store.once(form["requestID"]):
            raise Fault("A1007", "重复请求")
        try:
            body = json.loads(form["msgData"])
        except ValueError as error:
            raise Fault("A1001", "msgData 不是有效的 JSON") from error
        return body if isinstance(body, dict) else {}

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """不记访问日志：报文里有个人信息。"""


class Courier(ThreadingHTTPServer):
    """丰桥。端口给 0 时由系统分配。`faults` 可注入：timeout（秒）、drop、down、repeat、shuffle、bad_signature。"""

    daemon_threads = True

    def __init__(self, port: int, store: Store, *, partner: str, checkword: str, push_url: str = "") -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store, self.partner, self.checkword, self.push_url = store, partner, checkword, push_url
        self.faults: dict[str, Any] = {}
        self.services = {
            "EXP_RECE_CREATE_ORDER": store.create,
            "EXP_RECE_SEARCH_ORDER_RESP": lambda body: store.found(str(body.get("orderId") or "")),
            "EXP_RECE_UPDATE_ORDER": store.update,
            "EXP_RECE_SEARCH_ROUTES": store.routes,
        }

    def advance(self, waybill: str, *codes: str, push: bool = True, minutes_ago: int = 0, remark: str = "") -> list[dict[str, Any]]:
        """推进轨迹：依次添几条，给了推送地址的推出去；返回每次推送的应答。"""
        start = datetime.now(BEIJING) - timedelta(minutes=minutes_ago)
        for step, code in enumerate(codes):
            self.store.advance(waybill, code, start + timedelta(seconds=step), remark)
        if not push or not self.push_url:
            return []
        rows = self.store.rows(waybill)[-len(codes) :]
        if self.faults.get("shuffle"):
            rows = rows[::-1]
        answers = [self.push([row]) for row in rows]
        return answers + ([self.push(rows)] if self.faults.get("repeat") else [])

    def push(self, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
        """推送一批路由，返回对方的应答。"""
        body = json.dumps({"Body": {"WaybillRoute": [self._push_row(row) for row in rows]}}, ensure_ascii=False).encode()
        stamp = str(int(time.time() * 1000))
        checkword = "错的校验码" if self.faults.get("bad_signature") else self.checkword
        query = urlencode({"timestamp": stamp, "msgDigest": digest(body.decode(), stamp, checkword)})
        request = urllib.request.Request(  # noqa: S310 联调地址由使用者给出
            f"{self.push_url}?{query}", body, {"Content-Type": "application/json;charset=UTF-8"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
                return dict(json.loads(response.read()))
        except urllib.error.HTTPError as error:
            return dict(json.loads(error.read()))

    def _push_row(self, row: tuple[Any, ...]) -> dict[str, Any]:
        number, waybill, code, remark, place, at = row
        order = self.store.run("SELECT id FROM orders WHERE waybill = ?", waybill)
        return {
            "id": str(number),
            "mailno": waybill,
            "orderid": order[0][0] if order else "",
            "acceptTime": at,
            "acceptAddress": place,
            "remark": remark,
            "opCode": code,
            "reasonCode": "",
            "reasonName": "",
        }

    def control(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """遥控：`advance` 推进轨迹，`faults` 注入故障，`orders` 列出订单。"""
        if name == "advance":
            return {
                "pushed": self.advance(str(body["waybill"]), *[str(code) for code in body["codes"]], remark=str(body.get("remark", "")))
            }
        if name == "faults":
            self.faults = dict(body)
            return {"faults": self.faults}
        return {"orders": [list(row) for row in self.store.run("SELECT id, waybill, state, asked FROM orders ORDER BY at DESC LIMIT 50")]}


def main() -> None:
    parser = argparse.ArgumentParser(description="丰桥（联调用）")
    parser.add_argument("--port", type=int, default=9302)
    parser.add_argument("--database", default="courier.sqlite3", type=Path)
    parser.add_argument("--partner", default="shilong")
    parser.add_argument("--checkword", required=True)
    parser.add_argument("--push-url", default="", help="如 http://127.0.0.1:8000/api/v1/delivery/push/courier_sf/推送口令")
    arguments = parser.parse_args()
    courier = Courier(
        arguments.port,
        Store(str(arguments.database)),
        partner=arguments.partner,
        checkword=arguments.checkword,
        push_url=arguments.push_url,
    )
    print(f"http://127.0.0.1:{courier.server_port}/std/service", flush=True)
    courier.serve_forever()


if __name__ == "__main__":
    main()
