"""写草稿：一步一存，逐件放材料。"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Invalid, NotAllowed, NotSignedIn
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.realname import rules as realname_rules
from shilong.identity.realname import services as realname
from shilong.identity.roles.actor import Actor, Role
from shilong.service.forms import rules as forms
from shilong.service.materials import profile, selectors, shapes
from shilong.service.materials.models import Draft, DraftMaterial
from shilong.service.materials.refusals import (
    DraftChanged,
    DraftNotFound,
    DraftSubmitted,
    LateNotAllowed,
    NoSuchMaterial,
    TooManyFiles,
)
from shilong.service.materials.views import DraftView

WINDOW_CHANNEL = "3"
MAX_FILES = 20
STEPS = ("situation", "form", "materials", "check")
Source = DraftMaterial.Source


def open_draft(item_code: str, *, actor: Actor, channel: str, applicant: ApplicantProfile | None = None) -> DraftView:
    """开始申报；同一人（同一代理身份、同一代填对象）同一事项有未提交草稿时返回它。

    参数：
        channel: 渠道码，1 电脑 2 手机 3 窗口 4 自助。
        applicant: 窗口代填时的申请人；群众自己办时为空。

    异常：
        NotAllowed: 群众冒用窗口渠道，或窗口没有给出申请人。
        ItemUnavailable: 事项没有发布。
        LevelTooLow: 网上申请须实名 1 级。OutsideAgency: 代单位办授权范围之外的事项。
    """
    if actor.account_id is None:
        raise NotSignedIn
    subject = _subject(actor, channel, applicant)
    shape = shapes.of(item_code)
    item = shape.item
    if applicant is None:
        realname.require_level(actor, realname_rules.APPLY)
        accounts.require_agent_may(actor, item.code, item.department, item.name)
    known = {"account_id": actor.account_id, "item_code": item.code, "subject": subject, "submitted_case_no": ""}
    fresh = {
        "agent_for": actor.agent_for,
        "item_version": item.version,
        "item_name": item.name,
        "channel": channel,
        "applicant": profile.dump(applicant) if applicant else "",
        "step": "situation" if item.situations else "form",
    }
    row, created = Draft.objects.get_or_create(**known, defaults=fresh)
    if not created and applicant:
        # 窗口重新录了申请人（如更正手机号）：以新录的为准。
        row.applicant = profile.dump(applicant)
        row.save(update_fields=["applicant", "updated_at"])
    return selectors.view(row)


def _subject(actor: Actor, channel: str, applicant: ApplicantProfile | None) -> str:
    if (channel == WINDOW_CHANNEL) != (applicant is not None):
        raise NotAllowed("窗口代填须先登记申请人信息。")
    if applicant is not None:
        if not actor.has(Role.WINDOW):
            raise NotAllowed("只有综合窗口可以替申请人填报。")
        return f"w:{blind_index(applicant.id_no)}"
    if not actor.has(Role.APPLICANT):
        raise NotAllowed("请用个人或法人账号申报；窗口代填请从窗口工作台进入。")
    return f"agent:{actor.agent_for}" if actor.agent_for else "self"


def save_situation(draft_id: object, answers: Mapping[str, Any], *, actor: Actor, version: int) -> DraftView:
    """保存情形选择；不再需要的材料在核对与提交时自动不计。"""
    with transaction.atomic():
        row = locked(draft_id, actor, version)
        row.situation = shapes.of(row.item_code).answers(answers)
        _advance(row, "form")
        _revise(row, "situation")
    return selectors.view(row)


def save_form(draft_id: object, data: Any, *, actor: Actor, version: int) -> int:
    """保存填写内容（可以没填完），返回新修订号。

    异常：
        DraftChanged: 另一台设备刚改过。
        Invalid: 有申请表里没有的字段，或内容过长。
    """
    with transaction.atomic():
        row = locked(draft_id, actor, version)
        shape = shapes.of(row.item_code)
        kept = forms.draft(shape.definition(row.situation), data)
        row.form = json.dumps(kept, ensure_ascii=False)
        row.item_version = shape.item.version
        _advance(row, "form")
        _revise(row, "form", "item_version")
    return row.version


def reach(draft_id: object, step: str, *, actor: Actor) -> None:
    """记住走到哪一步，换设备回来从这里继续。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        _advance(row, step)
        row.save(update_fields=["step", "updated_at"])


