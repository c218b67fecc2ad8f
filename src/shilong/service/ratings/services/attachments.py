"""评价的图片与视频：类型按内容判断，视频由后台转码。"""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from shilong.foundation.files import services as files
from shilong.foundation.files.kinds import IMAGES, MP4, VIDEOS
from shilong.service.ratings.models import Rating, RatingFile
from shilong.service.ratings.refusals import TooManyFiles

MAX_IMAGES, MAX_VIDEOS = 6, 1
MAX_IMAGE, MAX_VIDEO = 10 * 1024 * 1024, 50 * 1024 * 1024
TIMEOUT = 300  # 秒；一段 50 MB 的视频几分钟内转得完，转不完按原样存
_VIDEO_MIMES = {kind.mime for kind in VIDEOS}
_MISSING = "系统没有安装视频转码软件（ffmpeg），按原样保存，部分浏览器可能放不了"


def attach(rating: Rating, uploads: Sequence[tuple[BinaryIO, str]], owner_id: int | None) -> None:
    """收下附件；有一个不合格整条评价不收。须在事务里。

    异常：
        TooManyFiles: 图片多于 6 张或视频多于 1 段。
        foundation.files 的各种拒绝: 类型不对、太大、打不开。
    """
    from shilong.service.ratings.tasks import transcode  # tasks 反过来用本模块

    rows = []
    for stream, name in uploads:
        head = stream.read(64)
        stream.seek(0)
        limit = MAX_VIDEO if _looks_like_video(head) else MAX_IMAGE
        stored = files.store(stream, name, owner_id=owner_id, max_bytes=limit, kinds=IMAGES | VIDEOS)
        rows.append(RatingFile(rating=rating, file_id=stored.pk, video=stored.mime in _VIDEO_MIMES))
    if sum(not row.video for row in rows) > MAX_IMAGES or sum(row.video for row in rows) > MAX_VIDEOS:
        raise TooManyFiles(images=MAX_IMAGES, videos=MAX_VIDEOS)
    for row in rows:
        row.save()
        if row.video:
            transcode.enqueue(row.pk, key=f"ratings.transcode:{row.pk}")


def convert(file_pk: int) -> None:
    """把一段视频转成 H.264/AAC 的 MP4，最长边 1280，去掉拍摄位置等元数据。重复执行无害。"""
    row = RatingFile.objects.filter(pk=file_pk, playable_id__isnull=True, note="").first()
    if row is None:
        return
    program = shutil.which("ffmpeg")
    if program is None:
        row.note = _MISSING
        row.save(update_fields=["note"])
        return
    with tempfile.TemporaryDirectory(prefix="shilong-video-") as folder:
        source, target = Path(folder) / "in", Path(folder) / "out.mp4"
        source.write_bytes(files.open_file(row.file_id).read())
        problem = _run(program, source, target)
        if problem:
            row.note = problem
        else:
            with target.open("rb") as stream:
                stored = files.store(stream, "评价视频.mp4", owner_id=None, max_bytes=MAX_VIDEO * 2, kinds={MP4})
            row.playable_id = stored.pk
    row.save(update_fields=["playable_id", "note"])


def _run(program: str, source: Path, target: Path) -> str:
    """返回没转成的原因；成功为空串。"""
    scale = "scale='if(gt(iw,ih),min(1280,iw),-2)':'if(gt(iw,ih),-2,min(1280,ih))',pad=ceil(iw/2)*2:ceil(ih/2)*2"
    command = [program, "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-i", str(source), "-map_metadata", "-1"]
    command += ["-map", "0:v:0", "-map", "0:a:0?", "-vf", scale, "-c:v", "libx264", "-preset", "veryfast", "-crf", "28"]
    command += ["-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", "-t", "180", "-threads", "1", "-movflags", "+faststart", str(target)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603 参数都是本程序给的
    except subprocess.TimeoutExpired:
        return "转码超时，按原样保存"
    if done.returncode or not target.exists():
        return "这段视频转码不成，按原样保存"
    return ""


def _looks_like_video(head: bytes) -> bool:
    return head[4:8] == b"ftyp" or head[:4] == b"\x1aE\xdf\xa3"
