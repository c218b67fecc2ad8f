"""送达与归档（行政许可法第四十四、六十一条）。"""

import json
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shilong.foundation.files import selectors as files
from shilong.foundation.refusals import NotAllowed
from shilong.identity.roles.actor import Role
from shilong.service.cases.models import Delivery, Task
from shilong.service.cases.rules import ACTION_NAMES, Action, State
from shilong.service.cases.selectors.views import CHANNELS
from shilong.service.cases.services.fields import Fields
from shilong.service.cases.services.work import Work
from shilong.service.catalog import labels

_RESULTS = {"agree": "同意", "disagree": "不同意", "grant": "准予", "deny": "不予"}
WAYS = {"1": "窗口领取", "2": "邮寄", "3": "电子送达"}
_WAY_ALIASES = {
    "window": "1",
    "窗口领取": "1",
    "pickup": "1",
    "mail": "2",
    "express": "2",
    "邮寄": "2",
    "electronic": "3",
    "online": "3",
    "电子送达": "3",
}


def deliver(work: Work) -> None:
    """送达登记：方式、领取人、证件、时间；出送达回证。"""
    fields = Fields(work.payload)
    way = fields.choice("way", "送达方式", WAYS, aliases=_WAY_ALIASES)
    if way != "2" and work.actor.has(Role.SYSTEM):
        # 窗口领取、电子送达要有人当面核对或确认，系统没有这个依据；邮寄有快递公司的签收轨迹。
        raise NotAllowed("系统只能凭快递签收登记邮寄送达，其他方式请由工作人员登记。")
    receiver = fields.text("receiver", "领取人", limit=100)
    id_no = fields.text("id_no", "领取人证件号码", required=False, limit=50)
    mailed = way == "2"
    tracking = fields.text("tracking_no", "物流单号", required=mailed, limit=64, message="邮寄送达须填写物流单号，方便查询与举证")
    address = fields.text("address", "送达地点", required=False, limit=200)
    evidence = fields.text("evidence_file_id", "签收凭据", required=False, limit=36)
    signed_at = _signed_at(work, fields)
    fields.done()
    if evidence:
        files.owned(evidence, work.actor.account_id)  # 登记了就能经本办件下载：不能拿别人的文件编号来登记
    number = work.document(
        "delivery",
        delivery_way=WAYS.get(way, ""),
        receiver=receiver,
        signed_at=signed_at,
        tracking_no=tracking,
        address=address or ("" if mailed else work.organ.get("window", "")),
        result="准予" if work.case.result == "grant" else "不予",
        result_name=work.case.policy.get("result_name", ""),
    )
    Delivery.objects.create(
        case=work.case,
        way=way,
        receiver=receiver,
        id_no=id_no,
        signed_at=signed_at,
        tracking_no=tracking,
        evidence_file_id=evidence,
        number=number,
        registered_by=work.actor.name,
    )
    work.set(delivered_at=signed_at)
    work.note = f"{WAYS[way]}送达，领取人 {receiver[:1]}**"
    work.data |= {"way": way, "way_name": WAYS[way]}


def _signed_at(work: Work, fields: Fields) -> datetime:
    """签收时间：不填为现在；不能早于决定，也不能在将来。"""
    raw: Any = work.payload.get("signed_at")
    if raw in (None, ""):
        return work.now
    try:
        value = raw if isinstance(raw, datetime) else parse_datetime(str(raw))
    except ValueError:
        value = None
    if value is None:
        fields.errors["signed_at"] = "签收时间格式应如 2026-11-24 09:30"
        return work.now
    if timezone.is_naive(value):
        value = timezone.make_aware(value)
    if value > work.now or (work.case.decided_at and value < work.case.decided_at):
        fields.errors["signed_at"] = "签收时间应在决定之后、现在之前"
    return value


def _opinions(work: Work) -> str:
    """各环节最后一次的结论与意见，一行一个。"""
    done = [task for task in work.tasks if task.status == Task.Status.DONE]
    return "\n".join(f"{task.name}（{task.done_by}）：{_RESULTS.get(task.result, '')} {task.opinion}".rstrip() for task in done)


def archive(work: Work) -> None:
    """归档：出办件登记表，此后办件不再变化。"""
    fields = Fields(work.payload)
    work.note = fields.text("opinion", "归档说明", required=False) or "材料与文书已归档"
    fields.done()
    case, dossier = work.case, work.dossier
    history = case.history.order_by("seq").values_list("action", "actor_name", "at", "note")
    work.document(
        "register",
        events=[{"name": ACTION_NAMES[Action(action)], "who": who, "at": at, "note": note} for action, who, at, note in history],
        materials=work.material_rows(),
        channel_name=CHANNELS.get(case.channel, "其他"),
        item_code=case.item_code,
        project_type_name=labels.PROJECT_TYPE.get(case.project_type, ""),
        id_no=dossier.id_no,
        mobile=dossier.mobile,
        agent=json.loads(dossier.agent).get("name", "") if dossier.agent else "无",
        received_at=case.received_at,
        promise_due=case.promise_due,
        legal_due=case.legal_due,
        decided_at=case.decided_at,
        delivered_at=case.delivered_at,
        finished_at=case.finished_at,
        opinion=_opinions(work),
        result="准予" if case.result == "grant" else "不予",
    )
    work.target = State.ARCHIVED
