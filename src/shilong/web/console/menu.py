"""系统管理左侧菜单：按角色显示，点得到的一定打得开。"""

from dataclasses import dataclass

from shilong.identity.roles.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """一个菜单项；`roles` 为能打开它的角色。"""

    key: str
    group: str
    name: str
    icon: str
    href: str
    roles: tuple[Role, ...]


SYS, SEC, AUD = (Role.SYSADMIN,), (Role.SECADMIN,), (Role.AUDITOR,)
ITEMS = (Role.CATALOG, Role.BUREAU)
HALL = (Role.BUREAU,)  # 大厅、号源与预约
HOME = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.CATALOG, Role.BUREAU)  # 有概览可看的角色
SEAL_MANAGERS = (Role.LEADER, Role.BUREAU)
SEAL_USERS = (Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)
TERMINAL_KEEPERS = (Role.SYSADMIN, Role.BUREAU)
TERMINAL_REPAIRERS = (Role.SYSADMIN, Role.BUREAU, Role.WINDOW)
MENU = (
    Entry("items", "事项管理", "事项台账", "list", "/console/items/", ITEMS),
    Entry("forms", "事项管理", "表单设计器", "file-pen-line", "/console/forms/", (Role.CATALOG,)),
    Entry("themes", "事项管理", "一件事主题", "layers", "/console/one-things/", ITEMS),
    Entry("scope-rules", "事项管理", "经营范围规则", "bell-ring", "/console/scope-rules/", ITEMS),
    Entry("seals", "电子印章", "印章台账", "stamp", "/console/seals/", (*SEAL_MANAGERS, Role.AUDITOR)),
    Entry("seal-applications", "电子印章", "印章申请与审批", "clipboard-check", "/console/seals/applications/", SEAL_MANAGERS),
    Entry("seal-use", "电子印章", "签章", "signature", "/console/seals/use/", SEAL_USERS),
    Entry("seal-verify", "电子印章", "验章", "badge-check", "/console/seals/verify/", (*SEAL_USERS, Role.AUDITOR)),
    Entry("seal-log", "电子印章", "用章日志", "scroll-text", "/console/seals/log/", (*SEAL_USERS, Role.AUDITOR)),
    Entry("licences", "事项管理", "证照类型与版式", "id-card", "/console/licence-types/", ITEMS),
    Entry("licence-gathering", "事项管理", "证照归集", "cloud-upload", "/console/licence-gathering/", ITEMS),
    Entry("terminals", "大厅终端", "终端设备", "monitor-smartphone", "/console/terminals/", TERMINAL_KEEPERS),
    Entry("terminal-faults", "大厅终端", "终端故障单", "wrench", "/console/terminals/faults/", TERMINAL_REPAIRERS),
    Entry("terminal-usage", "大厅终端", "使用统计", "chart-column", "/console/terminals/usage/", TERMINAL_KEEPERS),
    Entry("terminal-prints", "大厅终端", "打印记录", "printer", "/console/terminals/prints/", TERMINAL_KEEPERS),
    Entry("terminal-videos", "大厅终端", "指导视频", "circle-play", "/console/terminals/videos/", SYS),
    Entry("halls", "大厅与预约", "大厅与窗口", "building", "/console/halls/", HALL),
    Entry("slots", "大厅与预约", "时段与号源", "calendar-clock", "/console/slots/", HALL),
    Entry("bookings", "大厅与预约", "预约查询", "list-checks", "/console/bookings/", HALL),
    Entry("hall-rules", "大厅与预约", "预约与叫号规则", "sliders-horizontal", "/console/hall-rules/", HALL),
    Entry("waiting", "大厅与预约", "等候统计", "chart-column", "/console/waiting/", HALL),
    Entry("accounts", "账号与组织", "账号", "users", "/console/accounts/", SYS),
    Entry("departments", "账号与组织", "组织机构", "building-2", "/console/departments/", SYS),
    Entry("roles", "安全管理", "角色授权", "key-round", "/console/roles/", SEC),
    Entry("sessions", "安全管理", "在线会话", "monitor", "/console/sessions/", SEC),
    Entry("locks", "安全管理", "登录锁定", "lock", "/console/locks/", (Role.SYSADMIN, Role.SECADMIN)),
    Entry("policy", "安全管理", "密码与登录策略", "shield", "/console/policy/", (Role.SYSADMIN, Role.SECADMIN)),
    Entry("calendar", "基础数据", "工作日历", "calendar-days", "/console/calendar/", SYS),
    Entry("rating-policy", "好差评", "评价规则", "sliders-horizontal", "/console/rating-policy/", (Role.BUREAU,)),
    Entry("rating-terminals", "好差评", "评价器", "tablet", "/console/rating-terminals/", SYS),
    Entry("codes", "基础数据", "码表", "hash", "/console/codes/", SYS),
    Entry("numbering", "基础数据", "编号规则", "list-ordered", "/console/numbering/", SYS),
    Entry("adapters", "运行", "外部系统", "plug", "/console/adapters/", SYS),
    Entry("jobs", "运行", "后台作业", "cog", "/console/jobs/", SYS),
    Entry("outbox", "运行", "开发收件箱", "inbox", "/console/outbox/", SYS),
    Entry("audit", "安全审计", "审计日志", "scroll-text", "/console/audit/", AUD),
)


def groups(actor: Actor, *, production: bool) -> list[tuple[str, list[Entry]]]:
    """这个人能用的菜单，按组；生产模式没有开发收件箱（里面有验证码）。"""
    found: dict[str, list[Entry]] = {}
    for entry in MENU:
        if actor.has(*entry.roles) and not (production and entry.key == "outbox"):
            found.setdefault(entry.group, []).append(entry)
    return list(found.items())
