"""推送省平台的标准数据（standards §3.6）与签名四件套。只生成报文，通道以后在数据交换里接。

方向陷阱：`satisfaction` 用好差评口径（5 最好）；推 `up_pro_result.satisfaction` 的是另一张表，方向相反，见
`scores.pro_result_satisfaction`，推送前与省平台确认。`promiseTime` 承诺件 1、即办件 2，与 project_type 正相反。
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.gm import sm3

AREA_CODE, AREA_NAME = "410404000000", "石龙区"
DATA_SOURCE = "141"  # 河南按同规则推断，接入前问省平台（standards §0.3）
PROMISE_TIME = {"1": "2", "2": "1"}  # 键是 project_type：1 即办件、2 承诺件


@dataclass(frozen=True, slots=True)
class Source:
    """拼一条报文要的东西。姓名、证件、电话在匿名时必须为空。"""

    rating_uid: str
    department: str
    department_name: str
    department_code: str
    manager: str
    item_code: str
    item_name: str
    project_no: str
    project_type: str
    status: str
    accepted_at: datetime | None
    result_at: datetime | None
    service_number: str
    service_name: str
    service_at: datetime
    user_name: str
    user_kind: str
    id_type: str
    id_no: str
    mobile: str
    page: str
    pf: str
    satisfaction: int
    tags: Sequence[str]
    text: str
    rated_at: datetime
    number: int


def record(one: Source) -> dict[str, str]:
    """一条评价的标准数据，字段次序同 standards §3.6。"""
    return {
        "areaCode": AREA_CODE,
        "areaName": AREA_NAME,
        "deptCode": one.department_code,
        "proDepart": one.department_name,
        "proDepartCode": one.department_code,
        "proManager": one.manager,
        "taskCode": one.item_code[:31],
        "taskHandleItem": one.item_code,
        "taskName": one.item_name,
        "subMatter": "",
        "projectNo": one.project_no,
        "proStatus": one.status,
        "acceptDate": moment(one.accepted_at),
        "resultDate": moment(one.result_at),
        "serviceNumber": one.service_number,
        "serviceName": one.service_name,
        "serviceTime": moment(one.service_at),
        "userName": one.user_name,
        "userProp": ("1" if one.user_kind == "1" else "2") if one.user_kind else "",
        "userPageType": one.id_type,
        "certKey": cert_key(one.id_no),
        "telPhone": one.mobile,
        "statusUrl": one.page,
        "pf": one.pf,
        "satisfaction": str(one.satisfaction),
        "evalDetail": ",".join(one.tags),
        "writingEvaluation": one.text,
        "assessTime": moment(one.rated_at),
        "assessNumber": str(one.number),
        "promiseTime": PROMISE_TIME.get(one.project_type, ""),
        "dataSource": DATA_SOURCE,
    }


def signed(records: Sequence[Mapping[str, str]], *, app_mark: str, at: datetime, sign: Callable[[bytes], bytes]) -> dict[str, Any]:
    """签名四件套：appMark、params（JSON 串）、time（毫秒）、sign（SM2，十六进制）。

    参数：
        app_mark: 省平台分配的应用标识。
        sign: 对字节做 SM2 签名的函数；待签内容是 appMark、time、params 依次相接的 UTF-8。
    """
    params = json.dumps(list(records), ensure_ascii=False, separators=(",", ":"))
    time = str(int(at.timestamp() * 1000))
    return {"appMark": app_mark, "params": params, "time": time, "sign": sign(to_sign(app_mark, time, params)).hex()}


def to_sign(app_mark: str, time: str, params: str) -> bytes:
    """待签内容。"""
    return f"{app_mark}{time}{params}".encode()


def cert_key(id_no: str) -> str:
    """证件号散列（SM3，十六进制）；没有证件号为空。"""
    return sm3(id_no.strip().upper().encode()).hex() if id_no.strip() else ""


def moment(at: datetime | None) -> str:
    """数据交换用的时间：YYYYMMDDThhmmss（standards §0.3）。"""
    return f"{at.astimezone(ZONE):%Y%m%dT%H%M%S}" if at else ""
