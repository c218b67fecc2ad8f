"""数据更正与揭示敏感信息：都要留痕。"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import NotAllowed
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.cases import clock, permissions
from shilong.service.cases.models import Case, Dossier
from shilong.service.cases.refusals import CaseNotFound, MustRecuse, PayloadInvalid
from shilong.service.cases.rules import SUBMISSION, Action
from shilong.service.cases.rules.records import CORRECTABLE
from shilong.service.cases.selectors.views import CHANNELS, CaseView
from shilong.service.cases.services import journal
from shilong.service.cases.services.work import Work
from shilong.service.forms import rules as form_rules

EXECUTORS = (Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW)
REVEALABLE = {
    "id_no": "证件号码",
    "mobile": "手机",
    "address": "地址",
    "name": "姓名",
    "legal_name": "法定代表人",
    "agent": "代理人",
    "form": "申请表",
}


def reveal(case_no: str, field: str, *, actor: Actor, reason: str) -> str:
    """查看一项明文，留审计。

    参数：
        field: `REVEALABLE` 的键。
        reason: 查看事由，工作人员必填。

    异常：
        NotAllowed: 不在权限范围内（403）。
        PayloadInvalid: 没有这一项，或没有写事由（422）。
    """
    case = Case.objects.filter(case_no=case_no).first()
    if case is None:
        raise CaseNotFound
    permissions.require_readable(actor, case)
    if field not in REVEALABLE:
        raise PayloadInvalid(fields={"field": f"可以查看：{'、'.join(REVEALABLE.values())}"})
    if not reason.strip() and not permissions.owns(actor, case):
        raise PayloadInvalid(fields={"reason": "请写明查看事由，例如“电话核实申请人”"})
    with transaction.atomic():
        audit.record(
            "case.reveal", actor=actor, object_type="case", object_id=case_no, detail={"field": field, "reason": reason.strip()[:200]}
        )
        return case.applicant_name if field == "name" else str(getattr(Dossier.objects.get(pk=case.pk), field))


def correct(
    case_no: str, changes: Mapping[str, str], *, actor: Actor, request_no: str, authorised_by: str = "", at: datetime | None = None
) -> CaseView:
    """执行一次已授权的数据更正（P04）：追加一条更正履历（含前后对照，加密），投影与卷宗取新值；历史履历一字不动。

    参数：
        changes: 更正项，键为 `CORRECTABLE` 或 `form.<字段>`。
        request_no: 更正申请号。
        authorised_by: 授权人姓名。没有授权人的，只有行政审批局能执行；有授权人的（由 `amendments` 核对过授权），
            能看这件办件的工作人员可以执行。

    异常：
        NotAllowed: 没有授权又不是行政审批局，或不在数据范围内。
        MustRecuse: 不能更正自己的办件。
        PayloadInvalid: 更正项不合规则。
    """
    require(actor, *(EXECUTORS if authorised_by else (Role.BUREAU,)))
    if not request_no.strip():
        raise PayloadInvalid(fields={"request_no": "请填写更正申请号"})
    now = at or clock.now()
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(case_no=case_no).first()
        if case is None:
            raise CaseNotFound
        if permissions.owns(actor, case):
            raise MustRecuse
        if not permissions.may_read(actor, case):
            raise NotAllowed("这件办件不在您的数据范围内。")
        work = Work(case, actor, {}, now, SUBMISSION)
        work.stay()
        work.action = Action.CORRECT
        work.basis = "数据更正"
        pairs = _apply(work, changes)
        view = CaseView(case, actor)
        work.note = f"按申请 {request_no} 更正：{'、'.join(_labels(view, pairs))}"
        work.data = {"request_no": request_no, "authorised_by": authorised_by, "fields": sorted(pairs)}
        if "channel" in pairs:
            work.data["channel"] = [pairs["channel"]["before"], pairs["channel"]["after"]]
        work.secret = json.dumps(pairs, ensure_ascii=False)
        journal.commit(work)
    return CaseView(case, actor)


def _labels(view: CaseView, keys: Iterable[str]) -> list[str]:
    form = {f"form.{one['key']}": one["label"] for one in form_rules.fields(view.definition)}
    return [CORRECTABLE.get(key) or form.get(key, "申请表项") for key in keys]


def _apply(work: Work, changes: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """写新值，返回 {项: {before, after}}。"""
    case, dossier = work.case, work.dossier
    form = json.loads(dossier.form)
    pairs: dict[str, dict[str, Any]] = {}
    for key, value in changes.items():
        new = str(value).strip()
        before = _before(case, dossier, form, key)
        _check(case, key, new)
        if new == before:
            continue
        pairs[key] = {"before": before, "after": new}
        if key.startswith("form."):
            form[key[5:]] = new
        elif key in ("applicant_name", "channel"):
            work.set(**{key: new})
        else:
            setattr(dossier, key, new)
    if not pairs:
        raise PayloadInvalid("没有需要更正的内容：新值与现值相同。")
    _reindex(work, dossier, pairs)
    dossier.form = json.dumps(form, ensure_ascii=False)
    dossier.save()
    work.set(corrected=True)
    return pairs


def _before(case: Case, dossier: Dossier, form: Mapping[str, Any], key: str) -> Any:
    if key.startswith("form."):
        if key[5:] not in form or not isinstance(form[key[5:]], str):
            raise PayloadInvalid(fields={key: "申请表里没有这一项，或者它不是单项文字"})
        return form[key[5:]]
    if key not in CORRECTABLE:
        raise PayloadInvalid(fields={key: f"可以更正：{'、'.join(CORRECTABLE.values())}，以及申请表的单项文字"})
    return getattr(case if key in ("applicant_name", "channel") else dossier, key)


def _check(case: Case, key: str, value: str) -> None:
    if not value or len(value) > 300:
        raise PayloadInvalid(fields={key: "更正后的内容不能为空，且不超过 300 字"})
    if key == "channel" and value not in CHANNELS:
        raise PayloadInvalid(fields={key: f"渠道只能是：{'、'.join(CHANNELS.values())}"})
    if key == "mobile":
        checks.check_mobile(value)
    if key == "id_no":
        (checks.check_idcard if case.applicant_kind == "1" else checks.check_uscc)(value)


def _reindex(work: Work, dossier: Dossier, pairs: Mapping[str, Any]) -> None:
    if "id_no" in pairs:
        work.set(id_index=blind_index(dossier.id_no.upper()))
    if "mobile" in pairs:
        work.set(mobile_index=blind_index(dossier.mobile))
