"""系统管理首页：各角色关心的几个数。"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from shilong.foundation.adapters import selectors as adapters
from shilong.foundation.audit import selectors as audit
from shilong.foundation.jobs import selectors as jobs
from shilong.identity.accounts import sessions
from shilong.identity.roles.actor import Role
from shilong.web.common.guards import signed_in
from shilong.web.console.pages import page

STAFF = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.CATALOG, Role.BUREAU)


@require_safe
@signed_in(*STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """概览。"""
    actor = request.actor  # type: ignore[attr-defined]
    context: dict[str, Any] = {}
    if actor.has(Role.SYSADMIN):
        troubled = [row for row in adapters.views() if row.last_error]
        context |= {"health": jobs.health(), "counts": jobs.counts(), "troubled": troubled}
    if actor.has(Role.SECADMIN):
        context["online"] = len(sessions.active())
    if actor.has(Role.AUDITOR):
        context["recent"] = list(audit.search(audit.Filters(), size=8))
    return page(request, "home.html", "home", context)
