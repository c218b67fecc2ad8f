"""收件与受理：收件、受理、视为受理、一次性告知补正、补正提交、不予受理、退件、撤回（行政许可法第三十二条）。"""

from typing import Any

from shilong.service.cases import ledger
from shilong.service.cases.models import Correction
from shilong.service.cases.refusals import PayloadInvalid, SupplementAlreadyIssued
from shilong.service.cases.rules import ClockOp, State, clocks
from shilong.service.cases.services import approvals, rounds, snapshots
from shilong.service.cases.services.fields import Fields
from shilong.service.cases.services.work import Work, names

REJECT_GROUNDS = {"not_required": "依法不需要取得行政许可", "not_authority": "不属于本机关职权范围", "not_qualified": "不符合受理条件"}
_GROUND_ALIASES = {"1": "not_required", "2": "not_authority", "3": "not_qualified", "": "not_qualified", "other": "not_qualified"}


def receive(work: Work) -> None:
    """收件：核对份数，出收件凭证；不是受理。"""
    fields = Fields(work.payload)
    work.note = fields.text("opinion", "收件说明", required=False)
    fields.done()
    work.set(received_at=work.now)
    work.document("receipt", materials=work.material_rows(), received_at=work.now, query_code=work.dossier.query_code)


def accept(work: Work) -> None:
    """受理：起承诺钟与法定钟，按快照的审查方案开第一轮，出受理通知书。"""
    fields = Fields(work.payload)
    work.note = fields.text("opinion", "受理意见", required=False)
    if work.case.policy.get("in_person") and work.payload.get("present") is not True:
        fields.errors["present"] = "本事项须申请人本人到场，请当面核验身份后勾选“本人已到场”"
    if work.payload.get("committed") and not work.case.policy.get("promise_system"):
        fields.errors["committed"] = "本事项没有实行告知承诺制"
    fields.done()
    if work.payload.get("committed"):
        work.set(committed=True)
    _take_in(work)


def auto_accept(work: Work) -> None:
    """五个工作日未告知，自收到材料之日起即为受理；留监察红牌 R3（standards L04）。"""
    received = max((row.started_at for row in work.segments if row.kind == clocks.Kind.NOTICE), default=work.case.submitted_at)
    work.clock_start = received
    work.note = "收到申请后五个工作日内没有告知申请人补正，依法自收到申请材料之日起即为受理。"
    work.set(auto_accepted=True)
    work.flag("R3", "收件后五个工作日内未告知，系统自动转受理")
    _take_in(work)


def _take_in(work: Work) -> None:
    moment = work.clock_start or work.now
    values: dict[str, Any] = {"accepted_at": moment, "accepted_by": work.actor.name}
    if work.case.received_at is None:
        values["received_at"] = moment
    work.set(**values)
    late = [row for row in work.materials if row.late and not row.provided_at]
    for row in late:
        row.late_due = work.due(int(work.case.policy.get("late_days", {}).get(row.code) or clocks.LATE_DAYS))
        row.save(update_fields=["late_due"])
    if late:
        work.set(late_pending=True, late_due=min(row.late_due for row in late if row.late_due))
        work.document("promise", items=[{"material": row.name, "deadline": row.late_due} for row in late], reason="容缺受理承诺")
    if work.case.committed:
        work.document("promise", reason="告知承诺", opinion="申请人已知悉条件与违诺后果，承诺所填信息真实并符合条件。")
    approvals.close_pending(work)
    rounds.begin(work)
    work.document(
        "acceptance",
        materials=work.material_rows(),
        accepted_at=moment,
        promise_due=_deadline(work, clocks.Kind.PROMISE),
        legal_due=_deadline(work, clocks.Kind.LEGAL),
        opinion=work.note,
    )


def _deadline(work: Work, kind: clocks.Kind) -> Any:
    """受理通知书上的到期日：钟还没落账，按起算时刻直接算。"""
    bound = ledger.total(work.case, kind)
    if bound is None:
        return None
    start = work.clock_start or work.now
    return clocks.due_at(clocks.local_day(start), bound[0], bound[1], work.calendar)


