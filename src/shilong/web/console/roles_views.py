"""角色授权与数据范围（安全管理员）。"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.accounts import selectors as accounts
from shilong.identity.organizations import selectors as organizations
from shilong.identity.organizations import services as organization_services
from shilong.identity.roles import selectors, services
from shilong.identity.roles.actor import EXCLUSIVE_ADMINS, ROLE_NAMES, STAFF_ROLES, Role, Scope
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx
from shilong.web.console.pages import page

SCOPES = {Scope.OWN: "本人", Scope.DEPARTMENT: "本部门", Scope.DISTRICT: "全区"}

CHOICES = [("", "全部角色"), ("none", "还没有授权"), *((role.value, ROLE_NAMES[role]) for role in Role if role in STAFF_ROLES)]


@require_safe
@signed_in(Role.SECADMIN)
def role_list(request: HttpRequest) -> HttpResponse:
    """工作人员与他们的角色。"""
    q = parameters.text(request.GET, "q")
    role = request.GET.get("role", "")
    role = role if role in {"none", *STAFF_ROLES} else ""
    found = paged(request, lambda number: accounts.search(q=q, kind="staff", role=role, page=number))
    held = selectors.roles_of([row.account_id for row in found])
    places = {row.account_id: row for row in organizations.all_staff([row.account_id for row in found])}
    rows = [(row, places.get(row.account_id), [ROLE_NAMES[role] for role in held[row.account_id]]) for row in found]
    return page(request, "roles.html", "roles", {"page": found, "rows": rows, "q": q, "role": role, "choices": CHOICES})


@require_safe
@signed_in(Role.SECADMIN)
def role_page(request: HttpRequest, account_id: int) -> HttpResponse:
    """一个人的角色、数据范围与授予履历。"""
    held = selectors.roles_of([account_id])[account_id]
    grantable = [(role.value, ROLE_NAMES[role], role in EXCLUSIVE_ADMINS) for role in sorted(STAFF_ROLES) if role not in held]
    context = {
        "account": accounts.summary(account_id),
        "staff": organizations.staff(account_id),
        "held": [(role.value, ROLE_NAMES[role]) for role in held],
        "grantable": grantable,
        "scopes": [(scope.value, name) for scope, name in SCOPES.items()],
        "history": selectors.history(account_id),
    }
    return page(request, "role.html", "roles", context)


@require_POST
@signed_in(Role.SECADMIN)
def change(request: HttpRequest, account_id: int, action: str) -> HttpResponse:
    """授予、撤销、改数据范围。"""
    actor = request.actor  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "").strip()[:200]
    try:
        if action == "scope":
            organization_services.set_scope(account_id, Scope(request.POST.get("scope", "")), actor=actor)
        elif action == "grant":
            services.grant(account_id, Role(request.POST.get("role", "")), actor=actor, reason=_because(reason))
        elif action == "revoke":
            services.revoke(account_id, Role(request.POST.get("role", "")), actor=actor, reason=_because(reason))
        else:
            raise NotFound
    except ValueError:
        raise Invalid("请从列表里选择角色或数据范围。") from None
    messages.success(request, {"grant": "角色已授予。", "revoke": "角色已撤销。", "scope": "数据范围已修改。"}[action])
    return redirect("console:role", account_id=account_id)


def _because(reason: str) -> str:
    """授予与撤销都要写依据，审计时才说得清。"""
    if not reason:
        raise Invalid("请写明依据或理由，例如任命文件的文号。", fields={"reason": "不能为空"})
    return reason


@require_safe
@signed_in(Role.SECADMIN)
def export(request: HttpRequest) -> HttpResponse:
    """导出授权清单（等保测评要的“权限分配表”），留审计。"""
    found = accounts.search(kind="staff", size=10_000)
    held = selectors.roles_of([row.account_id for row in found])
    places = {row.account_id: row for row in organizations.all_staff()}
    audit.record("role.export", actor=request.actor, object_type="account", detail={"rows": len(found)})  # type: ignore[attr-defined]
    lines = []
    for row in found:
        place = places.get(row.account_id)
        names = "、".join(ROLE_NAMES[role] for role in held[row.account_id])
        where = [place.department_name, place.position, SCOPES[Scope(place.scope)]] if place else ["", "", ""]
        lines.append([row.username, row.name, *where, names, "启用" if row.is_active else "停用"])
    headers = ["登录名", "姓名", "部门", "岗位", "数据范围", "角色", "状态"]
    return xlsx(f"权限分配表-{timezone.localdate():%Y%m%d}.xlsx", headers, lines)
