"""系统管理各页共用：画页面、带菜单。"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shilong.identity.roles.actor import Actor
from shilong.web.console import menu


def page(request: HttpRequest, template: str, tab: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """套上系统管理外壳。"""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    groups = menu.groups(actor, production=settings.MODE == "production")
    shell = {"menu": groups, "home": actor.has(*menu.HOME), "tab": tab}
    return render(request, f"console/{template}", shell | context, status=status)
