"""清理没有登记的落盘文件：上传后事务回滚、写到一半断电。"""

from shilong.foundation.files import blobs
from shilong.foundation.files.models import StoredFile
from shilong.foundation.jobs.registry import schedule

DAY = 24 * 3600


@schedule("files.sweep", at="03:40")
def sweep() -> None:
    """删去一天前写下、至今没有登记的落盘文件。"""
    for found in blobs.stale(DAY):
        if found.name.startswith(".") or not StoredFile.objects.filter(sha256=found.name).exists():
            found.unlink(missing_ok=True)
