"""子件事件驱动母件：先后放行、一件不成的处理、全部完成才完结。每一步都锁住母件，重复与乱序的事件无害。"""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from shilong.foundation.events import services as outbox
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor
from shilong.service.cases.services import State
from shilong.service.joint.models import Bundle, Member
from shilong.service.joint.rules import themes
from shilong.service.joint.selectors.themes import ThemeView
from shilong.service.joint.services.submit import release, tell, theme_of

Stage = Member.Stage
FAILED = frozenset({State.DENIED, State.REJECTED, State.WITHDRAWN, State.LAPSED, State.TRANSFERRED, State.TERMINATED})
CLOSED = frozenset({Stage.GRANTED, Stage.FAILED, Stage.STOPPED, Stage.CANCELLED})
PENDING = (Stage.WAITING, Stage.HELD)
STATE_REASONS = {
    State.DENIED: "不予许可（不予办理）",
    State.REJECTED: "不予受理",
    State.WITHDRAWN: "申请人撤回",
    State.LAPSED: "补正超时终止",
    State.TRANSFERRED: "退件，不属本机关职权",
    State.TERMINATED: "终止办理",
}


def follow(case_no: str, state: str, version: int) -> None:
    """一件办件有了变化。不是子件的什么也不做。

    参数：
        version: 办件履历序号；比已知的旧就不理，事件乱序、重复都得到同一个结果。
    """
    found = Member.objects.filter(case_no=case_no).values_list("bundle_id", "pk").first()
    if found is None:
        return
    with transaction.atomic():
        bundle = Bundle.objects.select_for_update().get(pk=found[0])
        member = Member.objects.get(pk=found[1])
        if version <= member.case_version:
            return
        member.case_state, member.case_version = state, version
        member.save(update_fields=["case_state", "case_version"])
        if state == State.ACCEPTED and bundle.accepted_at is None:
            bundle.accepted_at = timezone.now()
            bundle.save(update_fields=["accepted_at"])
        if member.stage == Stage.RUNNING and state == State.GRANTED:
            _granted(bundle, member)
        elif member.stage == Stage.RUNNING and state in FAILED:
            _failed(bundle, member, State(state))
        settle(bundle)


def _granted(bundle: Bundle, member: Member) -> None:
    close(member, Stage.GRANTED)
    granted = set(bundle.members.filter(stage=Stage.GRANTED).values_list("part", flat=True))
    ready = [row for row in bundle.members.filter(stage=Stage.WAITING) if set(row.after) <= granted]
    if not ready:
        return
    view = theme_of(bundle)
    for row in ready:
        advance(bundle, row, view, actor=submitter(bundle))


def submitter(bundle: Bundle) -> Actor:
    """当初提交的人，以他现在的身份与授权：授权已撤销的，办件引擎会拒绝，由人来处理。"""
    actor = accounts.actor_for(bundle.submitted_by)
    return replace(actor, agent_for=bundle.agent_for) if bundle.agent_for else actor


def advance(bundle: Bundle, member: Member, view: ThemeView, *, actor: Actor) -> None:
    """提交等到了的一件；交不上（事项改版、授权撤销）就停在“没能自动提交”，告诉申请人。"""
    try:
        with transaction.atomic():
            release(bundle, member, view, actor=actor)
    except Refused as refusal:
        member.stage = Stage.HELD
        member.reason = "；".join([refusal.text, *list(refusal.fields.values())[:2]])[:300]
        member.save(update_fields=["stage", "reason"])
        outbox.emit("joint.hold", key=bundle.omni_no, omni_no=bundle.omni_no, part=member.part, case_no="")
        tell(bundle, "joint_held", item=member.label, reason=refusal.text)
        return
    outbox.emit("joint.release", key=bundle.omni_no, omni_no=bundle.omni_no, part=member.part, case_no=member.case_no)


def _failed(bundle: Bundle, member: Member, state: State) -> None:
    """一件没办成：等着它的不再办，其余继续；还有没办完的，请申请人选。"""
    close(member, Stage.FAILED, STATE_REASONS[state])
    after = {row.part: row.after for row in bundle.members.all()}
    lost = set(themes.downstream(after, member.part))
    for row in bundle.members.filter(part__in=lost, stage__in=PENDING):
        close(row, Stage.STOPPED, f"“{member.label}”{STATE_REASONS[state]}")
    outbox.emit("joint.fail", key=bundle.omni_no, omni_no=bundle.omni_no, part=member.part, case_no=member.case_no)
    if bundle.choice or not bundle.members.exclude(stage__in=CLOSED).exists():
        return
    if bundle.asked_at is None:
        bundle.asked_at = timezone.now()
        bundle.save(update_fields=["asked_at"])
        tell(bundle, "joint_choose", item=member.label, result=STATE_REASONS[state])


def close(member: Member, stage: str, reason: str = "") -> None:
    member.stage, member.reason, member.closed_at = stage, reason[:300], timezone.now()
    member.save(update_fields=["stage", "reason", "closed_at"])


def settle(bundle: Bundle) -> None:
    """按子件推出母件状态；全部有了结果就完结，只告知一次。须在事务里、母件已锁。"""
    stages = list(bundle.members.values_list("stage", flat=True))
    granted, failed = stages.count(Stage.GRANTED), len([one for one in stages if one in CLOSED and one != Stage.GRANTED])
    done = granted + failed == len(stages)
    if done:
        state = Bundle.State.FINISHED if not failed else Bundle.State.PARTIAL if granted else Bundle.State.CLOSED
    else:
        state = Bundle.State.PARTIAL if failed else Bundle.State.HANDLING
    bundle.state = state
    bundle.version += 1
    finishing = done and bundle.finished_at is None
    if finishing:
        bundle.finished_at = timezone.now()
    bundle.save(update_fields=["state", "version", "finished_at"])
    if finishing:
        outbox.emit("joint.finish", key=bundle.omni_no, omni_no=bundle.omni_no, part="", case_no="")
        way = "结果将按您填写的地址寄送" if bundle.pickup == Bundle.Pickup.EXPRESS else "请到综合窗口一次领取全部结果"
        tell(bundle, "joint_finished", granted=granted, total=len(stages), way=way if granted else "没有需要领取的结果")
