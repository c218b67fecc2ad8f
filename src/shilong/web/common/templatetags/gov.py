"""模板标签与过滤器，全站内建：图标、脱敏、时间。"""

import json
from collections.abc import Sequence
from functools import cache

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from shilong.foundation.documents.services import IssuedDocument
from shilong.service.seals import selectors as seals
from shilong.service.seals.selectors import PaperView, SignatureView
from shilong.web.common import audit_names

register = template.Library()
register.filter("audit_action", audit_names.name)


@cache
def _icons() -> dict[str, str]:
    path = settings.FRONTEND_BUILD / "icons.json"
    return json.loads(path.read_text()) if path.exists() else {}


@register.simple_tag
def icon(name: str) -> SafeString:
    """内联一个 lucide 图标（装饰用，读屏忽略）。名字见 lucide 图标库，如 `{% icon "file-text" %}`。"""
    body = _icons().get(name, "")
    return mark_safe(  # noqa: S308 内容来自构建产物，不含用户输入
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true" focusable="false">{body}</svg>'
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: str | int | None) -> str:
    """保留当前查询串并改动几个参数，翻页与排序链接用：`<a href="{% query page=2 %}">`。"""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return "?" + params.urlencode()


@register.simple_tag(takes_context=True)
def papers(context: template.Context, documents: Sequence[IssuedDocument]) -> dict[str, PaperView]:
    """一批文书的用章情况，按文书编号：`{% papers case.documents as seals %}`。"""
    return seals.papers(list(documents), context["request"].actor)


@register.simple_tag(takes_context=True)
def signatures(context: template.Context, case_no: str) -> list[SignatureView]:
    """一件办件的手写签名：`{% signatures case.case_no as written %}`。"""
    return seals.signatures_of(case_no, actor=context["request"].actor)


@register.simple_tag(takes_context=True)
def may_stamp(context: template.Context) -> bool:
    """当前操作人有没有用章授权，菜单用：`{% may_stamp as stamping %}`。"""
    return seals.may_use(context["request"].actor)


@register.filter
def get(mapping: dict, key: str) -> object:
    """取字典的值：`{{ row|get:key }}`。"""
    return mapping.get(key, "") if mapping else ""


@register.filter
def absolute(value: float) -> float:
    """绝对值：`{{ clock.left|absolute }}`，显示“超期几天”用。"""
    return abs(value)
