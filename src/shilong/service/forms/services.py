"""写申请表：起草、发布、恢复旧版。只有事项管理员可以（W02）。"""

import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotFound, StaleVersion
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.forms import selectors, structure
from shilong.service.forms.models import Form, FormVersion

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,59}")


def create(code: str, title: str, *, actor: Actor) -> str:
    """新建一份空表，返回代码。

    异常：
        NotAllowed: 不是事项管理员。
        Invalid: 代码或名称不合规，或代码已被用。
    """
    require(actor, Role.CATALOG)
    errors = {}
    if not CODE.fullmatch(code):
        errors["code"] = "代码只含字母、数字、横线、下划线，2 至 60 个字符"
    elif Form.objects.filter(code=code).exists():
        errors["code"] = "这个代码已经有一份表了"
    if not 0 < len(title.strip()) <= 120:
        errors["title"] = "请填写名称（最多 120 个字）"
    if errors:
        raise Invalid(fields=errors)
    with transaction.atomic():
        Form.objects.create(code=code, title=title.strip(), editor_name=actor.name)
        audit.record("forms.create", actor=actor, object_type="form", object_id=code)
    return code


def save_draft(code: str, definition: Any, *, actor: Actor, expected_version: int) -> int:
    """保存草稿，返回新的修订号。

    异常：
        NotAllowed: 不是事项管理员。
        StaleVersion: 别人已改过草稿。
        InvalidDefinition: 定义有误。
    """
    require(actor, Role.CATALOG)
    structure.check(definition)
    with transaction.atomic():
        form = _locked(code, expected_version)
        form.draft, form.draft_version, form.editor_name = definition, form.draft_version + 1, actor.name
        form.save(update_fields=["draft", "draft_version", "editor_name", "updated_at"])
        audit.record("forms.save_draft", actor=actor, object_type="form", object_id=code, detail={"revision": form.draft_version})
    return form.draft_version


def publish(code: str, *, actor: Actor, expected_version: int, note: str = "") -> int:
    """把草稿发布成新版本，返回版本号。已提交的办件仍按提交时的版本显示。

    异常：
        NotAllowed、StaleVersion、InvalidDefinition 同 `save_draft`。
        Invalid: 没有草稿可发布。
    """
    require(actor, Role.CATALOG)
    with transaction.atomic():
        form = _locked(code, expected_version)
        if form.draft is None:
            raise Invalid("没有未发布的修改。")
        structure.check(form.draft)
        number = _next(form)
        _version(form, number, form.draft, note, actor.name)
        form.current, form.draft, form.draft_version = number, None, form.draft_version + 1
        form.save(update_fields=["current", "draft", "draft_version", "updated_at"])
        audit.record("forms.publish", actor=actor, object_type="form", object_id=code, detail={"version": number})
    return number


def restore(code: str, number: int, *, actor: Actor, expected_version: int) -> int:
    """把旧版本的定义取回到草稿（发布后才生效），返回修订号。"""
    return save_draft(code, selectors.definition(code, number), actor=actor, expected_version=expected_version)


def discard(code: str, *, actor: Actor, expected_version: int) -> int:
    """放弃草稿，返回修订号。"""
    require(actor, Role.CATALOG)
    with transaction.atomic():
        form = _locked(code, expected_version)
        form.draft, form.draft_version = None, form.draft_version + 1
        form.save(update_fields=["draft", "draft_version", "updated_at"])
        audit.record("forms.discard", actor=actor, object_type="form", object_id=code)
    return form.draft_version


def install(code: str, title: str, definition: dict[str, Any]) -> bool:
    """装入内置表的第 1 版；已有的不动。返回是否新建。只供种子用。"""
    structure.check(definition)
    with transaction.atomic():
        form, created = Form.objects.get_or_create(code=code, defaults={"title": title, "current": 1, "editor_name": "系统"})
        if created:
            _version(form, 1, definition, "内置表", "系统")
    return created


def _locked(code: str, expected_version: int) -> Form:
    form = Form.objects.select_for_update().filter(code=code).first()
    if form is None:
        raise NotFound("没有这份申请表。")
    if form.draft_version != expected_version:
        raise StaleVersion("这份表刚刚被别人改过，请刷新后再改。")
    return form


def _next(form: Form) -> int:
    return (form.versions.values_list("number", flat=True).first() or 0) + 1


def _version(form: Form, number: int, definition: dict[str, Any], note: str, publisher: str) -> None:
    FormVersion.objects.create(
        form=form, number=number, definition=definition, note=note.strip()[:200], publisher_name=publisher, published_at=timezone.now()
    )
