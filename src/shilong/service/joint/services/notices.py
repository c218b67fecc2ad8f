"""双告知：收登记信息、按经营范围生成提示、部门处理提示、改规则。坏行报行号与原因，好行照收；重复导入不重复。"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.gm import sm3
from shilong.foundation.notify import services as notify
from shilong.foundation.refusals import Invalid
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor, require
from shilong.service.catalog import selectors as catalog
from shilong.service.joint import permissions
from shilong.service.joint.models import BatchEnterprise, Enterprise, NoticeBatch, Prompt, ScopeRule
from shilong.service.joint.refusals import PromptChanged, PromptClosed
from shilong.service.joint.rules import notices
from shilong.service.joint.rules.notices import Registered

MOST = 5000
MOST_ERRORS = 500
State = Prompt.State
OPEN = (State.OPEN, State.CLAIMED, State.CONTACTED)
MOVES = {
    "claim": (State.OPEN,),
    "contact": (State.OPEN, State.CLAIMED, State.CONTACTED),
    "apply": (State.OPEN, State.CLAIMED, State.CONTACTED),
    "needless": (State.OPEN, State.CLAIMED, State.CONTACTED),
}
TARGETS = {"claim": State.CLAIMED, "contact": State.CONTACTED, "apply": State.APPLIED, "needless": State.NEEDLESS}


@dataclass(frozen=True, slots=True)
class Taken:
    """一次导入的结果。`errors`：[{line, reason}]。"""

    batch: str
    total: int
    taken: int
    repeated: int
    prompts: int
    errors: list[dict[str, Any]]


def import_notices(source: str, number: str, rows: Sequence[tuple[int, Any]], *, actor: Actor) -> Taken:
    """收一批。

    参数：
        source: 来源，如 gongshang。number: 对方的批号；同一来源同一批号重复来，只补没收进的企业。
        rows: （文件里的行号, 一行 {列名或字段名: 值}）。

    异常：
        NotAllowed: 不是市场监管部门或行政审批局。Invalid: 没有数据、超过 5,000 行、没有批号。
    """
    permissions.require_importer(actor)
    if not rows or len(rows) > MOST:
        raise Invalid(f"一批应有 1 到 {MOST} 行数据。")
    if not number.strip() or len(number) > 64 or not source.strip() or len(source) > 40:
        raise Invalid("请写明来源（最长 40 个字）与批号（最长 64 个字）。")
    good, errors = _sort(rows)
    rules = list(ScopeRule.objects.filter(active=True))
    with transaction.atomic():
        batch, _ = NoticeBatch.objects.select_for_update().get_or_create(
            source=source.strip(), number=number.strip(), defaults={"actor_name": actor.name, "created_at": timezone.now()}
        )
        counts = [_take(batch, row, rules) for row in good]
        taken = sum(fresh for fresh, _ in counts)
        batch.total = max(batch.total, len(rows))
        batch.taken += taken
        batch.repeated += len(good) - taken
        batch.prompts += sum(made for _, made in counts)
        batch.errors = errors[:MOST_ERRORS]
        batch.save(update_fields=["total", "taken", "repeated", "prompts", "errors"])
        detail = {"number": number, "rows": len(rows), "taken": taken, "bad": len(errors)}
        audit.record("joint.notice_import", actor=actor, object_type="notice_batch", object_id=str(batch.uid), detail=detail)
    return Taken(str(batch.uid), len(rows), taken, len(good) - taken, sum(made for _, made in counts), errors)


def _sort(rows: Sequence[tuple[int, Any]]) -> tuple[list[Registered], list[dict[str, Any]]]:
    """好行与坏行；同一批里同一企业出现两次的，后一行算坏行。"""
    today = timezone.localdate()
    good: dict[str, Registered] = {}
    errors: list[dict[str, Any]] = []
    for line, row in rows:
        found, reason = notices.parse(row, today) if isinstance(row, Mapping) else (None, "不是一行“列名: 值”")
        if found is not None and found.uscc in good:
            found, reason = None, "同一企业在本批里已出现过"
        if found is None:
            errors.append({"line": line, "reason": reason})
        else:
            good[found.uscc] = found
    return list(good.values()), errors


def _take(batch: NoticeBatch, row: Registered, rules: Sequence[ScopeRule]) -> tuple[bool, int]:
    """收一家：更新企业信息表，按规则生成提示。返回（是不是本批第一次收, 生成几条）。"""
    digest = sm3(row.scope.encode()).hex()
    values = {key: value for key, value in asdict(row).items() if key != "uscc"}
    enterprise, _ = Enterprise.objects.update_or_create(uscc=row.uscc, defaults={**values, "scope_digest": digest})
    _, fresh = BatchEnterprise.objects.get_or_create(batch=batch, enterprise=enterprise)
    if not fresh:
        return False, 0
    made = [one for rule in rules if (one := _prompt(batch, enterprise, rule)) is not None]
    if made:
        _tell_enterprise(enterprise, made)
    return True, len(made)


def _prompt(batch: NoticeBatch, enterprise: Enterprise, rule: ScopeRule) -> Prompt | None:
    """命中规则就生成一条；同一经营范围同一事项只有一条，还没处理完的也不再加。"""
    words = notices.hits(enterprise.scope, rule.words, rule.excludes)
    if not words or enterprise.prompts.filter(item_code=rule.item_code, state__in=OPEN).exists():
        return None
    try:
        item = catalog.brief(rule.item_code)
    except catalog.ItemUnavailable:
        return None  # 事项下线了：规则留着，恢复后再触发
    row, fresh = Prompt.objects.get_or_create(
        enterprise=enterprise,
        item_code=rule.item_code,
        scope_digest=enterprise.scope_digest,
        defaults={
            "batch": batch,
            "item_name": item.name,
            "department": item.department,
            "theme_code": rule.theme_code,
            "words": words,
            "created_at": timezone.now(),
        },
    )
    return row if fresh else None


def _tell_enterprise(enterprise: Enterprise, made: Sequence[Prompt]) -> None:
    """企业一家只发一条，列出全部事项；已注册的进站内信。"""
    notify.send(
        "joint_prompt",
        context={"name": enterprise.name, "count": len(made), "items": "、".join(one.item_name for one in made)},
        account_id=accounts.account_by_id_no("001", enterprise.uscc),
        mobile=enterprise.mobile,
        subject_no=enterprise.uscc,
    )


def move_prompt(uid: UUID | str, move: str, *, note: str = "", actor: Actor, version: int) -> Prompt:
    """处理一条提示：认领、已联系、已申请、无需办理。

    异常：
        NotAllowed、PromptNotFound、PromptChanged、PromptClosed；Invalid: 无需办理没有写原因。
    """
    if move not in MOVES:
        raise Invalid("没有这个操作。")
    if move == "needless" and not note.strip():
        raise Invalid("请写明为什么不用办，企业会看到。", fields={"note": "必填"})
    with transaction.atomic():
        row = permissions.prompt(uid, actor)
        if row.version != version:
            raise PromptChanged(who=row.handler_name or "其他人")
        if row.state not in MOVES[move]:
            raise PromptClosed(state=State(row.state).label)
        row.state, row.version = TARGETS[move], row.version + 1
        row.handler_id, row.handler_name, row.handled_at = actor.account_id, actor.name, timezone.now()
        row.note = note.strip()[:200] or row.note
        row.save(update_fields=["state", "version", "handler_id", "handler_name", "handled_at", "note"])
        audit.record("joint.prompt", actor=actor, object_type="prompt", object_id=str(row.uid), detail={"move": move})
    return row


def mark_applied(case_no: str, uscc: str, item_code: str) -> int:
    """企业申请了提示的事项：提示自动记为已申请。返回几条；重复执行无害。"""
    rows = Prompt.objects.filter(enterprise__uscc=uscc, item_code=item_code, state__in=OPEN)
    return rows.update(state=State.APPLIED, case_no=case_no, handled_at=timezone.now())


def save_rule(item_code: str, *, words: str, excludes: str, theme_code: str, basis: str, active: bool, actor: Actor) -> ScopeRule:
    """改一条经营范围规则；对以后导入的生效。异常：NotAllowed、ItemUnavailable、Invalid。"""
    require(actor, *permissions.EDITORS)
    catalog.item(item_code)
    found = notices.clean_words(words)
    if not found or any(len(word) > 30 for word in found) or len(found) > 60:
        raise Invalid("触发词至少一个、最多 60 个，每个最长 30 个字。", fields={"words": "用顿号或换行隔开"})
    values = {
        "words": found,
        "excludes": notices.clean_words(excludes)[:60],
        "theme_code": theme_code[:24],
        "basis": basis.strip()[:200],
        "active": active,
        "editor_name": actor.name,
    }
    with transaction.atomic():
        row, _ = ScopeRule.objects.update_or_create(item_code=item_code, defaults=values)
        audit.record("joint.scope_rule", actor=actor, object_type="scope_rule", object_id=item_code, detail={"words": found[:20]})
    return row
