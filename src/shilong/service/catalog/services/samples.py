"""自备材料的样表与空表：事项管理员上传到草稿，随版本审核发布后公开下载。"""

from typing import BinaryIO

from django.db import transaction

from shilong.foundation.files import services as files
from shilong.foundation.files.kinds import DOCX, JPEG, PDF, PNG, XLSX
from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.roles.actor import Actor
from shilong.service.catalog.models import ItemVersion
from shilong.service.catalog.services.versions import editable, locked, revise
from shilong.service.catalog.views import SLOTS

KINDS = frozenset({PDF, DOCX, XLSX, JPEG, PNG})


def attach_sample(code: str, material: str, slot: str, stream: BinaryIO, filename: str, *, actor: Actor, revision: int) -> ItemVersion:
    """给草稿里的一份材料挂上样表（example）或空表（form），替换原来的。

    异常：
        NotAllowed、NoDraft、UnderReview、StaleVersion: 同 `save_draft`。
        NotFound: 草稿里没有这份材料。Invalid: 由申请表生成的材料不用上传。
        `foundation.files.refusals` 的各种拒绝。
    """
    with transaction.atomic():
        _editable(code, material, slot, actor, revision)  # 先认人再收文件
        stored = files.store(stream, filename, owner_id=actor.account_id, kinds=KINDS)
        return _put(code, material, slot, str(stored.pk), actor, revision)


def remove_sample(code: str, material: str, slot: str, *, actor: Actor, revision: int) -> ItemVersion:
    """从草稿的一份材料上取下样表或空表；已发布的版本不受影响。异常同 `attach_sample`。"""
    with transaction.atomic():
        return _put(code, material, slot, "", actor, revision)


def _editable(code: str, material: str, slot: str, actor: Actor, revision: int) -> ItemVersion:
    if slot not in SLOTS:
        raise NotFound
    version = editable(locked(code), actor=actor, revision=revision)
    row = next((one for one in version.content.get("materials") or [] if one.get("code") == material), None)
    if row is None:
        raise NotFound("草稿里没有这份材料，请先保存材料清单。")
    if row.get("generated"):
        raise Invalid("这份材料由申请表生成，空白表与填写示例由系统提供，不用上传。")
    return version


def _put(code: str, material: str, slot: str, file_id: str, actor: Actor, revision: int) -> ItemVersion:
    version = _editable(code, material, slot, actor, revision)
    rows = [{**row, f"{slot}_guid": file_id} if row.get("code") == material else row for row in version.content["materials"]]
    revise(version, {**version.content, "materials": rows}, actor=actor)
    return version