def upload(
    draft_id: object, material_code: str, stream: BinaryIO, filename: str, *, actor: Actor, source: str = Source.UPLOAD
) -> DraftView:
    """上传一个文件并放进材料。先认人再收文件，别人的草稿一个字节也不存。"""
    row = selectors.owned(draft_id, actor)
    _require_material(row, material_code)
    require_room(row, material_code)
    stored = file_services.store(stream, filename, owner_id=actor.account_id)
    return attach(draft_id, material_code, stored.pk, actor=actor, source=source)


def attach(draft_id: object, material_code: str, file_id: object, *, actor: Actor, source: str = Source.UPLOAD) -> DraftView:
    """把自己上传的文件放进材料；同一文件重复放入无害。

    异常：
        FileNotFound: 文件不存在或不是自己上传的。
        NoSuchMaterial、TooManyFiles。
    """
    if source not in (Source.UPLOAD, Source.CAMERA):
        raise Invalid("材料来源只能是上传或拍照。")
    return put(draft_id, material_code, files.owned(file_id, actor.account_id).pk, actor, source)


def put(draft_id: object, material_code: str, file_id: UUID, actor: Actor, source: str) -> DraftView:
    """放进一份已归操作人的文件；来源由调用的业务动作定，不从页面收。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        _require_material(row, material_code)
        mine = row.materials.filter(material_code=material_code)
        mine.filter(file_id=None).delete()
        if not mine.filter(file_id=file_id).exists():
            require_room(row, material_code)
            order = (mine.aggregate(last=Max("order"))["last"] or 0) + 1
            row.materials.create(material_code=material_code, file_id=file_id, order=order, source=source)
        _advance(row, "materials")
        _touch(row)
    return selectors.view(row)


def detach(draft_id: object, material_code: str, file_id: object, *, actor: Actor) -> DraftView:
    """从材料里拿掉一个文件。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        found = row.materials.filter(material_code=material_code, file_id=selectors.as_uuid(file_id))
        if not found.delete()[0]:
            raise DraftNotFound("没有找到这个文件，可能已经删除。")
        _touch(row)
    return selectors.view(row)


def swap(draft_id: object, material_code: str, old_id: object, new_id: UUID, *, actor: Actor) -> DraftView:
    """换掉一个文件，次序与来源不变（重新裁剪）。异常：DraftNotFound: 原来那个已不在。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        changed = row.materials.filter(material_code=material_code, file_id=selectors.as_uuid(old_id)).update(file_id=new_id)
        if not changed:
            raise DraftNotFound("没有找到这个文件，可能已经删除。")
        _touch(row)
    return selectors.view(row)


def reorder(draft_id: object, material_code: str, file_ids: Sequence[object], *, actor: Actor) -> DraftView:
    """调整页序；必须正好是现有的这些文件。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        rows = {str(one.file_id): one for one in row.materials.filter(material_code=material_code, file_id__isnull=False)}
        if sorted(map(str, file_ids)) != sorted(rows):
            raise DraftChanged
        for order, file_id in enumerate(file_ids, 1):
            rows[str(file_id)].order = order
        DraftMaterial.objects.bulk_update(rows.values(), ["order"])
        _touch(row)
    return selectors.view(row)


