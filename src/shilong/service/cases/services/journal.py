"""履历、发件箱、审计：与办件在同一事务里写成，一次一批。"""

from datetime import date, datetime
from typing import Any

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as outbox
from shilong.identity.roles.actor import Actor
from shilong.service.cases.models import Case, CaseEvent
from shilong.service.cases.rules import basis_of
from shilong.service.cases.services.work import Entry, Work


def commit(work: Work) -> None:
    """落履历、更新投影、发事件、记审计。版本号就是履历序号，因此“版本不变”等于“没有新履历”。"""
    case = work.case
    source = work.before[-1].target if work.before else case.state
    entries = [
        *work.before,
        Entry(work.action, source, work.target, work.note, work.basis, work.data, work.changes, work.secret),
    ]
    first = case.version + 1
    rows = [_row(case, entry, work.actor, work.now, first + index) for index, entry in enumerate(entries)]
    CaseEvent.objects.bulk_create(rows)
    case.state = work.target
    case.version = first + len(entries) - 1
    case.save(update_fields=["state", "version", *work.changes])
    for row in rows:
        announce(case, row, work.actor)


def opened(case: Case, entry: Entry, actor: Actor, now: datetime) -> CaseEvent:
    """提交时的第一条履历。"""
    row = CaseEvent.objects.create(**_columns(case, entry, actor, now, 1))
    announce(case, row, actor)
    return row


def announce(case: Case, row: CaseEvent, actor: Actor) -> None:
    """发领域事件并记审计。payload 的字段是对外约定，只加不改。"""
    outbox.emit(
        f"case.{row.action}",
        key=case.case_no,
        case_no=case.case_no,
        event_id=row.pk,
        version=row.seq,
        department=case.department,
        item_code=case.item_code,
        state=row.target,
        source=row.source,
        at=row.at.isoformat(),
    )
    audit.record(
        f"case.{row.action}",
        actor=actor,
        object_type="case",
        object_id=case.case_no,
        detail={"from": row.source, "to": row.target, "version": row.seq},
    )


def _row(case: Case, entry: Entry, actor: Actor, now: datetime, seq: int) -> CaseEvent:
    return CaseEvent(**_columns(case, entry, actor, now, seq))


def _columns(case: Case, entry: Entry, actor: Actor, now: datetime, seq: int) -> dict[str, Any]:
    return {
        "case": case,
        "seq": seq,
        "action": entry.action,
        "source": entry.source,
        "target": entry.target,
        "at": now,
        "actor_id": actor.account_id,
        "actor_name": actor.name,
        "department": actor.department,
        "note": entry.note,
        "basis": basis_of(case.item_type, entry.basis)[:120],
        "data": plain(entry.data),
        "changes": plain(entry.changes),
        "secret": entry.secret,
    }


def plain(value: Any) -> Any:
    """变成可存 JSON 的值。"""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, (datetime, date)) else value
