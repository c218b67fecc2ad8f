"""编辑与提交审核。"""

import copy
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, StaleVersion
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.catalog import rules
from shilong.service.catalog.models import Item, ItemVersion, TaskDirectory, TaskImplement
from shilong.service.catalog.refusals import ItemMissing, NoDraft, QualityFailed, Unchanged, UnderReview
from shilong.service.catalog.schema import FILE, MATERIAL_COLUMNS, clean
from shilong.service.catalog.versions import digest_of

Edit = ItemVersion.Edit
FILE_KEYS = tuple(column.key for column in MATERIAL_COLUMNS if column.kind == FILE)


def locked(code: str) -> Item:
    """锁住一个事项；没有时 `ItemMissing`。只在事务里用。"""
    if not code.isalnum():
        raise ItemMissing(item="")
    item = Item.objects.select_for_update(of=("self",)).select_related("current", "implement").filter(code=code).first()
    if item is None:
        raise ItemMissing(item=code)
    return item


def open_version(item: Item) -> ItemVersion | None:
    """正在编辑、待审核或被驳回的那一版。"""
    return item.versions.exclude(edit_state=Edit.PUBLISHED).first()


def create(code: str, content: Mapping[str, Any], *, task_code: str, catalog_code: str, actor: Actor, note: str = "新建") -> ItemVersion:
    """新建一个事项（草稿）。编码由省事项库下发，本平台只存不造（standards §1.2）。

    参数：
        code: 33 位业务办理项编码；task_code: 31 位实施编码；catalog_code: 12 位基本编码。

    异常：
        Invalid: 编码长度或从属关系不对、已存在，或要素类型不对。
    """
    cleaned = clean(content)
    if "materials" in cleaned:
        cleaned["materials"] = _with_files(cleaned["materials"], [])
    require(actor, Role.CATALOG, department=cleaned.get("department", ""))
    _check_codes(code, task_code, catalog_code)
    department = organizations.department(cleaned.get("department", ""))
    with transaction.atomic():
        if Item.objects.filter(code=code).exists():
            raise Invalid(f"编码 {code} 已经存在。", fields={"code": "编码已存在"})
        directory, _ = TaskDirectory.objects.get_or_create(
            catalog_code=catalog_code, defaults={"name": cleaned["name"], "task_type": cleaned["task_type"]}
        )
        implement, _ = TaskImplement.objects.get_or_create(
            task_code=task_code, defaults={"directory": directory, "department": department.key, "department_code": department.code}
        )
        item = Item.objects.create(code=code, implement=implement, order=Item.objects.count())
        version = _new_version(item, {"form_code": code, **cleaned}, actor, note)
        audit.record("catalog.create", actor=actor, object_type="item", object_id=code)
    return version


def _check_codes(code: str, task_code: str, catalog_code: str) -> None:
    fields = {}
    if len(catalog_code) != 12 or not catalog_code.isalnum():
        fields["catalog_code"] = "基本编码应为 12 位"
    if len(task_code) != 31 or not task_code.endswith(catalog_code):
        fields["task_code"] = "实施编码应为 31 位，后 12 位与基本编码一致"
    if len(code) != 33 or not code.startswith(task_code):
        fields["code"] = "业务办理项编码应为 33 位，前 31 位与实施编码一致"
    if fields:
        raise Invalid("事项编码不合规则：" + "；".join(fields.values()) + "。", fields=fields)


def open_draft(code: str, *, actor: Actor) -> ItemVersion:
    """开始修订：已有未发布的版本就返回它，否则以现行版本为底建一个草稿。"""
    with transaction.atomic():
        item = locked(code)
        require(actor, Role.CATALOG, department=item.implement.department)
        version = open_version(item)
        if version is None:
            base = item.current or item.versions.first()
            version = _new_version(item, copy.deepcopy(base.content) if base else {}, actor, "")
        return version


def _new_version(item: Item, content: dict[str, Any], actor: Actor, note: str) -> ItemVersion:
    item.latest += 1
    item.save(update_fields=["latest"])
    return ItemVersion.objects.create(
        item=item,
        number=item.latest,
        change_note=note,
        editor_id=actor.account_id,
        editor_name=actor.name,
        editors=[actor.account_id],
        **columns(content),
    )


def columns(content: dict[str, Any]) -> dict[str, Any]:
    """由内容得出版本表的列。"""
    names = {"name": content.get("name", ""), "department": content.get("department", ""), "task_type": content.get("task_type", "")}
    return {"content": content, "digest": digest_of(content), **names}


