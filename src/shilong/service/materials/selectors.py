"""读草稿。每个函数都先认人：不是自己的，等于没有。"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shilong.foundation.files import selectors as files
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import NotSignedIn
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.forms import rules as forms
from shilong.service.materials import profile, shapes
from shilong.service.materials.models import Draft, DraftMaterial, DraftSignature
from shilong.service.materials.refusals import DraftNotFound
from shilong.service.materials.views import DraftBrief, DraftView, MaterialState, file_row
from shilong.service.seals import rules as seal_rules
from shilong.service.seals import services as seals


def draft(draft_id: object, actor: Actor) -> DraftView:
    """一份草稿。

    异常：
        NotSignedIn: 没有登录。
        DraftNotFound: 没有，或不是自己的。
    """
    return view(owned(draft_id, actor))


def submitted_as(draft_id: object, actor: Actor) -> str:
    """草稿提交后的办件编号，没提交为空串。提交后申请人快照已抹去，不能再按草稿打开。

    异常：
        NotSignedIn、DraftNotFound: 同 `draft`。
    """
    return owned(draft_id, actor).submitted_case_no


def drafts(actor: Actor, limit: int = 50) -> list[DraftBrief]:
    """我的未提交草稿，最近保存的在前。"""
    if actor.account_id is None:
        raise NotSignedIn
    rows = Draft.objects.filter(account_id=actor.account_id, agent_for=actor.agent_for, submitted_case_no="")
    return [
        DraftBrief(str(row.pk), row.item_code, row.item_name, row.step, row.channel, row.updated_at)
        for row in rows.defer("form", "applicant")[:limit]
    ]


def owned(draft_id: object, actor: Actor, *, lock: bool = False) -> Draft:
    """认人取行；`lock` 为真时锁住（须在事务里）。"""
    if actor.account_id is None:
        raise NotSignedIn
    rows = Draft.objects.select_for_update() if lock else Draft.objects.all()
    row = rows.filter(pk=as_uuid(draft_id), account_id=actor.account_id, agent_for=actor.agent_for).first()
    if row is None:
        raise DraftNotFound
    return row


def file_in_draft(draft_id: object, file_id: object, actor: Actor) -> str:
    """确认文件在自己的这份草稿里，返回文件编号；预览与下载前调用。"""
    row = owned(draft_id, actor)
    if not row.materials.filter(file_id=as_uuid(file_id)).exists():
        raise DraftNotFound("没有找到这个文件，可能已经删除。")
    return str(file_id)


@dataclass(frozen=True, slots=True)
class Signed:
    """提交前签好的字。`outdated` 为真是签名之后申请内容改过，不能算数。"""

    svg: str
    device: dict[str, str]
    signed_at: datetime
    outdated: bool
    strokes: list[list[dict[str, float]]] = field(repr=False)


def signature(view: DraftView) -> Signed | None:
    """这份草稿上的手写签名；没有签为 None。`view` 已认过人。"""
    row = DraftSignature.objects.filter(draft_id=view.id).first()
    if row is None:
        return None
    strokes = json.loads(row.strokes)
    svg = seal_rules.svg(json.loads(seals.checked_trace(strokes))).decode()
    return Signed(svg, row.device, row.signed_at, row.content != content_digest(view), strokes)


def signable(view: DraftView) -> bool:
    """能不能出现签名入口：没有被法律排除，而且有由申请表生成的材料。"""
    return seal_rules.signature_allowed(view.item) and bool(generated(view))


def generated(view: DraftView) -> list[MaterialState]:
    """由申请表生成的材料。一件事的各子件各有各的申请表，不在这里合成。"""
    if view.plan is not None:
        return []
    return [row for row in view.materials if row.view.generated]


def content_digest(view: DraftView) -> str:
    """申请内容（情形与填写）的 SM3：签名之后改没改过看它。"""
    content = [view.item.code, view.trimmed.answers, view.values]
    return sm3(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hex()


def applicant_of(row: Draft) -> ApplicantProfile:
    """草稿替谁办：窗口代填取快照，其余取账号档案（代理法人时取法人）。"""
    return profile.load(row.applicant) if row.applicant else accounts.applicant(row.agent_for or row.account_id)


def values_of(row: Draft) -> dict[str, Any]:
    """已填内容。"""
    return json.loads(row.form) if row.form else {}


def view(row: Draft) -> DraftView:
    """组装视图；事项用现行版本，事项改版后草稿照新版要求补。"""
    shape = shapes.of(row.item_code)
    item = shape.item
    trimmed = shape.trim(row.situation)
    definition = shape.definition(row.situation)
    applicant = applicant_of(row)
    known = {field["key"] for field in forms.fields(definition)}
    return DraftView(
        id=str(row.pk),
        version=row.version,
        step=row.step,
        channel=row.channel,
        shape=shape,
        item=item,
        item_changed=item.version != row.item_version,
        trimmed=trimmed,
        definition=definition,
        form={key: value for key, value in values_of(row).items() if key in known},  # 换了情形或事项改版，不再要的旧答案不算错
        applicant=applicant,
        prefilled={
            **{key: value for key, value in shape.prefill(applicant).items() if key in known},
            **forms.prefill(definition, profile.prefill_source(applicant)),
        },
        materials=_materials(row.materials.all(), trimmed.materials),
        late_promise=row.late_promise,
        submitted_case_no=row.submitted_case_no,
        updated_at=row.updated_at,
    )


def _materials(rows: Iterable[DraftMaterial], needed: list[Any]) -> list[MaterialState]:
    by_code: dict[str, list[DraftMaterial]] = {}
    for row in rows:
        by_code.setdefault(row.material_code, []).append(row)
    return [
        MaterialState(
            view=material,
            files=[file_row(files.get(row.file_id), row.source, row.added_at) for row in by_code.get(material.code, []) if row.file_id],
            late=any(row.late for row in by_code.get(material.code, [])),
            paper=any(row.source == DraftMaterial.Source.PAPER for row in by_code.get(material.code, [])),
        )
        for material in needed
    ]


def as_uuid(value: object) -> UUID:
    """编号文字变成 UUID；写错的等于没有。"""
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError as error:
        raise DraftNotFound from error
