"""后台排版：签发后尽早把 PDF 备好存档，群众点开时不用等，内容也从此固定。"""

from datetime import timedelta

from django.utils import timezone

from shilong.foundation.documents import selectors, services
from shilong.foundation.jobs.registry import job, schedule

RECENT = timedelta(days=2)  # 更早的没人急着看，首次下载时再排，省下历史数据占的磁盘
BATCH = 100


@job("documents.render", retries=8, base=30, cap=3600)
def render(number: str) -> None:
    """排版并存档一份文书。重复执行无害：已有存档直接返回。"""
    services.render(number)


@schedule("documents.seal_plain_archives", at="03:50")
def seal_plain_archives() -> None:
    """从明文存档的旧版升级上来的，夜里换成密文。"""
    services.seal_plain_archives()


@schedule("documents.prepare", every=60)
def prepare() -> None:
    """把近两天签发、还没排版的文书逐份入队；同一份不会排两次队。"""
    for number in selectors.unrendered(since=timezone.now() - RECENT, limit=BATCH):
        render.enqueue(number, key=f"documents.render:{number}")
