"""系统管理首页：各角色今天要看的几个数，点进去就能处理。"""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shilong.foundation.adapters import selectors as adapters
from shilong.foundation.audit import selectors as audit
from shilong.foundation.calendar import selectors as calendar
from shilong.foundation.jobs import selectors as jobs
from shilong.identity.accounts import lockout, sessions
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor, Role
from shilong.service.catalog import manage
from shilong.web.common.guards import signed_in
from shilong.web.console import menu
from shilong.web.console.pages import page

STAFF = menu.HOME
LOW_DISK = 10  # 百分比：低于它就该清理或扩容
VERIFY_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Card:
    """一张概览卡。`tone` 为 g、o、r 或空；`href` 为空则不能点。"""

    name: str
    value: str
    icon: str
    tone: str = ""
    note: str = ""
    href: str = ""


@require_safe
@signed_in(*STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """概览。"""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context: dict[str, Any] = {"sections": []}
    if actor.has(Role.SYSADMIN):
        context["sections"].append(("运行状况", _running()))
        context["troubled"] = [row for row in adapters.views() if row.last_error]
    if actor.has(Role.SECADMIN):
        pending = accounts.search(kind="staff", active="1", role="none", size=5)
        context["pending"] = pending
        context["sections"].append(("账号安全", _security(actor, pending.total)))
    if actor.has(Role.AUDITOR):
        context["recent"] = list(audit.search(audit.Filters(), size=8))
        context["sections"].append(("审计", _auditing()))
    if actor.has(Role.CATALOG, Role.BUREAU):
        failing, zero = manage.failing(actor), manage.zero_results(actor)
        context |= {"failing": failing[:5], "zero": zero[:8]}
        context["sections"].append(("事项", _catalog(actor, len(failing), len(zero))))
    return page(request, "home.html", "home", context)


def _running() -> list[Card]:
    health, counts = jobs.health(), jobs.counts()
    good = health == "ok"
    disk = shutil.disk_usage(settings.DATA)
    left = 100 * disk.free // disk.total
    jobs_note = "按时消化" if good else health
    return [
        Card("后台作业", "正常" if good else "异常", "cog", "g" if good else "r", jobs_note, "/console/jobs/?state=waiting"),
        Card("死信", str(counts["dead"]), "mail-warning", "r" if counts["dead"] else "g", "要重放或丢弃", "/console/jobs/?state=dead"),
        Card("磁盘剩余", f"{left}%", "hard-drive", "r" if left < LOW_DISK else "g", f"还有 {disk.free / 2**30:.1f} GB"),
        _calendar(),
    ]


def _calendar() -> Card:
    today = timezone.localdate()
    official = {row.year for row in calendar.years() if row.official}
    if today.year not in official:
        return Card("工作日历", "未导入", "calendar-days", "r", f"{today.year} 年还是暂定的", "/console/calendar/")
    if today.month >= 11 and today.year + 1 not in official:
        return Card("工作日历", "待导入", "calendar-days", "o", f"{today.year + 1} 年的安排公布后请导入", "/console/calendar/")
    return Card("工作日历", "正式", "calendar-days", "g", f"到 {max(official)} 年", "/console/calendar/")


def _security(actor: Actor, pending: int) -> list[Card]:
    locked = sum(row.until is not None for row in lockout.recent(actor=actor))
    return [
        Card("登录锁定", str(locked), "lock", "o" if locked else "g", "到时自动解除", "/console/locks/"),
        Card("待授权账号", str(pending), "user-check", "o" if pending else "g", "在用而没有角色", "/console/roles/?role=none"),
        Card("在线会话", str(len(sessions.active())), "monitor", "", "30 分钟内有操作", "/console/sessions/"),
    ]


def _auditing() -> list[Card]:
    today = timezone.localdate()
    count = audit.search(audit.Filters(first=today, last=today), size=1)
    refused = audit.search(audit.Filters(first=today, last=today, result="refused"), size=1).total
    here = f"/console/audit/?first={today}&last={today}"
    number = f"{count.total}" if count.total_is_exact else f"{count.total}+"
    return [
        _last_verify(),
        Card("今天的记录", number, "scroll-text", "", "", here),
        Card("今天被拒绝的", str(refused), "shield-x", "o" if refused else "g", "含登录失败", f"{here}&result=refused"),
    ]


def _last_verify() -> Card:
    found = list(audit.search(audit.Filters(action="audit.verify"), size=1))
    if not found:
        return Card("审计链", "没校验过", "link", "o", "在审计日志页校验一次", "/console/audit/")
    last = found[0]
    if last.result != "ok":
        return Card("审计链", "有问题", "link", "r", f"上次发现 {last.detail.get('problems', '若干')} 处", "/console/audit/")
    stale = timezone.now() - last.at > VERIFY_EVERY
    return Card("审计链", "完好", "link", "o" if stale else "g", f"{timezone.localtime(last.at):%m月%d日 %H:%M} 校验", "/console/audit/")


def _catalog(actor: Actor, failing: int, zero: int) -> list[Card]:
    reviewing = manage.items(actor, edit="1", size=1).total
    rejected = manage.items(actor, edit="3", size=1).total
    return [
        Card("待审核", str(reviewing), "stamp", "o" if reviewing else "g", "提交后等审批局发布", "/console/items/?edit=1"),
        Card("审核驳回", str(rejected), "undo-2", "o" if rejected else "g", "改好再提交", "/console/items/?edit=3"),
        Card("质检不通过", str(failing), "list-x", "o" if failing else "g", "正在修订的事项", "/console/items/?edit=0"),
        Card("零结果词", f"{zero}" if zero < 50 else "50+", "search-x", "o" if zero else "g", "搜了却没有结果", "/console/items/words/"),
    ]
