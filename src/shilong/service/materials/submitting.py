"""核对与提交：草稿变成办件。"""

from typing import Any

from django.db import transaction

from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.cases import services as cases
from shilong.service.forms import rules as forms
from shilong.service.materials import checking, selectors, shapes
from shilong.service.materials.models import Draft
from shilong.service.materials.refusals import Incomplete, PromiseNeeded
from shilong.service.materials.views import CheckReport, DraftView


def check(draft_id: object, *, actor: Actor) -> CheckReport:
    """核对一遍：缺什么、填了什么、是不是已有一件在办。"""
    return _report(selectors.draft(draft_id, actor), actor)


def duplicates(item_code: str, applicant: ApplicantProfile, *, actor: Actor) -> list[str]:
    """同一申请人同一事项在办的办件编号。"""
    return cases.duplicates(item_code, applicant, actor=actor)


def submit(draft_id: object, *, actor: Actor, promised: bool, idempotency_key: str = "") -> str:
    """提交，返回办件编号。重复点击、断线重试都得到同一件。

    参数：
        promised: 已勾选真实性承诺与个人信息处理告知。
        idempotency_key: 防重键；不给时用草稿编号，一份草稿只会成一件。

    异常：
        PromiseNeeded、Incomplete，以及 `cases.services.submit` 的各种拒绝。
    """
    with transaction.atomic():
        row = selectors.owned(draft_id, actor, lock=True)
        if row.submitted_case_no:
            return row.submitted_case_no
        if not promised:
            raise PromiseNeeded
        view = selectors.view(row)
        clean, problems = checking.problems(view)
        if problems:
            raise Incomplete(count=len(problems), fields={f"{one.step}.{one.path}": f"{one.label}：{one.message}" for one in problems})
        row.submitted_case_no = view.shape.submit(_order(view, clean, row, idempotency_key or f"draft-{row.pk}"), actor=actor)
        row.form = row.applicant = ""  # 内容已在办件里加密保存，草稿不留第二份个人信息
        row.save(update_fields=["submitted_case_no", "form", "applicant", "updated_at"])
    return row.submitted_case_no


def _report(view: DraftView, actor: Actor) -> CheckReport:
    clean, problems = checking.problems(view)
    shown = forms.visible(view.definition, view.values, view.context)
    return CheckReport(
        problems=problems,
        sections=checking.answers(view.definition, {**view.values, **clean}, shown),
        duplicates=duplicates(view.item.code, view.applicant, actor=actor),
        late=[row.view for row in view.materials if row.state == "late"],
        form=clean,
    )


def _order(view: DraftView, clean: dict[str, Any], row: Draft, key: str) -> shapes.Order:
    ready = [one for one in view.materials if one.state in ("done", "late", "free") and not one.view.generated]
    return shapes.Order(
        form=clean,
        materials=[shapes.material_input(one) for one in ready],
        answers=view.trimmed.answers,
        channel=row.channel,
        applicant=view.applicant if row.applicant else None,
        idempotency_key=key,
        late_promise=row.late_promise,
        agent=shapes.agent_of(clean),
    )