def save_draft(code: str, changes: Mapping[str, Any], *, actor: Actor, revision: int, note: str | None = None) -> ItemVersion:
    """保存草稿：`changes` 是要改的要素（整项替换），没有给的不动。

    参数：
        revision: 打开页面时的修改次数；别人改过就拒绝，免得互相覆盖。

    异常：
        StaleVersion、UnderReview、NoDraft、Invalid（要素名或类型不对）。
    """
    cleaned = clean(changes)
    with transaction.atomic():
        item = locked(code)
        version = editable(item, actor=actor, revision=revision)
        if "department" in cleaned and cleaned["department"] != item.implement.department:
            raise Invalid("实施主体由实施编码决定，不能在这里改。", fields={"department": "不能修改"})
        if "materials" in cleaned:
            cleaned["materials"] = _with_files(cleaned["materials"], version.content.get("materials") or [])
        revise(version, {**version.content, **cleaned}, actor=actor, note=note)
    return version


def editable(item: Item, *, actor: Actor, revision: int) -> ItemVersion:
    """正在编辑、可以改的那一版；只在事务里用。

    异常：
        NotAllowed、NoDraft、UnderReview、StaleVersion。
    """
    version = _draft(item, actor)
    if version.revision != revision:
        raise StaleVersion("这个草稿刚刚被别人改过，请刷新后再改。")
    return version


def _draft(item: Item, actor: Actor) -> ItemVersion:
    """本人部门里还没有送审的那一版。"""
    require(actor, Role.CATALOG, department=item.implement.department)
    version = open_version(item)
    if version is None:
        raise NoDraft
    if version.edit_state == Edit.REVIEWING:
        raise UnderReview
    return version


def _with_files(rows: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """材料的样表、空表只能由上传写入（`samples.attach`）：编辑与导入都沿用原来挂着的。"""
    known = {row.get("code"): row for row in before}
    return [{**row, **{key: known.get(row.get("code"), {}).get(key, "") for key in FILE_KEYS}} for row in rows]


def revise(version: ItemVersion, content: dict[str, Any], *, actor: Actor, note: str | None = None) -> None:
    """写入草稿的新内容：回到待提交、升修改次数、记下谁改的。"""
    before = version.content
    for name, value in columns(content).items():
        setattr(version, name, value)
    version.edit_state = Edit.DRAFT
    version.revision += 1
    version.editor_id, version.editor_name = actor.account_id, actor.name
    version.editors = sorted({*version.editors, actor.account_id})
    version.reviewer_id, version.submitter_id = None, None
    version.change_note = version.change_note if note is None else note[:500]
    version.save()
    changed = sorted(key for key in content if before.get(key) != content[key])
    detail = {"version": version.number, "fields": changed}
    audit.record("catalog.save", actor=actor, object_type="item", object_id=version.item.code, detail=detail)


def discard(code: str, *, actor: Actor) -> None:
    """放弃未发布的版本。"""
    with transaction.atomic():
        item = locked(code)
        version = _draft(item, actor)
        version.delete()
        audit.record("catalog.discard", actor=actor, object_type="item", object_id=code, detail={"version": version.number})


def submit_review(code: str, *, actor: Actor, revision: int, note: str = "") -> ItemVersion:
    """提交审核：质检不通过的提不上去。

    异常：
        QualityFailed: 质检问题，逐条列出。
        Unchanged: 与现行版本相同。
    """
    with transaction.atomic():
        item = locked(code)
        version = _draft(item, actor)
        if version.revision != revision:
            raise StaleVersion("这个草稿刚刚被别人改过，请刷新后再提交。")
        if item.current and item.current.digest == version.digest:
            raise Unchanged
        problems = check(item, version)
        if problems:
            raise QualityFailed(problems)
        version.edit_state = Edit.REVIEWING
        version.revision += 1
        version.submitter_id, version.submitted_at = actor.account_id, timezone.now()
        version.change_note = (note or version.change_note)[:500]
        version.save()
        audit.record("catalog.submit", actor=actor, object_type="item", object_id=code, detail={"version": version.number})
    return version


def check(item: Item, version: ItemVersion) -> list[rules.Problem]:
    """某一版的质检结果，含事项状态（取消的不能发布）。"""
    return rules.quality({**version.content, "task_state": item.state})
