"""操作人：一次请求或一次后台动作“以谁的身份”。不可变，随调用传递，业务函数不再查账号表。"""

from dataclasses import dataclass, field
from enum import StrEnum

from shilong.foundation.refusals import NotAllowed, NotSignedIn


class Role(StrEnum):
    """岗位角色。"""

    APPLICANT = "applicant"  # 群众、企业经办人
    WINDOW = "window"  # 综合窗口人员
    OFFICER = "officer"  # 部门审批人员
    LEADER = "leader"  # 部门负责人：批准延期、二次补正、决定
    BUREAU = "bureau"  # 行政审批局管理与监察
    CATALOG = "catalog"  # 事项管理员
    SYSADMIN = "sysadmin"  # 系统管理员
    SECADMIN = "secadmin"  # 安全管理员
    AUDITOR = "auditor"  # 审计员
    SYSTEM = "system"  # 系统自动（定时任务），不可分配给人


ROLE_NAMES = {
    Role.APPLICANT: "申请人",
    Role.WINDOW: "综合窗口",
    Role.OFFICER: "部门审批",
    Role.LEADER: "部门负责人",
    Role.BUREAU: "行政审批局",
    Role.CATALOG: "事项管理员",
    Role.SYSADMIN: "系统管理员",
    Role.SECADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
    Role.SYSTEM: "系统",
}
STAFF_ROLES = frozenset(Role) - {Role.APPLICANT, Role.SYSTEM}
EXCLUSIVE_ADMINS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})


class Scope(StrEnum):
    """数据范围。"""

    OWN = "own"  # 本人
    DEPARTMENT = "department"  # 本部门
    DISTRICT = "district"  # 全区


@dataclass(frozen=True, slots=True)
class Actor:
    """操作人。

    参数：
        account_id: 账号主键；系统与匿名为 None。
        name: 显示姓名（已是可以写进履历的名字，不脱敏）。
        username: 登录名。
        roles: 角色集合。
        department: 所属部门键（如 wjw）；群众为空串。
        scope: 数据范围。
        ip: 来源地址，写审计用。
        realname_level: 实名等级 0–4（standards §6.1）。
        agent_for: 法人授权经办时，被代理的法人账号主键。
        agent_scope: 经办授权的范围（部门键或业务办理项编码），空为全部事项；每次请求重新取，撤销即失效。
    """

    account_id: int | None
    name: str
    username: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    department: str = ""
    scope: Scope = Scope.OWN
    ip: str = ""
    realname_level: int = 0
    agent_for: int | None = None
    agent_scope: tuple[str, ...] = ()

    def has(self, *roles: Role) -> bool:
        """是否具有任一角色。"""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        return self.has(*STAFF_ROLES)

    def covers(self, department: str) -> bool:
        """数据范围是否覆盖某部门。"""
        return self.scope is Scope.DISTRICT or (self.scope is Scope.DEPARTMENT and self.department == department)


ANONYMOUS = Actor(account_id=None, name="访客")
SYSTEM = Actor(account_id=None, name="系统", username="system", roles=frozenset({Role.SYSTEM}), scope=Scope.DISTRICT)


def require(actor: Actor, *roles: Role, department: str | None = None) -> None:
    """要求操作人具有任一角色，且（给出部门时）数据范围覆盖该部门。

    异常：
        NotSignedIn: 没有登录。
        NotAllowed: 角色不符或超出数据范围。
    """
    if actor.account_id is None and not actor.has(Role.SYSTEM):
        raise NotSignedIn
    if not actor.has(*roles):
        names = "、".join(ROLE_NAMES[role] for role in roles)
        raise NotAllowed(f"这个操作需要“{names}”角色。")
    if department is not None and not actor.covers(department):
        raise NotAllowed("这件事属于其他部门，不在您的数据范围内。")
