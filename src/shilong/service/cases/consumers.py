"""消费事件：日历变更重算到期日；办件动作通知申请人。"""

from typing import Any

from shilong.foundation.events.registry import EventView, consumer
from shilong.foundation.notify import services as notify
from shilong.service.cases.models import Case, CaseEvent, Dossier
from shilong.service.cases.rules.clocks import local_day
from shilong.service.cases.tasks import recalculate

_TEMPLATES = {
    "submit": "case_submitted",
    "accept": "case_accepted",
    "auto_accept": "case_accepted",
    "supplement": "case_correction",
    "reject": "case_rejected",
    "transfer": "case_rejected",
    "start_special": "case_special",
    "decide": "case_decided",
    "deliver": "case_delivered",
}


@consumer("calendar.changed", name="cases.recalculate")
def on_calendar_changed(event: EventView) -> None:
    """公布了放假安排：重算全部在办件到期日。"""
    recalculate.enqueue(key="cases.recalculate")


@consumer("case.*", name="cases.notify")
def tell_applicant(event: EventView) -> None:
    """把受理、补正、决定等告诉申请人；站内信按账号，短信按手机。"""
    row = CaseEvent.objects.select_related("case").filter(pk=event.payload["event_id"]).first()
    template = _TEMPLATES.get(event.topic.removeprefix("case."))
    if row is None or template is None or (row.action == "transfer" and row.source == row.target):
        return
    case = row.case
    dossier = Dossier.objects.get(pk=case.pk)
    notify.send(template, context=_context(case, row, dossier), account_id=case.account_id, mobile=dossier.mobile, subject_no=case.case_no)


def _context(case: Case, row: CaseEvent, dossier: Dossier) -> dict[str, Any]:
    due = case.answer_due if row.action == "supplement" else case.promise_due
    return {
        "case_no": case.case_no,
        "item_name": case.item_name,
        "department_name": case.department_name,
        "applicant": case.applicant_name,
        "query_code": dossier.query_code if row.action == "submit" else "",
        "result": {"grant": "准予", "deny": "不予"}.get(case.result, ""),
        "note": row.note,
        "due": f"{local_day(due):%Y年%m月%d日}" if due else "",
        "at": row.at,
    }