def merge(draft_id: object, material_code: str, *, actor: Actor) -> DraftView:
    """把一份材料的多页按现在的次序合成一个 PDF。"""
    view = selectors.draft(draft_id, actor)
    state = view.material(material_code)
    if state is None:
        raise NoSuchMaterial
    if not state.mergeable:
        raise Invalid("至少要有两个图片或 PDF 才能合成。")
    ids = [row.file_id for row in state.files]
    combined = file_services.merge(ids, state.view.name, owner_id=actor.account_id)
    with transaction.atomic():
        row = locked(draft_id, actor)
        mine = row.materials.filter(material_code=material_code)
        pages = list(mine.values_list("file_id", "source"))
        if [str(file_id) for file_id, _ in pages] != ids:
            raise DraftChanged
        sources = {source for _, source in pages}
        mine.delete()
        source = sources.pop() if len(sources) == 1 else Source.UPLOAD
        row.materials.create(material_code=material_code, file_id=combined.pk, order=1, source=source)
        _touch(row)
    return selectors.view(row)


def mark_late(draft_id: object, material_code: str, *, actor: Actor) -> DraftView:
    """选择容缺后补（standards §11.3）。

    异常：
        LateNotAllowed: 事项没有把这份材料列入容缺清单。
    """
    with transaction.atomic():
        row = locked(draft_id, actor)
        material = _require_material(row, material_code)
        if not material.allow_late:
            raise LateNotAllowed(name=material.name)
        row.materials.filter(material_code=material_code).delete()
        row.materials.create(material_code=material_code, late=True)
        _touch(row)
    return selectors.view(row)


def mark_paper(draft_id: object, material_code: str, *, actor: Actor) -> DraftView:
    """窗口当面收了纸质原件（只有窗口代填）。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        _require_material(row, material_code)
        if not actor.has(Role.WINDOW) or row.channel != WINDOW_CHANNEL:
            raise NotAllowed("只有窗口可以登记纸质材料，请上传电子文件。")
        row.materials.filter(material_code=material_code, file_id=None).delete()
        row.materials.create(material_code=material_code, source=Source.PAPER)
        _touch(row)
    return selectors.view(row)


def unmark(draft_id: object, material_code: str, *, actor: Actor) -> DraftView:
    """改主意：取消容缺或纸质登记，改为现在上传。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        row.materials.filter(material_code=material_code, file_id=None).delete()
        _touch(row)
    return selectors.view(row)


def promise_late(draft_id: object, *, actor: Actor, agreed: bool) -> DraftView:
    """签署（或收回）容缺受理承诺。"""
    with transaction.atomic():
        row = locked(draft_id, actor)
        row.late_promise = agreed
        _touch(row, "late_promise")
    return selectors.view(row)


def discard(draft_id: object, *, actor: Actor) -> None:
    """删除未提交的草稿。"""
    with transaction.atomic():
        locked(draft_id, actor).delete()


def locked(draft_id: object, actor: Actor, version: int | None = None) -> Draft:
    """认人、锁住还没提交的草稿；须在事务里。异常：DraftNotFound、DraftSubmitted、DraftChanged。"""
    row = selectors.owned(draft_id, actor, lock=True)
    if row.submitted_case_no:
        raise DraftSubmitted(case_no=row.submitted_case_no)
    if version is not None and row.version != version:
        raise DraftChanged
    return row


def _revise(row: Draft, *changed: str) -> None:
    """改了填写内容才升修订号：手机上传材料不该打断电脑上正在填的表。"""
    row.version += 1
    _touch(row, "version", *changed)


def _touch(row: Draft, *changed: str) -> None:
    row.save(update_fields=["step", "updated_at", *changed])


def _advance(row: Draft, step: str) -> None:
    if step in STEPS and STEPS.index(step) > STEPS.index(row.step):
        row.step = step


def _require_material(row: Draft, code: str) -> Any:
    for material in shapes.of(row.item_code).trim(row.situation).materials:
        if material.code == code and not material.generated:
            return material
    raise NoSuchMaterial


def require_room(row: Draft, code: str) -> None:
    if row.materials.filter(material_code=code, file_id__isnull=False).count() >= MAX_FILES:
        raise TooManyFiles(limit=MAX_FILES)
