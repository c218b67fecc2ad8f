"""顺丰速运（丰桥开放平台）。

报文按公开资料：POST 表单 partnerID、requestID、serviceCode、timestamp、msgDigest、msgData；
msgDigest = Base64(MD5(URL 编码(msgData + timestamp + 校验码)))；应答 apiResultCode=A1000 是网关成功，
apiResultData 里 success 与 errorCode=S0000 才是业务成功。路由推送 RoutePushService：JSON，一次最多 10 条，应答 return_code=0000。
"""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import quote_plus

import httpx
from django.utils import timezone

from shilong.foundation.adapters.base import Setting
from shilong.service.delivery.adapters.base import HALL_SETTINGS, Declined, Notice, NotTheirs, Order, Push, Route, Unreachable
from shilong.service.delivery.refusals import PushInvalid, PushRefused
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import Move, Pays

TIMEOUT = 10.0
SKEW = 300  # 秒：推送时间戳与本机相差超过这些，当作重放
MOST_ROUTES = 50  # 约定一次最多 10 条，放宽
OK, DONE = "A1000", "S0000"
DUPLICATE = "8016"  # 重复下单：同一客户订单号已经下过
UNKNOWN = frozenset({"8018", "6150"})  # 没有这份订单
ALREADY_CANCELLED = frozenset({"8037", "8253"})
# 网关层：过期、流量受控、重复请求、目标服务异常、系统异常，过一会儿再试。
RETRYABLE = frozenset({"A1002", "A1005", "A1007", "A1009", "A1099"})
GATEWAY = {"A1001": "必填参数为空", "A1003": "本机地址不在白名单", "A1004": "没有开通这个接口", "A1006": "签名不对", "A1011": "令牌失效"}
PAY_METHODS = {Pays.SENDER: 1, Pays.RECEIVER: 2, Pays.FREE: 1}  # 免费的由大厅寄付

# 路由操作码。只列能说明进展的，其余一律按运输中；8000（可看签收人）只是附加信息。
MOVES = {
    **dict.fromkeys(("43", "50", "54", "607"), Move.PICKED),
    **dict.fromkeys(("44", "123", "125", "130", "204"), Move.DELIVERING),
    **dict.fromkeys(("33", "70"), Move.FAILED),
    **dict.fromkeys(("631", "648"), Move.RETURNED),
    "80": Move.SIGNED,
    "8000": Move.INFO,
    "135": Move.INFO,
}


def digest(text: str, timestamp: str, checkword: str) -> str:
    """数字签名。URL 编码按 Java 的 URLEncoder：空格为 +，`*` 不编码，`~` 编码。"""
    encoded = quote_plus(text + timestamp + checkword, safe="*").replace("~", "%7E")
    return base64.b64encode(hashlib.md5(encoded.encode(), usedforsecurity=False).digest()).decode()


