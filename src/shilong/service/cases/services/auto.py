"""定时：到点自动发生的法律后果。每一件走同一个 `act`，失败一件不影响其余。"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet

from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases import clock
from shilong.service.cases.models import Case
from shilong.service.cases.rules import INTAKE, OPEN, Action, State
from shilong.service.cases.rules.transitions import SUBMISSION
from shilong.service.cases.services import clockwork
from shilong.service.cases.services.engine import act
from shilong.service.cases.services.work import Work

log = logging.getLogger(__name__)
BATCH = 500


def accept_overdue() -> int:
    """第五个工作日结束仍未告知的，自收到材料之日起即为受理（行政许可法第三十二条）。返回件数。"""
    rows = Case.objects.filter(state__in=sorted(INTAKE), notice_due__lt=clock.now())
    return _until_done(rows, "notice_due", lambda no, version: _auto(no, version, Action.AUTO_ACCEPT))


def lapse_overdue() -> int:
    """补正答复期限届满未补的终止。返回件数。"""
    rows = Case.objects.filter(state=State.SUPPLEMENTING, answer_due__lt=clock.now())
    return _until_done(rows, "answer_due", lambda no, version: _auto(no, version, Action.LAPSE))


def _until_done(rows: QuerySet[Case], due: str, step: Callable[[str, int], None]) -> int:
    """先到期的先办，一批接一批直到没有；按（到期日, 主键）往后翻，办不成的一件不会反复挡在最前面。"""
    done = 0
    after: tuple[datetime, int] | None = None
    while True:
        rest = rows if after is None else rows.filter(Q(**{f"{due}__gt": after[0]}) | Q(**{due: after[0], "pk__gt": after[1]}))
        batch = list(rest.order_by(due, "pk").values_list("case_no", "version", due, "pk")[:BATCH])
        done += _each([(case_no, version) for case_no, version, _, _ in batch], step)
        if len(batch) < BATCH:
            return done
        after = (batch[-1][2], batch[-1][3])


def late_overdue() -> int:
    """容缺逾期：先催告一次，再逾期终止（standards §11.3）。返回件数。"""
    rows = Case.objects.filter(late_pending=True, late_due__lt=clock.now()).exclude(state__in=[State.SUPPLEMENTING])
    urged = set(rows.filter(late_urged=True).values_list("case_no", flat=True))

    def step(case_no: str, version: int) -> None:
        if case_no not in urged:
            _auto(case_no, version, Action.URGE_LATE)
        else:
            reason = {"reason": "容缺材料逾期未补", "basis": "《河南省优化营商环境条例》第三十五条及申请人签署的容缺受理承诺书"}
            act(case_no, Action.TERMINATE, actor=SYSTEM, expected_version=version, payload=reason)

    return _until_done(rows, "late_due", step)


def _auto(case_no: str, version: int, action: Action) -> None:
    act(case_no, action, actor=SYSTEM, expected_version=version)


def _each(rows: Iterable[tuple[str, int]], step: Callable[[str, int], None]) -> int:
    done = 0
    for case_no, version in rows:
        try:
            step(case_no, version)
        except Refused as refusal:
            # 读到之后被人先办了：下一轮再看，不算失败。
            log.info("定时处理跳过 %s：%s", case_no, refusal)
        except OperationalError:
            raise  # 数据库连不上：整批留到重试，不逐件刷错误日志
        except Exception:
            # 一件数据有问题不能挡住后面的：视为受理是法定后果，每一件都得按时发生。
            log.exception("定时处理 %s 出错", case_no)
        else:
            done += 1
    return done


def recalculate() -> int:
    """工作日历变更后，重算在办件的各到期日（账本不动，只更新投影）。返回有变化的件数。"""
    changed = 0
    last = 0
    while True:
        ids = list(Case.objects.filter(pk__gt=last, state__in=sorted(OPEN)).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            return changed
        last = ids[-1]
        for pk in ids:
            changed += _recalculate(pk)


def _recalculate(pk: int) -> int:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=pk)
        work = Work(case, SYSTEM, {}, clock.now(), SUBMISSION)
        work.target = case.state
        clockwork.refresh(work)
        if work.changes:
            case.save(update_fields=list(work.changes))
    return int(bool(work.changes))
