"""好差评的系统管理：规则参数（审批局）、评价器登记（系统管理员）。"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.organizations import selectors as organizations
from shilong.service.ratings import permissions, selectors, services
from shilong.service.ratings.rules.policy import PARAMETERS
from shilong.service.ratings.services import policies
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.console.pages import page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.EDITORS)
def policy(request: HttpRequest) -> HttpResponse:
    """规则参数。"""
    errors: dict[str, str] = {}
    values = {key: str(value) for key, value in policies.current().items()}
    if request.method == "POST":
        values |= {one.key: parameters.text(request.POST, one.key, 12) for one in PARAMETERS}
        try:
            services.save_policy(values, actor=request.actor, seen_version=parameters.version(request))  # type: ignore[attr-defined]
        except Invalid as refusal:
            errors = refusal.fields
        else:
            messages.success(request, "规则已保存，对以后的服务与工单生效。")
            return redirect("console:rating-policy")
    rows = [(one, values[one.key], errors.get(one.key, "")) for one in PARAMETERS]
    context = {"rows": rows, "version": policies.version(), "errors": errors}
    return page(request, "ratings/policy.html", "rating-policy", context, status=422 if errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.INSTALLERS)
def terminals(request: HttpRequest) -> HttpResponse:
    """评价器：列表与登记；令牌只在登记后的这一页显示一次。"""
    typed = {name: parameters.text(request.POST, name, 80) for name in ("name", "window", "department")}
    if request.method != "POST":
        return _terminals(request, typed)
    try:
        token = services.register(**typed, actor=request.actor)  # type: ignore[attr-defined]
    except Invalid as refusal:
        return _terminals(request, typed, errors=refusal.fields)
    return _terminals(request, {}, token=token, named=typed["name"])


@never_cache
@require_POST
@signed_in(*permissions.INSTALLERS)
def terminal_change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """换令牌、停用。"""
    actor = request.actor  # type: ignore[attr-defined]
    if action == "renew":
        return _terminals(request, {}, token=services.renew(pk, actor=actor))
    if action != "deactivate":
        raise NotFound
    services.deactivate(pk, actor=actor)
    messages.success(request, "评价器已停用。")
    return redirect("console:rating-terminals")


def _terminals(
    request: HttpRequest, typed: dict[str, str], *, token: str = "", named: str = "", errors: dict[str, str] | None = None
) -> HttpResponse:
    departments = organizations.departments(include_inactive=True)
    context = {
        "rows": selectors.terminals(request.actor),  # type: ignore[attr-defined]
        "names": {row.key: row.short_name for row in departments},
        "departments": [row for row in departments if row.is_active],
        "windows": sorted({row.window for row in organizations.all_staff() if row.window}),
        "typed": typed,
        "errors": errors or {},
        "token": token,
        "named": named,
    }
    return page(request, "ratings/terminals.html", "rating-terminals", context, status=422 if errors else 200)
