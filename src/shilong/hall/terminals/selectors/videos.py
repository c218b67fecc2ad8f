"""使用指导视频的读；在用的谁都能看。"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shilong.hall.terminals.models import Video
from shilong.hall.terminals.refusals import NoSuchVideo


@dataclass(frozen=True, slots=True)
class VideoRow:
    """一段视频。"""

    id: int
    title: str
    file_id: UUID
    size: int
    uploaded_by: str
    uploaded_at: datetime


def videos() -> list[VideoRow]:
    """在用的，按次序。"""
    return [_row(row) for row in Video.objects.filter(removed_at=None)]


def video(video_id: int) -> VideoRow:
    """一段在用的。异常：NoSuchVideo。"""
    row = Video.objects.filter(pk=min(video_id, 2**62), removed_at=None).first()
    if row is None:
        raise NoSuchVideo
    return _row(row)


def _row(row: Video) -> VideoRow:
    return VideoRow(row.pk, row.title, row.file_id, row.size, row.uploaded_by, row.uploaded_at)
