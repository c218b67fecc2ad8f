"""核对与提交：草稿变成办件。"""

import io
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.files import services as file_services
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor, Role
from shilong.service.cases import clock
from shilong.service.cases import services as cases
from shilong.service.forms import rules as forms
from shilong.service.library import rules as library_rules
from shilong.service.library import selectors as library_selectors
from shilong.service.library import services as library
from shilong.service.materials import checking, selectors, shapes, sheets
from shilong.service.materials.models import Draft, DraftMaterial, DraftSignature
from shilong.service.materials.refusals import Incomplete, PromiseNeeded, SignatureOutdated
from shilong.service.materials.views import CheckReport, DraftView, MaterialState
from shilong.service.seals import services as seals

Source = DraftMaterial.Source
KEPT = (Source.UPLOAD, Source.CAMERA, Source.SCAN)  # 自己交来的才入库；证照、库里的、证明本来就有


def check(draft_id: object, *, actor: Actor) -> CheckReport:
    """核对一遍：缺什么、填了什么、是不是已有一件在办。"""
    return _report(selectors.draft(draft_id, actor), actor)


def duplicates(item_code: str, applicant: ApplicantProfile, *, actor: Actor) -> list[str]:
    """同一申请人同一事项在办的办件编号。"""
    return cases.duplicates(item_code, applicant, actor=actor)


@dataclass(frozen=True, slots=True)
class Keeping:
    """提交时要不要把本次交来的材料存进申请人的材料库。

    属性：
        wanted: 申请人同意存。
        original: 窗口当面核过原件；群众自己勾的不算数。
    """

    wanted: bool = False
    original: bool = False


def submit(draft_id: object, *, actor: Actor, promised: bool, idempotency_key: str = "", keeping: Keeping = Keeping()) -> str:
    """提交，返回办件编号。重复点击、断线重试都得到同一件。

    参数：
        promised: 已勾选真实性承诺与个人信息处理告知。
        idempotency_key: 防重键；不给时用草稿编号，一份草稿只会成一件。
        keeping: 材料入库。

    异常：
        PromiseNeeded、Incomplete、SignatureOutdated，以及 `cases.services.submit` 的各种拒绝。
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
        signed = _signature(view)
        made = _sheets(view, clean, signed, actor)
        order = _order(view, clean, row, idempotency_key or f"draft-{row.pk}")
        order.materials.extend(_made(made))
        row.submitted_case_no = view.shape.submit(order, actor=actor)
        if signed is not None:
            _sign(view, row.submitted_case_no, signed, made, actor)
        _after(view, row.submitted_case_no, keeping, actor)
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


@dataclass(frozen=True, slots=True)
class _Sheet:
    """由申请表生成的一份材料。"""

    code: str
    file_id: UUID
    content: bytes = field(repr=False)


def _made(sheets_made: list[_Sheet]) -> list[cases.MaterialInput]:
    """每份材料一条，各种版式的文件放在一起。"""
    by_code: dict[str, list[str]] = {}
    for sheet in sheets_made:
        by_code.setdefault(sheet.code, []).append(str(sheet.file_id))
    return [cases.MaterialInput(code, file_ids, source=Source.FORM) for code, file_ids in by_code.items()]


def _signature(view: DraftView) -> selectors.Signed | None:
    signed = selectors.signature(view)
    if signed is not None and signed.outdated:
        raise SignatureOutdated
    return signed


def _sheets(view: DraftView, clean: dict[str, Any], signed: selectors.Signed | None, actor: Actor) -> list[_Sheet]:
    """由申请表生成的材料各排一份存好。"""
    made = []
    for state in selectors.generated(view):
        pdf = sheets.compose(view, state.view.name, clean, signed, signer=_signer(view, actor) or actor.name, at=timezone.now())
        for name, content in sheets.renditions(state.view.name, pdf):
            stored = file_services.store(io.BytesIO(content), name, owner_id=actor.account_id)
            made.append(_Sheet(state.view.code, stored.pk, content))
    return made


def _signer(view: DraftView, actor: Actor) -> str:
    """窗口代办时签名的是申请人；空为操作人自己。"""
    return view.applicant.name if actor.has(Role.WINDOW) else ""


def _sign(view: DraftView, case_no: str, signed: selectors.Signed, made: list[_Sheet], actor: Actor) -> None:
    """签名成为办件的签名对象，绑定生成的那份申请表；草稿里不再留。"""
    writing = seals.Handwriting(signed.strokes, signed.device)
    for sheet in made:
        seals.sign_by_hand(
            case_no,
            doc_type="application",
            doc_id=str(sheet.file_id),
            document=sheet.content,
            writing=writing,
            actor=actor,
            signer=_signer(view, actor),
        )
    DraftSignature.objects.filter(draft_id=view.id).delete()


def keepable(view: DraftView) -> int:
    """提交时可以存进申请人材料库的材料有几份；申请人关了询问的为 0。"""
    return sum(map(_handed, view.materials)) if library_selectors.asking(view.applicant) else 0


def _after(view: DraftView, case_no: str, keeping: Keeping, actor: Actor) -> None:
    """提交的同一事务里：记下少交了哪些材料；申请人同意的，把交来的材料入库。"""
    sources = {one.view.code: (one.view.name, library_rules.reused_sources(row.source for row in one.files)) for one in view.materials}
    library.count(case_no, view.item, {code: found for code, found in sources.items() if found[1]}, at=clock.now())
    if not keeping.wanted or not keepable(view):
        return
    handed = [(one.view.name, [row.file_id for row in one.files]) for one in view.materials if _handed(one)]
    library.keep(view.applicant, handed, item=view.item, case_no=case_no, actor=actor, checked=keeping.original)


def _handed(state: MaterialState) -> bool:
    return bool(state.files) and not state.view.generated and all(row.source in KEPT for row in state.files)
