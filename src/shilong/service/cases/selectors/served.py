"""被服务的那一次：谁、办什么、谁办的。好差评、咨询投诉凭它认本人，不必看办件的其他内容。"""

from dataclasses import dataclass
from datetime import datetime

from shilong.foundation.refusals import NotSignedIn
from shilong.identity.roles.actor import Actor
from shilong.service.cases import permissions
from shilong.service.cases.models import Case, CaseEvent, Dossier
from shilong.service.cases.refusals import OthersCase
from shilong.service.cases.rules.states import FINAL, State


@dataclass(frozen=True, slots=True)
class Served:
    """一件办件里与评价有关的部分；`person` 是申请人证件号的检索索引，不是证件号。"""

    case_no: str
    item_code: str
    item_name: str
    project_type: str
    department: str
    department_name: str
    channel: str
    account_id: int | None
    applicant_kind: str
    person: str
    status: str  # 上报码 proStatus：1 待办理 2 办理中 3 已完结
    submitted_at: datetime
    accepted_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """办件的一步：哪个动作、谁做的、何时。"""

    case: Served
    action: str
    actor_id: int | None
    actor_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """申请人联系方式（明文）：发短信、经批准的揭示、上报散列用。"""

    name: str
    mobile: str
    id_type: str
    id_no: str


def step(event_id: int) -> Step | None:
    """某条履历对应的一步；没有返回 None。"""
    row = CaseEvent.objects.select_related("case").filter(pk=event_id).first()
    return Step(_served(row.case), row.action, row.actor_id, row.actor_name, row.at) if row else None


def steps(case_no: str) -> list[Step]:
    """一件办件的各步，按先后。"""
    rows = CaseEvent.objects.select_related("case").filter(case__case_no=case_no).order_by("seq")
    return [Step(_served(row.case), row.action, row.actor_id, row.actor_name, row.at) for row in rows]


def served(case_no: str) -> Served | None:
    """一件办件；没有返回 None。系统内部用，不判权限。"""
    row = Case.objects.filter(case_no=case_no).first()
    return _served(row) if row else None


def served_many(case_nos: list[str]) -> dict[str, Served]:
    """一批办件，一次查询。"""
    return {row.case_no: _served(row) for row in Case.objects.filter(case_no__in=case_nos)}


def owned(case_no: str, actor: Actor) -> Served:
    """本人（或代办单位）的一件办件。

    异常：
        NotSignedIn: 没有登录。
        OthersCase: 不是本人的，或没有这件；两者说同一句话。
    """
    if actor.account_id is None:
        raise NotSignedIn
    row = Case.objects.filter(case_no=case_no).first()
    if row is None or not permissions.owns(actor, row):
        raise OthersCase
    return _served(row)


def contacts(case_nos: list[str]) -> dict[str, Contact]:
    """一批办件的申请人联系方式（明文），一次查询；调用方负责鉴权与审计。"""
    rows = Dossier.objects.select_related("case").filter(case__case_no__in=case_nos)
    return {row.case.case_no: Contact(row.case.applicant_name, row.mobile, row.id_type, row.id_no) for row in rows}


def _served(case: Case) -> Served:
    state = State(case.state)
    status = "3" if case.decided_at or state in FINAL else "2" if case.accepted_at else "1"
    return Served(
        case_no=case.case_no,
        item_code=case.item_code,
        item_name=case.item_name,
        project_type=case.project_type,
        department=case.department,
        department_name=case.department_name,
        channel=case.channel,
        account_id=case.account_id,
        applicant_kind=case.applicant_kind,
        person=case.id_index,
        status=status,
        submitted_at=case.submitted_at,
        accepted_at=case.accepted_at,
        finished_at=case.finished_at or case.decided_at,
    )


__all__ = ["Contact", "Served", "Step", "contacts", "owned", "served", "served_many", "step", "steps"]
