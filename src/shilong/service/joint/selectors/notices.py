"""读双告知：批次、提示、规则、企业自己的提示。"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from shilong.foundation.codes import masks
from shilong.foundation.pages import Page, paginate
from shilong.foundation.refusals import NotFound
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor
from shilong.service.catalog import selectors as catalog
from shilong.service.joint import permissions
from shilong.service.joint.models import NoticeBatch, Prompt, ScopeRule
from shilong.service.joint.services.notices import MOVES

TONES = {"open": "o", "claimed": "b", "contacted": "b", "applied": "g", "needless": ""}
MOVE_NAMES = {"claim": "认领", "contact": "已联系", "apply": "已申请", "needless": "无需办理"}


@dataclass(frozen=True, slots=True)
class PromptRow:
    """一条提示。"""

    uid: str
    version: int
    enterprise: str
    uscc: str
    legal_name: str
    mobile: str
    scope: str
    registered_on: date
    item_code: str
    item_name: str
    department: str
    theme_code: str
    words: list[str]
    state: str
    state_name: str
    tone: str
    handler_name: str
    note: str
    case_no: str
    created_at: datetime
    moves: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """一条规则。"""

    item_code: str
    item_name: str
    department_name: str
    words: list[str]
    excludes: list[str]
    theme_code: str
    basis: str
    active: bool
    online: bool
    editor_name: str
    updated_at: datetime


def prompts(actor: Actor, *, state: str = "", q: str = "", department: str = "", page: int = 1, size: int = 20) -> Page[PromptRow]:
    """部门的待办提示；`state` 为 todo 时是还没处理完的。"""
    rows = permissions.prompts(actor)
    if state == "todo":
        rows = rows.filter(state__in=[Prompt.State.OPEN, Prompt.State.CLAIMED, Prompt.State.CONTACTED])
    elif state:
        rows = rows.filter(state=state)
    if department:
        rows = rows.filter(department=department)
    if q:
        rows = rows.filter(enterprise__name__icontains=q) | rows.filter(enterprise__uscc=q.upper())
    return paginate(rows, page, size, _row)


def prompt_counts(actor: Actor) -> dict[str, int]:
    """各状态几条。"""
    found = permissions.prompts(actor).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(found)


def for_enterprise(actor: Actor) -> list[PromptRow]:
    """企业自己的提示：法人账号本人，或正在代办的经办人；个人没有。"""
    if actor.account_id is None or actor.is_staff:
        return []
    profile = accounts.applicant(actor.agent_for or actor.account_id)
    if profile.id_type != "001":
        return []
    rows = Prompt.objects.select_related("enterprise").filter(enterprise__uscc=profile.id_no.upper())
    return [_row(row) for row in rows[:50]]


def batches(actor: Actor, page: int = 1) -> Page[NoticeBatch]:
    """导入过的批次。异常：NotAllowed。"""
    permissions.require_importer(actor)
    return paginate(NoticeBatch.objects.defer("errors"), page, 10, lambda row: row)


def batch(uid: UUID, actor: Actor) -> NoticeBatch:
    """一批的结果。异常：NotAllowed、NotFound。"""
    permissions.require_importer(actor)
    row = NoticeBatch.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound("没有找到这一批。")
    return row


def rules() -> list[RuleRow]:
    """经营范围规则，按事项目录次序。"""
    briefs = {row.code: row for row in catalog.published(size=500).items}
    return [
        RuleRow(
            item_code=row.item_code,
            item_name=briefs[row.item_code].name if row.item_code in briefs else row.item_code,
            department_name=briefs[row.item_code].department_name if row.item_code in briefs else "",
            words=row.words,
            excludes=row.excludes,
            theme_code=row.theme_code,
            basis=row.basis,
            active=row.active,
            online=row.item_code in briefs,
            editor_name=row.editor_name,
            updated_at=row.updated_at,
        )
        for row in ScopeRule.objects.all()
    ]


def _row(row: Any) -> PromptRow:
    firm = row.enterprise
    return PromptRow(
        uid=str(row.uid),
        version=row.version,
        enterprise=firm.name,
        uscc=firm.uscc,
        legal_name=masks.mask_name(firm.legal_name) if firm.legal_name else "",
        mobile=masks.mask_mobile(firm.mobile) if firm.mobile else "",
        scope=firm.scope,
        registered_on=firm.registered_on,
        item_code=row.item_code,
        item_name=row.item_name,
        department=row.department,
        theme_code=row.theme_code,
        words=row.words,
        state=row.state,
        state_name=Prompt.State(row.state).label,
        tone=TONES[row.state],
        handler_name=row.handler_name,
        note=row.note,
        case_no=row.case_no,
        created_at=row.created_at,
        moves=[
            (key, MOVE_NAMES[key])
            for key, sources in MOVES.items()
            if row.state in sources and not (key == "contact" and row.state == "contacted")
        ],
    )
