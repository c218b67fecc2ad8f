"""凭申请编号与查询码匿名查进度：脱敏、限频。猜测查询码 5 次锁 15 分钟。"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction

from shilong.service.cases import clock
from shilong.service.cases.models import Case, CaseEvent, CodeAttempt, Dossier
from shilong.service.cases.refusals import ProgressLocked, ProgressNotMatched
from shilong.service.cases.rules import ACTION_NAMES, STATE_NAMES, Action, State
from shilong.service.cases.selectors.views import display_name

LIMIT = 5  # 同一办件连续猜错
IP_LIMIT = 20  # 同一来源在窗口期内猜错（大厅同一出口地址有多人，放宽）
LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Step:
    """一步进度。"""

    name: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """匿名可见的进度。"""

    case_no: str
    item_name: str
    department_name: str
    applicant_name: str
    status: str
    status_name: str
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    promise_due: datetime | None
    steps: tuple[Step, ...]


_SHOWN = {
    Action.SUBMIT,
    Action.RECEIVE,
    Action.ACCEPT,
    Action.AUTO_ACCEPT,
    Action.SUPPLEMENT,
    Action.RESUBMIT,
    Action.REJECT,
    Action.WITHDRAW,
    Action.START_SPECIAL,
    Action.END_SPECIAL,
    Action.EXTEND,
    Action.DECIDE,
    Action.DELIVER,
    Action.ARCHIVE,
    Action.SUSPEND,
    Action.RESUME,
    Action.TERMINATE,
    Action.LAPSE,
    Action.TRANSFER,
}


def progress(case_no: str, query_code: str, ip: str) -> ProgressView:
    """查进度。

    异常：
        ProgressLocked: 猜错太多次，暂时锁定（429）。
        ProgressNotMatched: 编号或查询码不对（404），不说是哪一个。
    """
    case_no = case_no.strip()[:50]
    keys = {f"no:{case_no}": LIMIT, f"ip:{ip}": IP_LIMIT}
    _refuse_locked(keys)
    dossier = Dossier.objects.select_related("case").filter(case__case_no=case_no).first()
    # 编号不存在也比一次，响应时间不透露编号真假。
    expected = dossier.query_code if dossier else "000000"
    if not compare_digest(expected.encode(), query_code.strip()[:20].encode()) or dossier is None:
        _failed(keys)
        raise ProgressNotMatched
    CodeAttempt.objects.filter(key=f"no:{case_no}").delete()
    return _view(dossier.case)


def _refuse_locked(keys: dict[str, int]) -> None:
    now = clock.now()
    until = CodeAttempt.objects.filter(key__in=keys, locked_until__gt=now).values_list("locked_until", flat=True).first()
    if until:
        raise ProgressLocked(minutes=max(1, -(-int((until - now).total_seconds()) // 60)))


def _failed(keys: dict[str, int]) -> None:
    """失败计数单独成事务：外面没有写入可回滚，计数必须留下。"""
    now = clock.now()
    with transaction.atomic():
        for key, limit in keys.items():
            attempt, _ = CodeAttempt.objects.select_for_update().get_or_create(key=key, defaults={"since": now})
            if now - attempt.since > LOCK:
                attempt.failures, attempt.since = 0, now
            attempt.failures += 1
            attempt.locked_until = now + LOCK if attempt.failures >= limit else None
            attempt.save()


def _view(case: Case) -> ProgressView:
    rows = CaseEvent.objects.filter(case=case, action__in=_SHOWN).order_by("seq").values_list("action", "at", "note", "source", "target")
    steps = tuple(
        Step(ACTION_NAMES[Action(action)], at, note if action == Action.SUPPLEMENT else "")
        for action, at, note, source, target in rows
        if action != Action.TRANSFER or source != target
    )
    return ProgressView(
        case_no=case.case_no,
        item_name=case.item_name,
        department_name=case.department_name,
        applicant_name=display_name(case.applicant_kind, case.applicant_name),
        status=case.state,
        status_name=STATE_NAMES[State(case.state)],
        submitted_at=case.submitted_at,
        accepted_at=case.accepted_at,
        decided_at=case.decided_at,
        promise_due=case.promise_due,
        steps=steps,
    )
