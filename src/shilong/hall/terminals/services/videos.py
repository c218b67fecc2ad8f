"""使用指导视频：上传、撤下。"""

from typing import BinaryIO

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.files import services as files
from shilong.foundation.files.kinds import MP4
from shilong.foundation.refusals import Invalid
from shilong.hall.terminals.models import Video
from shilong.hall.terminals.permissions import MANAGERS
from shilong.hall.terminals.refusals import NoSuchVideo
from shilong.identity.roles.actor import Actor, require

LARGEST = 100 * 1024 * 1024


def add_video(title: str, stream: BinaryIO, filename: str, *, actor: Actor) -> int:
    """上传一段 mp4，放在最后；返回编号。

    异常：
        Invalid: 没写标题。文件不是 mp4、超过 100 MB 的各种拒绝。
    """
    require(actor, *MANAGERS)
    title = title.strip()
    if not 2 <= len(title) <= 60:
        raise Invalid("标题须为 2 到 60 个字。", fields={"title": "标题须为 2 到 60 个字。"})
    stored = files.store(stream, filename, owner_id=actor.account_id, max_bytes=LARGEST, kinds=(MP4,))
    with transaction.atomic():
        last = Video.objects.aggregate(last=Max("order"))["last"] or 0
        row = Video.objects.create(
            title=title, file_id=stored.pk, size=stored.size, order=last + 1, uploaded_by=actor.name, uploaded_at=timezone.now()
        )
        audit.record("terminal.video", actor=actor, object_type="video", object_id=str(row.pk), detail={"title": title})
    return int(row.pk)


def remove_video(video_id: int, *, actor: Actor) -> None:
    """撤下一段视频。异常：NoSuchVideo。"""
    require(actor, *MANAGERS)
    with transaction.atomic():
        if not Video.objects.filter(pk=video_id, removed_at=None).update(removed_at=timezone.now()):
            raise NoSuchVideo
        audit.record("terminal.video_remove", actor=actor, object_type="video", object_id=str(video_id))
