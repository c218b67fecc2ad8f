"""入库与维护。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.foundation.gm.fields import blind_index
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.catalog.views import ItemView
from shilong.service.library import permissions, rules
from shilong.service.library.models import Paper, Preference
from shilong.service.library.refusals import AlreadyKept, LibraryFull, NothingShared, PaperInvalid
from shilong.service.licences import selectors as licences

LIMIT = 300
MAX_FILES = 20
LENGTHS = {"name": 120, "number": 60, "issuer": 120, "note": 200}


@dataclass(frozen=True, slots=True)
class Details:
    """给人看、能改的几项。"""

    name: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    note: str = ""


def add(kind: str, details: Details, uploads: Sequence[tuple[str, BinaryIO]], *, actor: Actor) -> UUID:
    """自己添加一份材料或证明，返回编号。

    参数：
        uploads: (文件名, 内容)，一到二十个，按页序。

    异常：
        NoHolder: 没有实名。PaperInvalid: 填写不合规，或没有选文件。AlreadyKept、LibraryFull。
    """
    index = permissions.holder(actor)
    _check(details)
    if kind not in Paper.Kind.values or not 1 <= len(uploads) <= MAX_FILES:
        raise PaperInvalid(fields={"file": f"请选择 1 到 {MAX_FILES} 个文件"})
    _require_room(index)
    stored = [file_services.store(stream, name, owner_id=None) for name, stream in uploads]
    digest = rules.content_digest(one.sha256 for one in stored)
    with transaction.atomic():
        if found := Paper.objects.filter(holder_index=index, kind=kind, digest=digest).first():
            raise AlreadyKept(name=found.name)
        row = Paper(kind=kind, holder_index=index, origin=Paper.Origin.OWN, digest=digest, created_at=timezone.now())
        _fill(row, details)
        row.file_ids = [str(one.pk) for one in stored]
        row.save()
        audit.record("library.add", actor=actor, object_type="paper", object_id=str(row.uid), detail={"kind": kind})
    return row.uid


def keep(
    holder: ApplicantProfile,
    materials: Sequence[tuple[str, Sequence[str]]],
    *,
    item: ItemView,
    case_no: str,
    actor: Actor,
    checked: bool = False,
) -> int:
    """申报提交时把本次上传的材料存进申请人的材料库，返回新存了几份；内容已有的跳过。须在事务里。

    参数：
        materials: (材料名称, 文件编号)。
        checked: 窗口当面核过原件；只有窗口人员的核对才算数。
    """
    index = blind_index(holder.id_no)
    window = actor.has(*permissions.SCANNERS)
    now, made = timezone.now(), 0
    room = LIMIT - Paper.objects.filter(holder_index=index).count()
    for name, file_ids in materials:
        found = files.get_many(file_ids)
        digest = rules.content_digest(found[str(one)].sha256 for one in file_ids)
        if made >= room or Paper.objects.filter(holder_index=index, kind=Paper.Kind.MATERIAL, digest=digest).exists():
            continue
        row = Paper(
            kind=Paper.Kind.MATERIAL,
            holder_index=index,
            name=name[: LENGTHS["name"]],
            origin=Paper.Origin.WINDOW if window else Paper.Origin.APPLY,
            case_no=case_no,
            item_code=item.code,
            item_name=item.name[:200],
            department=item.department,
            file_ids=[str(file_services.copy(one, owner_id=None).pk) for one in file_ids],
            digest=digest,
            created_at=now,
        )
        if checked and window:
            _mark(row, Paper.Checked.WINDOW, actor.name)
        row.save()
        made += 1
    return made


def edit(uid: UUID | str, details: Details, *, actor: Actor) -> None:
    """改名、改有效期等；核验过的改了编号、出具单位、日期就要重新核验。异常：PaperNotFound、PaperInvalid。"""
    _check(details)
    with transaction.atomic():
        row = Paper.objects.select_for_update().get(pk=permissions.owned(uid, actor).pk)
        before = (row.number, row.issuer, row.issued_on, row.valid_until)
        _fill(row, details)
        if row.checked and before != (row.number, row.issuer, row.issued_on, row.valid_until):
            row.checked, row.checked_by, row.checked_at = Paper.Checked.NONE, "", None
        row.save()
        audit.record("library.edit", actor=actor, object_type="paper", object_id=str(row.uid))


def remove(uid: UUID | str, *, actor: Actor) -> None:
    """删掉一份，连同没用的出示码与文件登记；在办件里选用过的是另一份登记，不受影响。异常：PaperNotFound。"""
    with transaction.atomic():
        row = permissions.owned(uid, actor)
        audit.record("library.remove", actor=actor, object_type="paper", object_id=str(row.uid))
        file_services.forget(row.file_ids)
        row.delete()


def set_asking(ask: bool, *, actor: Actor) -> None:
    """申报时要不要问“存入材料库”。异常：NoHolder。"""
    Preference.objects.update_or_create(holder_index=permissions.holder(actor), defaults={"ask": ask})


def check_by_share(uid: UUID | str, *, actor: Actor) -> None:
    """拿共享的证照数据核验：本人名下有同名、有效的电子证照，就记为已核验，编号与有效期以共享数据为准。

    异常：
        PaperNotFound。NothingShared: 没有查到。
    """
    row = permissions.owned(uid, actor)
    found = next((one for one in licences.mine(actor) if one.state == "01" and one.name == row.name), None)
    if found is None:
        raise NothingShared(name=row.name)
    with transaction.atomic():
        row.number, row.issuer, row.valid_until = found.number, found.issuer[: LENGTHS["issuer"]], found.valid_end
        _mark(row, Paper.Checked.SHARE, "电子证照库")
        row.save()
        audit.record("library.check", actor=actor, object_type="paper", object_id=str(row.uid), detail={"way": "share"})


def _mark(row: Paper, way: str, who: str) -> None:
    row.checked, row.checked_by, row.checked_at = way, who[:160], timezone.now()


def _require_room(index: str) -> None:
    if Paper.objects.filter(holder_index=index).count() >= LIMIT:
        raise LibraryFull(limit=LIMIT)


def _check(details: Details) -> None:
    errors = {key: f"不超过 {most} 字" for key, most in LENGTHS.items() if len(getattr(details, key)) > most}
    if not details.name.strip():
        errors["name"] = "请填写名称"
    if details.issued_on and details.issued_on > timezone.localdate():
        errors["issued_on"] = "出具日期不能晚于今天"
    if details.issued_on and details.valid_until and details.valid_until < details.issued_on:
        errors["valid_until"] = "有效期不能早于出具日期"
    if errors:
        raise PaperInvalid(fields=errors)


def _fill(row: Paper, details: Details) -> None:
    row.name, row.number, row.issuer, row.note = details.name.strip(), details.number, details.issuer, details.note
    row.issued_on, row.valid_until = details.issued_on, details.valid_until
