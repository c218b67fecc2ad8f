"""提交办件。"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from shilong.foundation import gm
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.numbering import services as numbering
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.organizations import selectors as organizations
from shilong.identity.realname import rules as realname_rules
from shilong.identity.realname import services as realname
from shilong.identity.roles.actor import Actor, Role
from shilong.service.cases import clock
from shilong.service.cases.models import Case, CaseMaterial, ClockSegment, Dossier
from shilong.service.cases.refusals import AgentNotAllowed, DuplicateKey, ItemOffline, PayloadInvalid, WrongApplicantKind
from shilong.service.cases.rules import SUBMISSION, Action, State
from shilong.service.cases.selectors.views import CaseView
from shilong.service.cases.services import clockwork, journal, snapshots
from shilong.service.cases.services.commands import SubmitCommand
from shilong.service.cases.services.work import Entry, Work
from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.views import ItemView
from shilong.service.forms import selectors as form_store

WINDOW_CHANNEL = "3"
KEY_LIMIT = 80


def submit(command: SubmitCommand, *, actor: Actor) -> CaseView:
    """提交申请，起告知钟。同一人同一防重键返回同一件。

    参数：
        command: 申请内容，见 `SubmitCommand`。
        actor: 群众本人、其授权经办人，或综合窗口（代填，须给 `command.applicant`）。

    异常：
        NotSignedIn、NotAllowed: 没有登录，或这个角色不能提交。
        MaterialMissing、FormInvalid、PayloadInvalid: 内容不齐（422，fields 指出每一处）。
        NotYourFile: 材料文件不是提交人上传的（403）。
        DuplicateKey: 防重键已用于另一份内容（409）。
        AgentNotAllowed、WrongApplicantKind、ItemOffline: 事项不允许这样办。
        OutsideAgency: 代单位办授权范围之外的事项（403）。LevelTooLow: 网上申请须实名 1 级（403）。
    """
    _check_actor(command, actor)
    digest = _digest(command, actor)
    if command.idempotency_key and (found := _same(command, actor, digest)):
        return found
    ready = _prepare(command, actor, digest)  # 读与校验在事务之外做完：文件库同时只容一个写事务，事务越短越好
    try:
        with transaction.atomic():
            return _write(ready, command, actor)
    except IntegrityError:
        # 同一个键并发提交：唯一约束只放过一件，另一个读到的就是它。
        found = _same(command, actor, digest) if command.idempotency_key else None
        if found is None:
            raise
        return found


def _check_actor(command: SubmitCommand, actor: Actor) -> None:
    if actor.account_id is None:
        raise NotSignedIn
    if len(command.idempotency_key) > KEY_LIMIT:
        raise PayloadInvalid(fields={"idempotency_key": f"防重复提交键最长 {KEY_LIMIT} 个字符"})
    if command.applicant is not None and not actor.has(Role.WINDOW):
        raise NotAllowed("只有综合窗口可以替申请人填报。")
    if command.applicant is None and not actor.has(Role.APPLICANT):
        raise NotAllowed("请用个人或法人账号提交申请；窗口代填请先填写申请人信息。")
    if command.applicant is None:
        realname.require_level(actor, realname_rules.APPLY)


def _same(command: SubmitCommand, actor: Actor, digest: str) -> CaseView | None:
    case = Case.objects.filter(submitted_by=actor.account_id, idempotency_key=command.idempotency_key).first()
    if case is None:
        return None
    if case.digest != digest:
        raise DuplicateKey
    return CaseView(case, actor)


def _digest(command: SubmitCommand, actor: Actor) -> str:
    """提交内容的摘要，用来认出“同一个键、不同内容”；替哪家单位办也是内容。"""
    applicant = command.applicant
    content = [
        command.item_code,
        command.form,
        sorted([one.code, sorted(map(str, one.file_ids)), one.late] for one in command.materials),
        command.situation,
        [applicant.id_type, applicant.id_no] if applicant else actor.agent_for,
    ]
    return gm.sm3(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hex()


@dataclass(frozen=True, slots=True)
class _Ready:
    """校验过、还没落库的一件。"""

    case: Case
    dossier: Dossier
    materials: list[CaseMaterial]
    segments: list[ClockSegment]
    first: Entry
    department: str


def _prepare(command: SubmitCommand, actor: Actor, digest: str) -> _Ready:
    now = clock.now()
    item = catalog.item(command.item_code)
    applicant = command.applicant or accounts.applicant(actor.agent_for or actor.account_id)  # type: ignore[arg-type]
    agent = _agent(command, actor)
    accounts.require_agent_may(actor, item.code, item.department, item.name)
    _check_item(item, applicant, agent, command)
    definition = form_store.definition(item.form_code, item.form_version)
    clean = snapshots.form(definition, command.form, command.situation)
    case = _case(item, applicant, command, actor, now, digest)
    trimmed = catalog_rules.trim(item, command.situation)
    materials = snapshots.materials(case, trimmed.materials, command, actor, catalogued=item.materials)
    work = Work(case, actor, {}, now, SUBMISSION)
    segments = clockwork.begin(work)
    entry = Entry(Action.SUBMIT, "", State.SUBMITTED, "提交申请", SUBMISSION.basis, {}, {"submitted_at": now, **work.changes})
    dossier = Dossier(
        case=case,
        query_code=numbering.query_code(),
        form=json.dumps(clean, ensure_ascii=False),
        situation=command.situation,
        id_type=applicant.id_type,
        id_no=applicant.id_no,
        mobile=applicant.mobile,
        legal_name=applicant.legal_name,
        address=applicant.address,
        agent=json.dumps(agent, ensure_ascii=False) if agent else "",
    )
    return _Ready(case, dossier, materials, segments, entry, organizations.department(item.department).number)


def _write(ready: _Ready, command: SubmitCommand, actor: Actor) -> CaseView:
    case = ready.case
    case.case_no = numbering.next_number("case", at=case.submitted_at, department=ready.department, channel=command.channel)
    case.save(force_insert=True)
    CaseMaterial.objects.bulk_create(ready.materials)
    ClockSegment.objects.bulk_create(ready.segments)
    ready.dossier.save(force_insert=True)
    journal.opened(case, ready.first, actor, case.submitted_at)
    return CaseView(case, actor).fresh(ready.dossier, ready.materials, ready.segments)


def _agent(command: SubmitCommand, actor: Actor) -> dict[str, str] | None:
    """代理人：登录账号在代企业办的，代理人就是登录人。"""
    if command.agent:
        return {key: str(command.agent.get(key) or "")[:100] for key in ("name", "id_no", "mobile")}
    return {"name": actor.name, "id_no": "", "mobile": ""} if actor.agent_for else None


def _check_item(item: ItemView, applicant: ApplicantProfile, agent: dict[str, str] | None, command: SubmitCommand) -> None:
    if agent and snapshots.in_person(item):
        raise AgentNotAllowed(item=item.name)
    if item.server_types and applicant.kind not in item.server_types:
        raise WrongApplicantKind(item=item.name, kinds=item.server_names)
    if not item.is_online and command.channel != WINDOW_CHANNEL:
        raise ItemOffline(item=item.name)


def _case(item: ItemView, applicant: ApplicantProfile, command: SubmitCommand, actor: Actor, now: Any, digest: str) -> Case:
    return Case(
        state=State.SUBMITTED,
        version=1,
        item_code=item.code,
        item_version=item.version,
        item_name=item.name,
        item_type=item.type,
        form_code=item.form_code,
        form_version=item.form_version or 0,
        project_type=item.project_type,
        department=item.department,
        department_name=item.department_name,
        plan=item.review_plan,
        policy=snapshots.policy(item),
        channel=command.channel,
        account_id=applicant.account_id,
        submitted_by=actor.account_id,
        submitter_name=actor.name,
        applicant_kind=applicant.kind,
        applicant_name=applicant.name,
        id_index=blind_index(applicant.id_no.upper()),
        mobile_index=blind_index(applicant.mobile) if applicant.mobile else "",
        submitted_at=now,
        idempotency_key=command.idempotency_key,
        digest=digest,
    )


def duplicates(item_code: str, applicant: ApplicantProfile, *, actor: Actor) -> list[str]:
    """同一申请人同一事项在办的办件编号；提交前提示“您已有一件在办”。只有本人与窗口可以问。"""
    mine = {actor.account_id, actor.agent_for} - {None}
    if not actor.has(Role.WINDOW, Role.OFFICER, Role.LEADER) and applicant.account_id not in mine:
        raise NotAllowed
    rows = Case.objects.filter(id_index=blind_index(applicant.id_no.upper()), item_code=item_code, finished_at=None)
    return list(rows.order_by("-submitted_at").values_list("case_no", flat=True)[:10])
