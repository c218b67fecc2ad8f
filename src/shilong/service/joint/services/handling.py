"""母件上能做的事：汇总补正、选择继续或撤回、重新提交、统一出件、评价、登记延长。"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.cases import selectors as case_views
from shilong.service.cases import services as cases
from shilong.service.cases.services import State
from shilong.service.forms import rules as forms
from shilong.service.joint import permissions
from shilong.service.joint.models import Bundle, Member
from shilong.service.joint.refusals import (
    AlreadyScored,
    BundleChanged,
    ExtensionNotAllowed,
    NoChoiceNeeded,
    NotFinished,
    NotHeld,
    NothingToDeliver,
    NothingToSupplement,
)
from shilong.service.joint.rules import limits, merging, papers
from shilong.service.joint.selectors.themes import ThemeView, form_of
from shilong.service.joint.services.follow import PENDING, advance, close, settle, submitter
from shilong.service.joint.services.submit import theme_of

Stage = Member.Stage
WITHDRAWABLE = frozenset(
    {State.SUBMITTED, State.RECEIVED, State.SUPPLEMENTING, State.ACCEPTED, State.REVIEWING, State.SPECIAL, State.SUSPENDED}
)
TEXT_MOST = 500


def supplement(
    omni_no: str,
    *,
    materials: Mapping[str, Sequence[str]],
    form: Mapping[str, Any] | None,
    opinion: str,
    actor: Actor,
    version: int,
) -> list[str]:
    """一次补交，分发到每一件待补正的子件；返回补正了哪几件的办件编号。

    参数：
        materials: 合并材料编码 → 新上传的文件。
        form: 改过的合一表单；没改为 None。

    异常：
        BundleNotFound、BundleChanged、NothingToSupplement，以及办件引擎的拒绝（如某件什么也没补）。
    """
    with transaction.atomic():
        bundle = _locked(omni_no, actor, version)
        waiting = list(bundle.members.filter(stage=Stage.RUNNING, case_state=State.SUPPLEMENTING))
        if not waiting:
            raise NothingToSupplement
        view = theme_of(bundle)
        fresh = {code: {"file_ids": list(ids), "late": False, "source": "upload"} for code, ids in materials.items() if ids}
        if form is not None:
            bundle.form = json.dumps({**json.loads(bundle.form), **_checked(view, waiting, form, bundle.answers)}, ensure_ascii=False)
        bundle.materials = {**bundle.materials, **fresh}
        for member in waiting:
            _resubmit(bundle, member, view, fresh, opinion.strip(), with_form=form is not None, actor=actor)
        bundle.version += 1
        bundle.save(update_fields=["form", "materials", "version"])
    return [row.case_no for row in waiting]


def _checked(view: ThemeView, waiting: Sequence[Member], form: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """改过的合一表单先按合一定义核一遍；各事项自己的要求由办件引擎再核。"""
    keys = {row.part for row in waiting}
    definition, context = form_of(view, [row for row in view.parts if row.key in keys], answers)
    return forms.require_valid(definition, form, context)


def _resubmit(
    bundle: Bundle, member: Member, view: ThemeView, fresh: Mapping[str, Any], opinion: str, *, with_form: bool, actor: Actor
) -> None:
    part = next(row for row in view.parts if row.key == member.part)
    found = papers.papers(view.content, view.parts, [part], bundle.answers)
    seen = case_views.case(member.case_no, actor=actor)
    known = {row.code for row in seen.materials}
    rows = [{"code": code, "file_ids": row["file_ids"]} for code, row in papers.distribute(found, part.key, fresh) if code in known]
    payload: dict[str, Any] = {"opinion": opinion, "materials": rows}
    if with_form:
        payload["form"] = merging.split(part, view.names, json.loads(bundle.form))
    done = cases.act(member.case_no, "resubmit", actor=actor, expected_version=seen.version, payload=payload)
    member.case_state, member.case_version = done.status, done.version
    member.save(update_fields=["case_state", "case_version"])


def choose(omni_no: str, choice: str, *, actor: Actor, version: int) -> None:
    """一件没办成后，申请人选继续办其余，还是撤回其余。

    撤回其余：还没作出决定的子件撤回，没提交的不再提交；已经准予的不受影响。

    异常：
        BundleNotFound、BundleChanged、NoChoiceNeeded。
    """
    if choice not in (Bundle.Choice.CONTINUE, Bundle.Choice.WITHDRAW):
        raise Invalid("请选择继续办其余，或者撤回其余。")
    with transaction.atomic():
        bundle = _locked(omni_no, actor, version)
        if bundle.asked_at is None or bundle.choice or bundle.finished_at:
            raise NoChoiceNeeded
        bundle.choice = choice
        bundle.save(update_fields=["choice"])
        if choice == Bundle.Choice.WITHDRAW:
            _withdraw_rest(bundle, actor)
        settle(bundle)
        audit.record("joint.choose", actor=actor, object_type="bundle", object_id=omni_no, detail={"choice": choice})


def _withdraw_rest(bundle: Bundle, actor: Actor) -> None:
    for member in bundle.members.filter(stage__in=PENDING):
        close(member, Stage.CANCELLED, "申请人选择撤回其余")
    for member in bundle.members.filter(stage=Stage.RUNNING):
        seen = case_views.case(member.case_no, actor=actor)
        if seen.status in WITHDRAWABLE:
            cases.act(
                member.case_no, "withdraw", actor=actor, expected_version=seen.version, payload={"reason": "联办的另一件没有办成，撤回其余"}
            )
            close(member, Stage.CANCELLED, "申请人选择撤回其余")


def retry(omni_no: str, part: str, *, actor: Actor) -> str:
    """把“没能自动提交”的一件再交一次，返回现在的阶段。异常：BundleNotFound、NotHeld。"""
    with transaction.atomic():
        bundle = _locked(omni_no, actor)
        member = bundle.members.filter(part=part, stage=Stage.HELD).first()
        if member is None:
            raise NotHeld
        who = actor if actor.account_id == bundle.submitted_by else submitter(bundle)
        advance(bundle, member, theme_of(bundle), actor=who)
        bundle.version += 1
        bundle.save(update_fields=["version"])
    return member.stage


def cancel(omni_no: str, part: str, *, actor: Actor) -> None:
    """不办“没能自动提交”的一件了。异常：BundleNotFound、NotHeld。"""
    with transaction.atomic():
        bundle = _locked(omni_no, actor)
        member = bundle.members.filter(part=part, stage=Stage.HELD).first()
        if member is None:
            raise NotHeld
        close(member, Stage.CANCELLED, "申请人不再办理")
        settle(bundle)


def deliver(omni_no: str, *, receiver: str, way: str, tracking_no: str = "", actor: Actor) -> int:
    """统一出件：全部完结后，把各件的结果一次交给申请人，逐件登记送达；返回交出几件。

    参数：
        way: 送达方式码，1 窗口领取 2 邮寄（与办件送达相同）。

    异常：
        NotAllowed: 不是窗口。NotFinished: 还没全部办完。NothingToDeliver。
    """
    require(actor, Role.WINDOW)
    with transaction.atomic():
        bundle = permissions.readable(omni_no, actor)
        if bundle.finished_at is None:
            raise NotFinished("还有子件没有办完，全部办完后统一出件。")
        waiting = bundle.members.filter(stage=Stage.GRANTED, case_state=State.GRANTED)
        payload = {"way": way, "receiver": receiver, "tracking_no": tracking_no}
        count = 0
        for member in waiting:
            seen = case_views.case(member.case_no, actor=actor)
            if seen.can("deliver"):
                view = cases.act(member.case_no, "deliver", actor=actor, expected_version=seen.version, payload=payload)
                Member.objects.filter(pk=member.pk).update(case_state=view.status, case_version=view.version)
                count += 1
        if not count:
            raise NothingToDeliver
        audit.record("joint.deliver", actor=actor, object_type="bundle", object_id=omni_no, detail={"count": count, "way": way})
    return count


def score(omni_no: str, value: int, comment: str, *, actor: Actor) -> None:
    """一件事评价一次（5 非常满意 … 1 非常不满意，standards §3.2）。

    异常：
        BundleNotFound、NotFinished、AlreadyScored、Invalid。
    """
    if not 1 <= value <= 5 or len(comment) > TEXT_MOST:
        raise Invalid(f"请选一个满意程度；文字最多 {TEXT_MOST} 个。")
    with transaction.atomic():
        bundle = _locked(omni_no, actor)
        if bundle.finished_at is None:
            raise NotFinished
        if bundle.score is not None:
            raise AlreadyScored
        bundle.score, bundle.comment, bundle.scored_at = value, comment.strip(), timezone.now()
        bundle.save(update_fields=["score", "comment", "scored_at"])
        audit.record("joint.score", actor=actor, object_type="bundle", object_id=omni_no, detail={"score": value})


def extend(omni_no: str, *, approved_by: str, reason: str, actor: Actor) -> None:
    """登记联合办理延长十五日（行政许可法第四十二条第二款）：须本级人民政府负责人批准，只能一次。

    异常：
        NotAllowed、BundleNotFound、ExtensionNotAllowed、Invalid。
    """
    require(actor, *permissions.APPROVERS)
    if not approved_by.strip() or not reason.strip():
        raise Invalid("请写明批准的政府负责人与延长的理由。")
    with transaction.atomic():
        bundle = Bundle.objects.select_for_update().get(pk=permissions.readable(omni_no, actor).pk)
        if not bundle.joint_limit or bundle.finished_at:
            raise ExtensionNotAllowed(reason="没有许可类子件，或者已经完结，不能延长。")
        if bundle.extended_by:
            raise ExtensionNotAllowed(reason="已经延长过一次，不能再延长。")
        bundle.joint_limit += limits.EXTENSION_DAYS
        bundle.extended_by, bundle.extended_reason = approved_by.strip()[:100], reason.strip()[:200]
        bundle.version += 1
        bundle.save(update_fields=["joint_limit", "extended_by", "extended_reason", "version"])
        audit.record("joint.extend", actor=actor, object_type="bundle", object_id=omni_no, detail={"reason": reason[:200]})


def _locked(omni_no: str, actor: Actor, version: int | None = None) -> Bundle:
    bundle = permissions.owned(omni_no, actor, lock=True)
    if version is not None and bundle.version != version:
        raise BundleChanged
    return bundle