class SF:
    """顺丰丰桥。"""

    key = "courier_sf"
    name = "顺丰速运"
    online = True
    schema = (
        Setting(
            "url",
            "接口地址",
            required=True,
            kind="url",
            help="生产 https://bspgw.sf-express.com/std/service，沙箱 https://sfapi-sbox.sf-express.com/std/service",
        ),
        Setting("partner", "顾客编码", required=True),
        Setting("checkword", "校验码", required=True, secret=True),
        Setting("monthly_card", "月结卡号", help="寄付月结用，10 位数字"),
        Setting("product", "快件产品类别", help="与顺丰约定的产品编码，不填为 2（顺丰标快）"),
        Setting("push_token", "推送口令", required=True, secret=True, help="推送地址的最后一段，至少 16 个字符"),
        Setting("push_trust", "推送内容", choices={"signed": "带签名，直接采用", "notice": "不带签名，只当提醒再查询核实"}),
        *HALL_SETTINGS,
    )

    def check_config(self, config: Mapping[str, Any]) -> str:
        """查一个不存在的单号：签名被认、接口开通就是 ok。"""
        missing = [one.label for one in self.schema if one.required and not config.get(one.name)]
        if missing:
            return f"没有填写：{'、'.join(missing)}"
        if len(str(config["push_token"])) < 16:
            return "推送口令至少 16 个字符"
        try:
            self.routes(config, ["SF0000000000000"])
        except Unreachable as error:
            return str(error)
        except Declined as error:
            return f"顺丰不接受：{error}"
        except (httpx.InvalidURL, UnicodeError, ValueError):
            return "接口地址写得不对，应为 http(s):// 开头的完整网址"
        return "ok"

    def place(self, config: Mapping[str, Any], order: Order) -> str:
        body: dict[str, Any] = {
            "language": "zh-CN",
            "orderId": order.number,
            "cargoDetails": [{"name": name[:60], "count": 1, "unit": "份"} for name in order.goods],
            "contactInfoList": [_contact(order.sender, 1), _contact(order.receiver, 2)],
            "expressTypeId": int(config.get("product") or 2),
            "payMethod": PAY_METHODS[Pays(order.pays)],
            "isGenWaybillNo": 1,
            "isReturnRoutelabel": 1,
            "parcelQty": 1,
            "remark": order.remark[:100],
        }
        if config.get("monthly_card") and order.pays != Pays.RECEIVER:
            body["monthlyCard"] = config["monthly_card"]
        if order.slot_start:
            body |= {"isDocall": 1, "sendStartTm": f"{timezone.localtime(order.slot_start):%Y-%m-%d %H:%M:%S}"}
        try:
            answer = self._call(config, "EXP_RECE_CREATE_ORDER", body)
        except _Business as error:
            if error.code != DUPLICATE:
                raise Declined(str(error)) from None
            answer = self._find(config, order.number)
        return _waybill(answer)

    def _find(self, config: Mapping[str, Any], number: str) -> Mapping[str, Any]:
        """上次下单成功、应答丢了：把那一单查回来。"""
        try:
            return self._call(config, "EXP_RECE_SEARCH_ORDER_RESP", {"searchType": "1", "orderId": number, "language": "zh-CN"})
        except _Business as error:
            raise Declined(str(error)) from None

    def cancel(self, config: Mapping[str, Any], number: str, waybill_no: str) -> None:
        waybills = [{"waybillType": 1, "waybillNo": waybill_no}] if waybill_no else []
        try:
            self._call(config, "EXP_RECE_UPDATE_ORDER", {"orderId": number, "dealType": 2, "waybillNoInfoList": waybills})
        except _Business as error:
            if error.code in ALREADY_CANCELLED:
                return
            if error.code in UNKNOWN:
                raise NotTheirs(str(error)) from None
            raise Declined(str(error)) from None

    def routes(self, config: Mapping[str, Any], waybills: Sequence[str]) -> dict[str, list[Route]]:
        body = {"language": "zh-CN", "trackingType": "1", "trackingNumber": list(waybills), "methodType": "1"}
        try:
            answer = self._call(config, "EXP_RECE_SEARCH_ROUTES", body)
        except _Business as error:
            raise Declined(str(error)) from None
        found: dict[str, list[Route]] = {}
        for row in _list(answer.get("routeResps")):
            routes = [route for one in _list(row.get("routes")) if (route := _route(one))]
            found[str(row.get("mailNo", ""))] = routes
        return found

    def parse_push(self, config: Mapping[str, Any], push: Push) -> list[Notice]:
        trusted = self._verify(config, push)
        try:
            rows = json.loads(push.body)["Body"]["WaybillRoute"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise PushInvalid from None
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROUTES or not all(isinstance(row, dict) for row in rows):
            raise PushInvalid
        grouped: dict[tuple[str, str], list[Route]] = {}
        for row in rows:
            key = (_text(row.get("orderid"), 64), _text(row.get("mailno"), 64))
            route = _route(row)
            if not any(key) or route is None:
                raise PushInvalid
            grouped.setdefault(key, []).append(route)
        return [Notice(number, waybill, tuple(routes), trusted) for (number, waybill), routes in grouped.items()]

    def _verify(self, config: Mapping[str, Any], push: Push) -> bool:
        """口令在地址里核对过了；签名有就必须对。没有签名的，只有配置成“只当提醒”才收。异常：PushRefused。"""
        signature, stamp = push.query.get("msgDigest", ""), push.query.get("timestamp", "")
        if not signature:
            if config.get("push_trust") == "notice":
                return False
            raise PushRefused
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 13):
            raise PushRefused
        seconds = int(stamp) / 1000 if len(stamp) > 11 else int(stamp)
        if abs(push.at.timestamp() - seconds) > SKEW:
            raise PushRefused
        expected = digest(push.body.decode(errors="replace"), stamp, str(config["checkword"]))
        if not compare_digest(expected.encode(), signature.encode()):
            raise PushRefused
        return True

    def _call(self, config: Mapping[str, Any], service: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """调一次接口，返回业务内容。异常：Unreachable、Declined（网关不接受）、_Business（业务不成）。"""
        text, stamp = json.dumps(body, ensure_ascii=False), str(int(time.time() * 1000))
        form = {
            "partnerID": str(config["partner"]),
            "requestID": uuid.uuid4().hex,
            "serviceCode": service,
            "timestamp": stamp,
            "msgDigest": digest(text, stamp, str(config["checkword"])),
            "msgData": text,
        }
        try:
            response = httpx.post(str(config["url"]), data=form, timeout=TIMEOUT)
            envelope = response.json() if response.status_code == 200 else {}
        except httpx.HTTPError as error:
            raise Unreachable(f"连不上顺丰：{type(error).__name__}") from None
        except ValueError:
            raise Unreachable("顺丰的应答看不懂") from None
        if response.status_code != 200 or not isinstance(envelope, dict):
            raise Unreachable(f"顺丰返回 {response.status_code}")
        return _opened(envelope)


class _Business(Exception):
    """业务没办成，`code` 是对方的错误码。"""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{text}（{code}）")
        self.code = code


def _opened(envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    code = str(envelope.get("apiResultCode", ""))
    if code in RETRYABLE or not code:
        raise Unreachable(f"顺丰网关暂时不可用（{code or '没有结果码'}）")
    if code != OK:
        raise Declined(f"{GATEWAY.get(code) or _text(envelope.get('apiErrorMsg'), 80) or '网关拒绝'}（{code}）")
    data = envelope.get("apiResultData")
    try:
        result = json.loads(data) if isinstance(data, str) else data  # 网关把业务结果放成一段 JSON 文字
    except ValueError:
        raise Unreachable("顺丰的应答看不懂") from None
    if not isinstance(result, dict):
        raise Unreachable("顺丰的应答看不懂")
    if not result.get("success") or str(result.get("errorCode")) != DONE:
        raise _Business(_text(result.get("errorCode"), 12), _text(result.get("errorMsg"), 80) or "业务没有办成")
    content = result.get("msgData")
    return content if isinstance(content, dict) else {}


def _contact(one: Contact, kind: int) -> dict[str, Any]:
    return {
        "contactType": kind,
        "contact": one.name,
        "mobile": one.mobile,
        "country": "CN",
        "province": one.province,
        "city": one.city,
        "county": one.county,
        "address": one.detail,
        **({"postCode": one.postcode} if one.postcode else {}),
    }


def _waybill(answer: Mapping[str, Any]) -> str:
    if str(answer.get("filterResult", "")) == "3":
        raise Declined("收件或寄件地址不在收派范围")
    rows = _list(answer.get("waybillNoInfoList"))
    number = next((_text(row.get("waybillNo"), 64) for row in rows if str(row.get("waybillType", 1)) == "1"), "")
    if not number:
        raise Unreachable("顺丰还没有分配运单号")  # 人工筛单时先不给号，稍后用同一订单号再查
    return number


def _route(row: Mapping[str, Any]) -> Route | None:
    """一条路由；时刻写得不对的不要。"""
    code, remark = _text(row.get("opCode"), 12), _text(row.get("remark"), 300)
    try:
        naive = datetime.strptime(_text(row.get("acceptTime"), 19), "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
    move = MOVES.get(code, Move.MOVING)
    if move is Move.FAILED and "拒收" in remark + _text(row.get("reasonName"), 60):
        move = Move.REFUSED
    return Route(move, timezone.make_aware(naive), code, _text(row.get("acceptAddress"), 100), remark)


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text(value: Any, longest: int) -> str:
    return "" if value is None else "".join(char for char in str(value) if char.isprintable())[:longest]
