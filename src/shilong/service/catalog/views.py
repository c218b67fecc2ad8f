"""事项的只读视图对象：别的模块与页面看到的样子。由版本内容（JSON）构造，不可变，可放心缓存。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shilong.service.catalog import labels

CONTENT_KEYS = frozenset({"name", "materials", "special", "situations", "review_plan"})


SLOTS = {"example": "样表", "form": "空表"}


@dataclass(frozen=True, slots=True)
class MaterialView:
    """一份材料。`need` 1 必要 2 非必要 3 容缺后补；`when` 为空表示任何情形都要。"""

    code: str
    name: str
    need: str
    format: str = "3"
    source_type: str = "10"
    can_share: bool = False
    share_source: str = ""
    allow_late: bool = False
    late_days: int = 0
    copies: int = 1
    note: str = ""
    sample: str = ""
    example_guid: str = ""
    form_guid: str = ""
    is_original: bool = False
    when: Any = None
    by_law: str = ""
    accept_stand: str = ""
    promise_allowed: bool = False
    generated: bool = False

    @property
    def required(self) -> bool:
        """提交时必须有：必要材料，且不是共享免交、不是由表单生成。"""
        return self.need == "1"

    def file(self, slot: str) -> str:
        """样表（example）或空表（form）的文件编号，没有则空。"""
        return {"example": self.example_guid, "form": self.form_guid}.get(slot, "")

    @property
    def need_name(self) -> str:
        return labels.NEED.get(self.need, "")

    @property
    def format_name(self) -> str:
        return labels.MATERIAL_FORMAT.get(self.format, "")

    @property
    def source_name(self) -> str:
        return labels.SOURCE.get(self.source_type, "")

    @property
    def free(self) -> bool:
        """申请人不用准备：由证照库、共享数据取得，或由填写内容生成。"""
        return self.can_share or self.generated


@dataclass(frozen=True, slots=True)
class SpecialView:
    """一种特别程序。`pauses` 是否停表；`days` 最长时间（工作日），0 为未定。"""

    kind: str
    name: str
    basis: str = ""
    days: int = 0
    pauses: bool = False


class _CodeNames:
    """码值的中文名：一件事项与列表一行共用。"""

    __slots__ = ()
    type: str
    project_type: str
    server_types: Any  # 一个是列表，一个是元组

    @property
    def type_name(self) -> str:
        return labels.TASK_TYPE.get(self.type, "")

    @property
    def project_type_name(self) -> str:
        return labels.PROJECT_TYPE.get(self.project_type, "")

    @property
    def server_names(self) -> str:
        return "、".join(labels.SERVER_TYPE.get(code, code) for code in self.server_types)


@dataclass(frozen=True, slots=True)
class ItemView(_CodeNames):
    """一个事项版本的全部内容。`extra` 是指南里没有单独成属性的要素（名字用国家前置库字段名）。"""

    code: str
    version: int
    name: str
    type: str
    project_type: str
    department: str
    department_name: str
    promise_days: int
    promise_unit: str
    legal_days: int
    legal_unit: str
    server_types: list[str]
    materials: list[MaterialView]
    situations: list[dict[str, Any]]
    form_code: str
    form_version: int | None
    review_plan: dict[str, Any]
    special: list[SpecialView]
    fee: str
    result_name: str
    result_type: str
    is_online: bool
    promise_system: bool
    task_code: str = ""
    catalog_code: str = ""
    department_code: str = ""
    state: str = "1"
    published_at: Any = None
    digest: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def instant(self) -> bool:
        """即办件。"""
        return self.project_type == "1"

    @property
    def allows_late(self) -> bool:
        """有可以容缺后补的材料。"""
        return any(material.allow_late for material in self.materials)


@dataclass(frozen=True, slots=True)
class ItemBrief(_CodeNames):
    """列表里的一行。"""

    code: str
    name: str
    department: str
    department_name: str
    project_type: str
    promise_days: int
    promise_unit: str
    server_types: tuple[str, ...]
    online: bool
    type: str = ""
    scene: int = 0
    late: bool = False
    user_topics: tuple[str, ...] = ()
    corp_topics: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    area: str = ""
    version: int = 0

    @property
    def promise(self) -> str:
        return labels.duration(self.promise_days, self.promise_unit)


def material(data: Mapping[str, Any]) -> MaterialView:
    """由材料 JSON 构造视图。"""
    return MaterialView(
        code=data["code"],
        name=data["name"],
        need=str(data.get("need", "1")),
        format=str(data.get("format", "3")),
        source_type=str(data.get("source_type", "10")),
        can_share=bool(data.get("can_share")),
        share_source=data.get("share_source") or "",
        allow_late=bool(data.get("allow_late")),
        late_days=int(data.get("late_days") or 0),
        copies=int(data.get("copies") or 1),
        note=data.get("note") or "",
        sample=data.get("sample") or "",
        example_guid=data.get("example_guid") or "",
        form_guid=data.get("form_guid") or "",
        is_original=bool(data.get("is_original")),
        when=data.get("when") or None,
        by_law=data.get("by_law") or "",
        accept_stand=data.get("accept_stand") or "",
        promise_allowed=bool(data.get("promise_allowed")),
        generated=bool(data.get("generated")),
    )


def special(data: Mapping[str, Any]) -> SpecialView:
    """由特别程序 JSON 构造视图。"""
    return SpecialView(data["kind"], data["name"], data.get("basis") or "", int(data.get("days") or 0), bool(data.get("pauses")))


def fee_text(content: Mapping[str, Any]) -> str:
    """收费一句话。"""
    if not content.get("is_fee"):
        return "不收费"
    return "；".join(f"{row.get('name', '')}：{row.get('stand', '')}" for row in content.get("fees") or []) or "收费"


def view(content: Mapping[str, Any], *, code: str, version: int, digest: str = "", **identity: Any) -> ItemView:
    """由版本内容构造 `ItemView`。`identity` 是 task_code、catalog_code、department_code、state、published_at。"""
    return ItemView(
        code=code,
        version=version,
        name=content["name"],
        type=content.get("task_type", ""),
        project_type=str(content.get("project_type", "2")),
        department=content.get("department", ""),
        department_name=content.get("dept_name", ""),
        promise_days=int(content.get("promise_day") or 0),
        promise_unit=str(content.get("promise_type") or "1"),
        legal_days=int(content.get("anticipate_day") or 0),
        legal_unit=str(content.get("anticipate_type") or "1"),
        server_types=[str(value) for value in content.get("server_type") or []],
        materials=[material(row) for row in content.get("materials") or []],
        situations=list(content.get("situations") or []),
        form_code=content.get("form_code") or code,
        form_version=content.get("form_version"),
        review_plan=content.get("review_plan") or {},
        special=[special(row) for row in content.get("special") or []],
        fee=fee_text(content),
        result_name=content.get("result_name") or "",
        result_type=str(content.get("result_type") or "99"),
        is_online=bool(content.get("is_online")),
        promise_system=bool(content.get("promise_system")),
        digest=digest,
        extra={key: value for key, value in content.items() if key not in CONTENT_KEYS},
        **identity,
    )


def brief(content: Mapping[str, Any], *, code: str, version: int) -> ItemBrief:
    """由版本内容构造列表行。"""
    return ItemBrief(
        code=code,
        name=content["name"],
        department=content.get("department", ""),
        department_name=content.get("dept_name", ""),
        project_type=str(content.get("project_type", "2")),
        promise_days=int(content.get("promise_day") or 0),
        promise_unit=str(content.get("promise_type") or "1"),
        server_types=tuple(content.get("server_type") or ()),
        online=bool(content.get("is_online")),
        type=content.get("task_type", ""),
        scene=int(content.get("limit_scene_num") or 0),
        late=any(row.get("allow_late") for row in content.get("materials") or ()),
        user_topics=tuple(content.get("user_topic_type") or ()),
        corp_topics=tuple(content.get("corp_topic_type") or ()),
        stages=tuple(content.get("stages") or ()),
        area=str(content.get("handle_area") or ""),
        version=version,
    )
