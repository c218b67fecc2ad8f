"""主题配置：新建、改草稿、检查、发布、下线。发布版不可变，在办的按提交时那一版。"""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor, require
from shilong.service.catalog import selectors as catalog
from shilong.service.forms.selectors import FormUnavailable
from shilong.service.joint import permissions
from shilong.service.joint.models import Theme, ThemeVersion
from shilong.service.joint.refusals import ThemeChanged, ThemeExists, ThemeProblems, ThemeUnavailable
from shilong.service.joint.rules import checking
from shilong.service.joint.selectors.themes import load_parts

CODE = re.compile(r"[a-z][a-z0-9-]{1,23}")
BLANK: dict[str, Any] = {
    "name": "",
    "intro": "",
    "icon": "layers",
    "audience": "corp",
    "lead": "",
    "questions": [],
    "parts": [],
    "materials": [],
}


def create_theme(code: str, name: str, *, actor: Actor) -> Theme:
    """新建一个主题，从空白草稿开始。异常：NotAllowed、Invalid、ThemeExists。"""
    require(actor, *permissions.EDITORS)
    if not CODE.fullmatch(code) or not 0 < len(name.strip()) <= 60:
        raise Invalid(fields={"code": "代号用小写字母开头，只含小写字母、数字、横线，2 到 24 个字符", "name": "名称 1 到 60 个字"})
    with transaction.atomic():
        if Theme.objects.filter(code=code).exists():
            raise ThemeExists(code=code)
        last = Theme.objects.order_by("-order").values_list("order", flat=True).first() or 0
        row = Theme.objects.create(
            code=code, name=name.strip(), order=last + 1, draft={**BLANK, "name": name.strip()}, editor_name=actor.name
        )
        audit.record("joint.theme_create", actor=actor, object_type="theme", object_id=code)
    return row


def save_theme(code: str, content: Mapping[str, Any], *, actor: Actor, version: int) -> dict[str, str]:
    """存草稿，返回还有哪些问题（有问题也存，改好才能发布）。异常：NotAllowed、ThemeUnavailable、ThemeChanged。"""
    require(actor, *permissions.EDITORS)
    with transaction.atomic():
        row = _locked(code, version)
        row.draft = dict(content)
        row.name = str(content.get("name") or row.name)[:60]
        _touch(row, actor, "draft", "name")
    return problems_of(content)


def problems_of(content: Mapping[str, Any]) -> dict[str, str]:
    """发布前检查；空的就能发布。"""
    found = checking.shape(content)
    if found:
        return found
    items = {}
    for row in content["parts"]:
        try:
            items[row["item"]] = catalog.item(row["item"])
        except catalog.ItemUnavailable:
            continue
    if missing := checking.unavailable(content["parts"], items):
        return missing
    try:
        return checking.whole(content, load_parts(content))
    except FormUnavailable as refusal:
        return {"parts": refusal.text}


def publish_theme(code: str, note: str, *, actor: Actor, version: int) -> int:
    """发布草稿，返回版本号。异常：NotAllowed、ThemeUnavailable、ThemeChanged、ThemeProblems。"""
    require(actor, *permissions.EDITORS)
    with transaction.atomic():
        row = _locked(code, version)
        content = row.draft
        if content is None and row.state == Theme.State.OFFLINE:
            content = row.versions.get(number=row.current).content
        if content is None:
            raise Invalid("没有改动，不用再发布。")
        if found := problems_of(content):
            raise ThemeProblems(count=len(found), fields=found)
        last = row.versions.order_by("-number").values_list("number", flat=True).first() or 0
        ThemeVersion.objects.create(
            theme=row, number=last + 1, content=content, note=note.strip()[:200], publisher_name=actor.name, published_at=timezone.now()
        )
        row.current, row.draft, row.state = last + 1, None, Theme.State.ACTIVE
        _touch(row, actor, "current", "draft", "state")
        audit.record("joint.theme_publish", actor=actor, object_type="theme", object_id=code, detail={"version": last + 1})
    return last + 1


def take_offline(code: str, *, actor: Actor, version: int) -> None:
    """下线：不再接收新的申报，在办的不受影响。异常：NotAllowed、ThemeUnavailable、ThemeChanged、Invalid。"""
    require(actor, *permissions.EDITORS)
    with transaction.atomic():
        row = _locked(code, version)
        if row.state != Theme.State.ACTIVE:
            raise Invalid("没有发布着，不用下线。")
        row.state = Theme.State.OFFLINE
        _touch(row, actor, "state")
        audit.record("joint.theme_offline", actor=actor, object_type="theme", object_id=code)


def _locked(code: str, version: int) -> Theme:
    row = Theme.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise ThemeUnavailable("没有这个主题。")
    if row.version != version:
        raise ThemeChanged(who=row.editor_name)
    return row


def _touch(row: Theme, actor: Actor, *changed: str) -> None:
    row.version += 1
    row.editor_name = actor.name
    row.save(update_fields=["version", "editor_name", "updated_at", *changed])