def supplement(work: Work) -> None:
    """一次性告知补正：只能一次；再次须写原因并由负责人批准，且留监察标记 R4（standards L06）。"""
    fields = Fields(work.payload)
    items = _correction_items(work, fields)
    days = fields.integer("days", "答复期限", low=1, high=60, default=clocks.CORRECTION_DAYS, unit="个工作日")
    again = work.case.supplements > 0
    reason = fields.text("reason", "再次补正的原因", required=False)
    fields.done()
    if again and not reason:
        last = Correction.objects.filter(case=work.case).order_by("-pk").values_list("informed_at", flat=True)[0]
        raise SupplementAlreadyIssued(issued_at=clocks.local_day(last), fields={"reason": "请填写再次补正的原因"})
    if again and not approvals.granted(work):
        approvals.ask(work, reason, {"items": items, "days": days, "reason": reason})
        return
    _inform(work, items, days, reason)


def _correction_items(work: Work, fields: Fields) -> list[dict[str, str]]:
    """每项写清材料、问题、依据；没写依据的按事项材料目录作为依据，印在告知书上。"""
    known = {row.code: row.name for row in work.materials}
    items = []
    for index, row in enumerate(fields.rows("items", "补正事项（材料、问题、依据）")):
        part = Fields(row)
        code = part.text("material", "材料", limit=300)
        code = next((one for one in (str(row.get("code") or ""), code) if one in known), code)  # 批准后重放的，材料已换成名称
        problem = part.text("problem", "存在的问题", limit=1000)
        basis = part.text("basis", "依据", required=False, limit=300) or "《行政许可法》第三十一条及本事项公布的申请材料目录"
        fields.errors.update({f"items.{index}.{key}": message for key, message in part.errors.items()})
        items.append({"code": code if code in known else "", "material": known.get(code, code), "problem": problem, "basis": basis})
    return items


def _inform(work: Work, items: list[dict[str, str]], days: int, reason: str) -> None:
    case = work.case
    approvals.close_pending(work)
    deadline = work.due(days)
    number = work.document("correction", items=items, deadline=deadline, reason=reason)
    Correction.objects.create(
        case=case,
        number=number,
        items=items,
        informed_at=work.now,
        deadline=deadline,
        informed_by=work.actor.name,
        reason=reason,
        approved_by=work.data.get("approved_by", ""),
    )
    if case.supplements:
        work.flag("R4", f"第 {case.supplements + 1} 次告知补正：{reason}"[:300])
    work.target = State.SUPPLEMENTING
    work.ops = [ClockOp.STOP_NOTICE]
    work.set(supplements=case.supplements + 1, answer_due=deadline)
    work.note = f"告知补正 {len(items)} 项，请于 {clocks.local_day(deadline):%Y年%m月%d日} 前补齐。"
    work.data["items"] = items


def resubmit(work: Work) -> None:
    """补正提交：新批次替换旧材料，旧批次保留；告知钟重新起算。"""
    fields = Fields(work.payload)
    work.note = fields.text("opinion", "补正说明", required=False)
    rows = fields.rows("materials", "补正材料", required=False)
    form = work.payload.get("form")
    if not rows and not form and not work.note:
        fields.errors["materials"] = "请上传补正材料，或者修改申请表，或者写明补正说明"
    fields.done()
    changed = snapshots.replace_materials(work, rows)
    if form:
        snapshots.replace_form(work, form)
    Correction.objects.filter(case=work.case, submitted_at=None).update(submitted_at=work.now)
    work.set(answer_due=None)
    work.data["materials"] = changed


def reject(work: Work) -> None:
    """不予受理：理由与救济途径缺一不可；不属职权的写明向谁申请。"""
    fields = Fields(work.payload)
    ground = fields.choice("ground", "不予受理的情形", REJECT_GROUNDS, aliases=_GROUND_ALIASES)
    reason = _reason(fields, "不予受理的理由")
    remedy = fields.text("remedy", "救济途径", required=False) or work.remedy
    apply_to = fields.text("apply_to", "应向哪个机关申请", required=ground == "not_authority", limit=200)
    fields.done()
    _refuse(work, ground, reason, remedy, apply_to)


