"""长作业的进度：写在数据目录的小文件里，页面与命令行都能看，不和业务争数据库的写锁。"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Progress:
    """一件长作业做到哪了。"""

    key: str
    label: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def report(key: str, label: str, done: int, total: int) -> None:
    """记下进度；做完的自动不再显示。"""
    path = _folder() / f"{key}.json"
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(asdict(Progress(key, label, done, total)), ensure_ascii=False))
    temporary.replace(path)


def running() -> list[Progress]:
    """还没做完的长作业。"""
    found = []
    for path in sorted(_folder().glob("*.json")):
        try:
            one = Progress(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            continue
        if one.done < one.total:
            found.append(one)
    return found


def _folder() -> Path:
    folder = Path(settings.DATA) / "progress"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
