"""版本的小工具：内容摘要、目录版本标记。"""

import hashlib
import json
import uuid
from typing import Any

from shilong.service.catalog.models import Revision
from shilong.service.catalog.snapshot import CATALOG


def digest_of(content: dict[str, Any]) -> str:
    """内容摘要：键序无关。"""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def touch() -> None:
    """换目录版本标记，各进程的快照与索引随之重建。要在写事项的同一事务里调用。"""
    Revision.objects.update_or_create(key=CATALOG, defaults={"token": uuid.uuid4().hex})
