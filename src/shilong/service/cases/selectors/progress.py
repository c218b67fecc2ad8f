"""凭申请编号与查询码匿名查进度：脱敏、限频。

锁的是猜的人，不是办件：同一来源猜同一编号 5 次、猜各种编号 20 次，锁这个来源 15 分钟；别处持正确查询码的人不受影响。
许多来源合起来猜同一编号的，一天内猜错满 50 次后，每个来源只剩一次机会——持码人一次就对，换着地址猜的慢下来。
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address

from django.db import transaction

from shilong.foundation.gm import sm3
from shilong.service.cases import clock
from shilong.service.cases.models import Case, CaseEvent, CodeAttempt, Dossier
from shilong.service.cases.refusals import ProgressLocked, ProgressNotMatched
from shilong.service.cases.rules import ACTION_NAMES, STATE_NAMES, Action, State
from shilong.service.cases.selectors.views import display_name

LIMIT = 5  # 同一来源对同一编号猜错
HOT_LIMIT = 1  # 编号正被许多来源猜时，每个来源的机会
IP_LIMIT = 20  # 同一来源对各种编号猜错（大厅同一出口地址有多人，放宽）
CASE_LIMIT = 50  # 一天内各来源合计，超过即算“正被猜”
LOCK = timedelta(minutes=15)
DAY = timedelta(days=1)
MOST = 10_000  # 计数封顶，列是短整数


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
    here, source = _keys(case_no, ip)
    _refuse_locked(here, source)
    dossier = Dossier.objects.select_related("case").filter(case__case_no=case_no).first()
    # 编号不存在也比一次，响应时间不透露编号真假。
    expected = dossier.query_code if dossier else "000000"
    if not compare_digest(expected.encode(), query_code.strip()[:20].encode()) or dossier is None:
        _failed(case_no, here, source)
        raise ProgressNotMatched
    CodeAttempt.objects.filter(key=here).delete()
    return _view(dossier.case)


def _keys(case_no: str, ip: str) -> tuple[str, str]:
    """（这个来源对这个编号, 这个来源）的计数键。一户人家能用的 IPv6 地址有 2^64 个，按前缀算一个来源。"""
    try:
        address = ip_address(ip)
    except ValueError:
        source = ip[:45]
    else:
        source = address.exploded[:19] if isinstance(address, IPv6Address) else str(address)
    return f"at:{sm3(f'{source} {case_no}'.encode()).hex()}", f"ip:{source}"


def _refuse_locked(*keys: str) -> None:
    now = clock.now()
    rows = CodeAttempt.objects.filter(key__in=keys, locked_until__gt=now).order_by("-locked_until")
    until = rows.values_list("locked_until", flat=True).first()
    if until:
        raise ProgressLocked(minutes=max(1, -(-int((until - now).total_seconds()) // 60)))


def _failed(case_no: str, here: str, source: str) -> None:
    """失败计数单独成事务：外面没有写入可回滚，计数必须留下。按编号的合计只计数，不锁任何人。"""
    with transaction.atomic():
        total = _count(f"no:{case_no}", DAY, limit=None)
        _count(here, LOCK, limit=HOT_LIMIT if total > CASE_LIMIT else LIMIT)
        _count(source, LOCK, limit=IP_LIMIT)


def _count(key: str, window: timedelta, *, limit: int | None) -> int:
    now = clock.now()
    attempt, _ = CodeAttempt.objects.select_for_update().get_or_create(key=key, defaults={"since": now})
    if now - attempt.since > window:
        attempt.failures, attempt.since = 0, now
    attempt.failures = min(attempt.failures + 1, MOST)
    attempt.locked_until = now + LOCK if limit is not None and attempt.failures >= limit else None
    attempt.save()
    return attempt.failures


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
