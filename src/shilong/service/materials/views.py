"""草稿的只读视图对象。"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from shilong.foundation.files.services import StoredFile
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.service.catalog.rules import TrimmedItem
from shilong.service.catalog.views import ItemView, MaterialView
from shilong.service.forms import rules as forms
from shilong.service.materials.shapes import Shape


@dataclass(frozen=True, slots=True)
class FileRow:
    """一个已上传的文件。"""

    file_id: str
    name: str
    size: int
    mime: str
    pages: int
    source: str
    added_at: datetime

    @property
    def size_text(self) -> str:
        return f"{self.size / 1048576:.1f} MB" if self.size >= 1048576 else f"{max(1, self.size // 1024)} KB"

    @property
    def previewable(self) -> bool:
        return self.mime.startswith("image/") or self.mime == "application/pdf"


@dataclass(frozen=True, slots=True)
class MaterialState:
    """一份材料现在怎样：要什么、已交什么。"""

    view: MaterialView
    files: list[FileRow]
    late: bool
    paper: bool

    @property
    def state(self) -> str:
        """done 已交、free 免交、late 容缺、todo 必交未交、optional 可不交。"""
        if self.files or self.paper:
            return "done"
        if self.view.free:
            return "free"
        if self.late:
            return "late"
        return "todo" if self.view.need in ("1", "3") else "optional"

    @property
    def mergeable(self) -> bool:
        return len(self.files) > 1 and all(row.previewable for row in self.files)


@dataclass(frozen=True, slots=True)
class Problem:
    """核对时的一处缺项；`anchor` 是跳回去的锚点。"""

    step: str
    path: str
    label: str
    message: str

    @property
    def anchor(self) -> str:
        return ("m-" if self.step == "materials" else "f-") + self.path.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Answer:
    """核对页的一行。"""

    label: str
    text: str
    rows: list[list[tuple[str, str]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """核对结果。"""

    problems: list[Problem]
    sections: list[tuple[str, list[Answer]]]
    duplicates: list[str]
    late: list[MaterialView]
    form: dict[str, Any]

    @property
    def ready(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class DraftBrief:
    """草稿列表里的一行。"""

    id: str
    item_code: str
    item_name: str
    step: str
    channel: str
    updated_at: datetime


@dataclass(frozen=True)
class DraftView:
    """一份草稿与它现在要填什么、交什么。"""

    id: str
    version: int
    step: str
    channel: str
    shape: Shape
    item: ItemView
    item_changed: bool
    trimmed: TrimmedItem
    definition: dict[str, Any]
    form: dict[str, Any]
    applicant: ApplicantProfile
    prefilled: dict[str, Any]
    materials: list[MaterialState]
    late_promise: bool
    submitted_case_no: str
    updated_at: datetime

    @cached_property
    def values(self) -> dict[str, Any]:
        """生效的值：实名资料锁定的不容改动，其余已填的优先，没填过的用预填。"""
        return {**self.prefilled, **self.form, **{key: self.prefilled[key] for key in self.locked}}

    @cached_property
    def locked(self) -> set[str]:
        """由实名资料填好、不能改的字段。"""
        return forms.locked(self.definition, self.prefilled)

    @property
    def context(self) -> dict[str, Any]:
        """条件里可引用的情形答案。"""
        return self.shape.context(self.trimmed.answers)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """现在要问的情形。"""
        return self.shape.questions(self.trimmed.answers)

    @cached_property
    def plan(self) -> Any:
        """几件合办的构成；单个事项为 None。"""
        return self.shape.plan(self.trimmed.answers)

    def material(self, code: str) -> MaterialState | None:
        return next((row for row in self.materials if row.view.code == code), None)


def file_row(stored: StoredFile, source: str, added_at: datetime) -> FileRow:
    """由存储记录构造。"""
    return FileRow(str(stored.pk), stored.name, stored.size, stored.mime, stored.pages or 1, source, added_at)
