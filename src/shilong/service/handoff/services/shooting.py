"""手机拍照：自动找角拉正，放进草稿；可以重新框选、转向、删除，最后合成一个 PDF。"""

import io
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.files import scans
from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.foundation.files.kinds import IMAGES
from shilong.service.handoff.models import Handoff, Shot
from shilong.service.handoff.refusals import ShotGone, ShotNotFound
from shilong.service.handoff.services.devices import actor_of, opened
from shilong.service.materials import selectors as materials
from shilong.service.materials import services as drafts
from shilong.service.materials.refusals import DraftNotFound

PHOTO = Handoff.Kind.PHOTO


def shoot(uid: UUID | str, secret: str, stream: BinaryIO, *, ip: str = "") -> int:
    """收一张照片，返回页的编号。

    异常：
        HandoffUnusable、OtherDevice；不是照片、太大等文件的拒绝；TooManyFiles、DraftSubmitted 等草稿的拒绝。
    """
    row = opened(uid, secret, kind=PHOTO)
    actor = actor_of(row, ip)
    materials.draft(row.draft_id, actor)  # 先认草稿，交了的、删了的一个字节也不存
    original = file_services.store(stream, "", owner_id=None, kinds=IMAGES)
    content = file_services.open_file(original.pk).read()
    corners = scans.detect(content)
    sheet = scans.straighten(content, corners)
    with transaction.atomic():
        row = opened(uid, secret, kind=PHOTO, lock=True)
        number = row.shots.count() + 1
        stored = file_services.store(io.BytesIO(sheet), f"{row.title[:40]} {number}.jpg", owner_id=actor.account_id)
        drafts.put(row.draft_id, row.material_code, stored.pk, actor, "camera")
        shot = Shot.objects.create(handoff=row, original_id=original.pk, corners=corners, file_id=stored.pk, created_at=timezone.now())
    return shot.pk


def adjust(uid: UUID | str, secret: str, shot_id: int, corners: object, turns: int, *, ip: str = "") -> None:
    """按人拖的四角重做一页。

    参数：
        corners: 四个 [x, y]，占原片宽、高的比例，左上、右上、右下、左下。turns: 顺时针转几个直角。

    异常：
        Invalid: 四角不成四边形。ShotNotFound。ShotGone: 电脑上已经删掉或合成了 PDF。
    """
    row = opened(uid, secret, kind=PHOTO)
    actor, shot, wanted = actor_of(row, ip), shot_of(row, shot_id), scans.parse(corners)
    sheet = scans.straighten(file_services.open_file(shot.original_id).read(), wanted, turns)
    with transaction.atomic():
        row = opened(uid, secret, kind=PHOTO, lock=True)
        stored = file_services.store(io.BytesIO(sheet), files.get(shot.file_id).name, owner_id=actor.account_id)
        try:
            drafts.swap(row.draft_id, row.material_code, shot.file_id, stored.pk, actor=actor)
        except DraftNotFound as error:
            raise ShotGone from error
        Shot.objects.filter(pk=shot.pk).update(corners=wanted, turns=turns % 4, file_id=stored.pk)


def remove(uid: UUID | str, secret: str, shot_id: int, *, ip: str = "") -> None:
    """删掉一页；电脑上已经删过的，只清自己这边。异常：ShotNotFound。"""
    with transaction.atomic():
        row = opened(uid, secret, kind=PHOTO, lock=True)
        shot = shot_of(row, shot_id)
        state = materials.draft(row.draft_id, actor_of(row, ip)).material(row.material_code)
        if state and any(one.file_id == str(shot.file_id) for one in state.files):
            drafts.detach(row.draft_id, row.material_code, shot.file_id, actor=actor_of(row, ip))
        file_services.forget([str(shot.original_id)])
        shot.delete()


def finish(uid: UUID | str, secret: str, *, ip: str = "") -> int:
    """拍完了：多页合成一个 PDF，接力结束，原片清除。返回共几页。"""
    with transaction.atomic():
        row = opened(uid, secret, kind=PHOTO, lock=True)
        actor = actor_of(row, ip)
        state = materials.draft(row.draft_id, actor).material(row.material_code)
        if state is not None and state.mergeable:
            drafts.merge(row.draft_id, row.material_code, actor=actor)
        count = row.shots.count()
        row.done_at = timezone.now()
        row.save(update_fields=["done_at"])
        clear(row)
    return count


def clear(row: Handoff) -> None:
    """清除原片：只为重新裁剪才留着，接力一结束就用不上了。"""
    file_services.forget([str(one) for one in row.shots.values_list("original_id", flat=True)])
    row.shots.all().delete()


def shot_of(row: Handoff, shot_id: int) -> Shot:
    """这次接力里的一页。异常：ShotNotFound。"""
    found = row.shots.filter(pk=shot_id).first()
    if found is None:
        raise ShotNotFound
    return found
