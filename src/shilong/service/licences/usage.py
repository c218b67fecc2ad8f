"""用证日志：每张证照一条 SM3 链，追加写。"""

import json
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from shilong.foundation.gm import sm3
from shilong.identity.roles.actor import Actor
from shilong.service.licences.models import Licence, LicenceUse

ACTIONS = {"query": "查询", "fetch": "下载加注件", "check": "核验", "show": "扫码查看", "reuse": "申报时选用"}
BASES = {
    "item": "事项需要",
    "self": "本人授权",
    "agent": "委托授权",
    "show": "本人亮证",
    "present": "持证人到场",
    "owner": "本人使用",
    "none": "无依据",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """一次用证的事由与依据。"""

    action: str
    cause: str
    basis: str
    case_no: str = ""
    item_code: str = ""
    grant_uid: str = ""
    channel: str = "web"
    result: str = "ok"


def record(row: Licence, usage: Usage, actor: Actor, *, department_name: str = "") -> LicenceUse:
    """记一次；须在事务里且已锁住这张证照，链才不会分叉。"""
    if not connection.in_atomic_block:
        raise RuntimeError("用证日志须在事务里写")
    last = LicenceUse.objects.filter(licence=row).order_by("-seq").first()
    made = LicenceUse(
        licence=row,
        seq=last.seq + 1 if last else 1,
        holder_index=row.holder_index,
        department=actor.department,
        department_name=department_name,
        user_id=actor.account_id,
        user_name=actor.name,
        case_no=usage.case_no,
        item_code=usage.item_code,
        cause=usage.cause,
        basis=usage.basis,
        grant_uid=usage.grant_uid,
        action=usage.action,
        channel=usage.channel,
        result=usage.result,
        ip=actor.ip,
        at=timezone.now(),
        previous=last.digest if last else "",
    )
    made.digest = digest(made)
    made.save()
    return made


def digest(row: LicenceUse) -> str:
    """一条的摘要，盖住全部列与前一条。"""
    names = (
        *("licence_id", "seq", "department", "department_name", "user_id", "user_name", "case_no", "item_code"),
        *("cause", "basis", "grant_uid", "action", "channel", "result", "ip", "previous"),
    )
    body = [str(getattr(row, name)) for name in names] + [f"{row.at.timestamp():.6f}"]
    return sm3(json.dumps(body, ensure_ascii=False).encode()).hex()


def broken(row: Licence) -> int | None:
    """从头核对一张证照的链，返回第一条对不上的序号；都对为 None。"""
    previous = ""
    for place, one in enumerate(LicenceUse.objects.filter(licence=row).order_by("seq"), 1):
        if one.seq != place or one.previous != previous or one.digest != digest(one):
            return place
        previous = one.digest
    return None
