"""提交一件事：一个事务里生成母件与能先办的各子件；要等前一件的先记着，前一件准予后才提交。"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.events import services as outbox
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.notify import services as notify
from shilong.foundation.numbering import services as numbering
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor, Role
from shilong.service.cases import services as cases
from shilong.service.joint.models import Bundle, Member
from shilong.service.joint.refusals import ThemeChangedSinceFilled
from shilong.service.joint.rules import merging, papers, themes
from shilong.service.joint.selectors.themes import Plan, ThemeView, plan, theme
from shilong.service.materials import profile

SHARED_LEAST = 2
WITHOUT_FILE = frozenset({"share", "licence"})


@dataclass(frozen=True, slots=True)
class BundleCommand:
    """提交一件事。

    参数：
        theme: 主题（发布版）。
        form: 合一表单，已按合一定义清洗。
        materials: 合并材料编码 → 一份材料。
        answers: 情形答案。
        applicant: 窗口代收时的申请人；群众自己办时为空。
        idempotency_key: 同一人同一键只会有一个母件。
    """

    theme: ThemeView
    form: dict[str, Any]
    materials: dict[str, cases.MaterialInput]
    answers: dict[str, str]
    channel: str
    idempotency_key: str
    applicant: ApplicantProfile | None = None
    late_promise: bool = False
    agent: dict[str, str] | None = None


def submit(command: BundleCommand, *, actor: Actor) -> Bundle:
    """提交。任何一件子件不合要求，整件不交（同一事务）。

    异常：
        NotSignedIn、NotAllowed: 没有登录；群众冒用窗口代收。
        ThemeChangedSinceFilled: 按所选情形不足两件。
        `cases.services.submit` 的各种拒绝。
    """
    if actor.account_id is None:
        raise NotSignedIn
    if command.applicant is not None and not actor.has(Role.WINDOW):
        raise NotAllowed("只有综合窗口可以代收一件事。")
    if found := _same(command, actor):
        return found
    made = plan(command.theme, command.answers)
    if len(made.parts) < SHARED_LEAST:
        raise ThemeChangedSinceFilled
    try:
        with transaction.atomic():
            return _write(command, made, actor)
    except IntegrityError:
        # 同一个键并发提交：唯一约束只放过一件。
        found = _same(command, actor)
        if found is None:
            raise
        return found


def _same(command: BundleCommand, actor: Actor) -> Bundle | None:
    return Bundle.objects.filter(submitted_by=actor.account_id or 0, idempotency_key=command.idempotency_key).first()


def _write(command: BundleCommand, made: Plan, actor: Actor) -> Bundle:
    applicant = command.applicant or accounts.applicant(actor.agent_for or actor.account_id)  # type: ignore[arg-type]
    bundle = _bundle(command, made, applicant, actor)
    bundle.omni_no = numbering.next_number("joint")
    bundle.save(force_insert=True)
    members = [
        Member(
            bundle=bundle,
            order=order,
            part=row.key,
            label=row.label,
            item_code=row.item_code,
            item_name=row.item_name,
            department=row.department,
            department_name=row.department_name,
            after=list(row.after),
        )
        for order, row in enumerate(sorted(made.parts, key=lambda one: one.wave))
    ]
    Member.objects.bulk_create(members)
    for member in members:
        if not member.after:
            release(bundle, member, command.theme, actor=actor)
    outbox.emit("joint.submit", key=bundle.omni_no, omni_no=bundle.omni_no, part="", case_no="")
    tell(bundle, "joint_submitted", count=len(members), departments=made.departments)
    return bundle


def _bundle(command: BundleCommand, made: Plan, applicant: ApplicantProfile, actor: Actor) -> Bundle:
    express = command.form.get("delivery_way") == "邮寄送达"
    address = {key: command.form.get(f"receiver_{key}", "") for key in ("name", "mobile", "address")} if express else {}
    return Bundle(
        theme_code=command.theme.code,
        theme_name=command.theme.name,
        theme_version=command.theme.version,
        lead=command.theme.lead,
        channel=command.channel,
        account_id=applicant.account_id,
        submitted_by=actor.account_id or 0,
        agent_for=actor.agent_for,
        applicant_kind=applicant.kind,
        applicant_name=applicant.name,
        id_index=blind_index(applicant.id_no),
        applicant=profile.dump(applicant),
        by_window=command.applicant is not None,
        form=json.dumps(command.form, ensure_ascii=False),
        answers=command.answers,
        item_versions={row.item.code: row.item.version for row in command.theme.parts},
        materials={code: asdict(one) for code, one in command.materials.items()},
        late_promise=command.late_promise,
        agent=json.dumps(command.agent, ensure_ascii=False) if command.agent else "",
        promise_days=made.days,
        joint_limit=made.limit,
        submitted_at=timezone.now(),
        pickup=Bundle.Pickup.EXPRESS if express else Bundle.Pickup.WINDOW,
        address=json.dumps(address, ensure_ascii=False) if address else "",
        idempotency_key=command.idempotency_key,
    )


def release(bundle: Bundle, member: Member, view: ThemeView, *, actor: Actor) -> None:
    """把一件子件交给办件引擎。须在事务里、母件已锁。

    异常：
        `cases.services.submit` 的各种拒绝。
    """
    part = next(row for row in view.parts if row.key == member.part)
    case = cases.submit(_command(bundle, part, view), actor=actor)
    member.stage = Member.Stage.RUNNING
    member.case_no = case.case_no
    member.case_state = case.status
    member.case_version = case.version
    member.reason = ""
    member.released_at = timezone.now()
    member.save(update_fields=["stage", "case_no", "case_state", "case_version", "reason", "released_at"])


def _command(bundle: Bundle, part: themes.Part, view: ThemeView) -> cases.SubmitCommand:
    found = papers.papers(view.content, view.parts, [part], bundle.answers)
    given = papers.distribute(found, part.key, bundle.materials)
    shared = {one.code for one in part.item.materials if one.can_share}
    return cases.SubmitCommand(
        item_code=part.item.code,
        form=merging.split(part, view.names, json.loads(bundle.form)),
        materials=[_input(code, row) for code, row in given if _usable(row, code in shared)],
        situation=themes.situation(part, bundle.answers),
        channel=bundle.channel,
        applicant=profile.load(bundle.applicant) if bundle.by_window else None,
        idempotency_key=f"{bundle.omni_no}-{part.key}",
        late_promise=bundle.late_promise,
        agent=json.loads(bundle.agent) if bundle.agent else None,
    )


def _usable(row: dict[str, Any], shared: bool) -> bool:
    """没有文件的“共享取得”只对允许共享的事项算数。"""
    return bool(row["file_ids"]) or row["late"] or row["source"] not in WITHOUT_FILE or shared


def _input(code: str, row: dict[str, Any]) -> cases.MaterialInput:
    return cases.MaterialInput(code, list(row["file_ids"]), late=row["late"], source=row["source"])


def theme_of(bundle: Bundle) -> ThemeView:
    """母件提交时的主题与事项版本。"""
    return theme(bundle.theme_code, bundle.theme_version, bundle.item_versions)


def tell(bundle: Bundle, template: str, **context: Any) -> None:
    """告诉申请人：站内信按账号，短信按登记的手机。"""
    notify.send(
        template,
        context={"omni_no": bundle.omni_no, "theme": bundle.theme_name, **context},
        account_id=bundle.account_id,
        mobile=profile.load(bundle.applicant).mobile,
        subject_no=bundle.omni_no,
    )