def turn_away(work: Work) -> None:
    """退件：不属本机关职权，转外部门；仍出书面凭证并告知向谁申请（第三十二条第一款第二项、第二款）。"""
    fields = Fields(work.payload)
    reason = _reason(fields, "退件的理由")
    apply_to = fields.text("apply_to", "应向哪个机关申请", limit=200)
    fields.done()
    _refuse(work, "not_authority", reason, work.remedy, apply_to)


def _refuse(work: Work, ground: str, reason: str, remedy: str, apply_to: str) -> None:
    text = f"{REJECT_GROUNDS[ground]}：{reason}" + (f"请向{apply_to}申请。" if apply_to else "")
    work.document("rejection", reason=text, remedy=remedy, apply_to=apply_to)
    work.set(finished_at=work.now)
    approvals.close_pending(work)
    work.note = text
    work.data |= {"ground": ground, "apply_to": apply_to, "remedy": remedy}


def _reason(fields: Fields, label: str) -> str:
    """理由：接口习惯写 reason 或 opinion，两个都认。"""
    if not str(fields.payload.get("reason") or "").strip() and fields.payload.get("opinion"):
        return fields.text("opinion", label)
    return fields.text("reason", label)


def withdraw(work: Work) -> None:
    """决定作出前申请人可以撤回。"""
    fields = Fields(work.payload)
    work.note = fields.text("reason", "撤回原因", required=False) or "申请人撤回申请"
    fields.done()
    close_all(work)
    work.document("withdrawal", reason=work.note)


def lapse(work: Work) -> None:
    """补正逾期：告知书载明的期限届满没有补正。"""
    if work.case.answer_due is None or work.case.answer_due >= work.now:
        raise PayloadInvalid("补正答复期限还没有届满。")
    work.set(finished_at=work.now, answer_due=None)
    work.note = "补正答复期限届满，申请人没有提交补正材料，办件终止。可以重新申请。"


def close_all(work: Work) -> None:
    """办件到此为止：任务、申请、特别程序一并了结。"""
    work.set(finished_at=work.now, answer_due=None, late_pending=False)
    rounds.close(work)
    approvals.close_pending(work)
    work.case.specials.filter(ended_at=None).update(ended_at=work.now, result="办件已结束")


def late_supplement(work: Work) -> None:
    """容缺材料补交；补齐后才能准予（standards §11.3）。"""
    fields = Fields(work.payload)
    rows = fields.rows("materials", "容缺材料")
    if not work.case.late_pending and not any(row.late and not row.provided_at for row in work.materials):
        fields.errors["materials"] = "这件办件没有等待补交的容缺材料"
    fields.done()
    waiting = {row.code for row in work.materials if row.late and not row.provided_at}
    wrong = [str(row.get("code")) for row in rows if row.get("code") not in waiting]
    if wrong:
        raise PayloadInvalid(fields={"materials": f"材料 {'、'.join(wrong)} 不在容缺清单里"})
    work.data["materials"] = snapshots.replace_materials(work, rows)
    rest = [row for row in work.materials if row.late and not row.provided_at]
    if not rest:
        work.set(late_pending=False, late_due=None)
    work.note = "容缺材料已全部补齐。" if not rest else f"已补交部分容缺材料，还差：{names(rest)}。"


def urge_late(work: Work) -> None:
    """容缺逾期催告：给一次补齐机会，仍不补的终止。"""
    rest = [row for row in work.materials if row.late and not row.provided_at]
    if not work.case.late_pending or not rest:
        raise PayloadInvalid("这件办件没有等待补交的容缺材料。")
    deadline = work.due(clocks.LATE_DAYS)
    work.set(late_urged=True, late_due=deadline)
    work.note = f"请于 {clocks.local_day(deadline):%m月%d日} 前补交：{names(rest)}；逾期不补将终止办理。"
