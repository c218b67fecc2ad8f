"""演示账号与各部门的虚构同事。"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from shilong.config.demo import people
from shilong.identity.accounts import services as account_services
from shilong.identity.accounts.selectors import actor_for, search
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Role, Scope

HALL = "zwj"  # 综合窗口人员属行政审批局


@dataclass(frozen=True, slots=True)
class Demo:
    """一个演示账号：种类与建号参数。"""

    kind: str
    profile: dict[str, Any] = field(default_factory=dict)


def _staff(name: str, *roles: Role, window: str = "", position: str = "") -> Demo:
    profile = {"name": name, "department": HALL, "roles": list(roles), "scope": Scope.DISTRICT, "window": window, "position": position}
    return Demo("staff", profile)


DEMO: dict[str, Demo] = {
    "demo-citizen": Demo(
        "person",
        {"name": "测试甲", "id_no": "410404190001010010", "mobile": "13000000001", "level": 3, "address": "石龙区龙兴街道测试路1号"},
    ),
    "demo-enterprise": Demo(
        "enterprise",
        {
            "name": "平顶山市石龙区虚构测试有限公司",
            "uscc": "91410404TTTT1001XL",
            "legal_name": "测试乙",
            "legal_id_no": "410404190001010029",
            "mobile": "13000000002",
            "level": 3,
            "address": "石龙区人民路街道测试大道2号",
        },
    ),
    "demo-window": _staff("窗口演示", Role.WINDOW, window="03 号窗口", position="综合窗口"),
    "demo-officer": _staff("审批演示", Role.OFFICER, position="审批人员（演示，可审全部部门）"),
    "demo-leader": _staff("领导演示", Role.LEADER, Role.BUREAU, position="分管领导"),
    "demo-bureau": _staff("审批局演示", Role.BUREAU, position="行政审批局（批印章申请等，与申请人不是同一个人）"),
    "demo-catalog": _staff("事项演示", Role.CATALOG, position="事项管理员"),
    "demo-sysadmin": _staff("系统演示", Role.SYSADMIN, position="系统管理员"),
    "demo-secadmin": _staff("安全演示", Role.SECADMIN, position="安全管理员"),
    "demo-auditor": _staff("审计演示", Role.AUDITOR, position="审计员"),
}
CLERKS = ("李敏", "王静", "赵倩", "孙丽", "周婷")


def accounts_made(prefix: str) -> dict[str, int]:
    """已建的虚构账号：登录名 → 账号主键。"""
    made: dict[str, int] = {}
    page = 1
    while True:
        found = search(q=prefix, page=page, size=100)
        made |= {row.username: row.account_id for row in found.items}
        if not found.has_next:
            return made
        page += 1


def accounts(passwords: dict[str, str]) -> None:
    for username, demo in DEMO.items():
        account_services.create_demo(username, passwords[username], kind=demo.kind, **demo.profile)


def colleagues() -> None:
    """窗口五人、每个部门一名审批人员与一名负责人：历史办件由他们经手。密码随机且不公布，只用来署名。"""
    for index, name in enumerate(CLERKS, start=1):
        _colleague(f"sim-window-{index}", name, HALL, Role.WINDOW, Scope.DISTRICT, window=f"{index + 3:02d} 号窗口")
    names = people.applicants(120, seed=7)
    for index, department in enumerate(organizations.departments()):
        officer, leader = (row.legal_name or row.name for row in names[index * 2 : index * 2 + 2])
        _colleague(f"sim-officer-{department.key}", officer, department.key, Role.OFFICER, Scope.DEPARTMENT)
        _colleague(f"sim-leader-{department.key}", leader, department.key, Role.LEADER, Scope.DEPARTMENT)


def _colleague(username: str, name: str, department: str, role: Role, scope: Scope, window: str = "") -> None:
    profile = {"name": name, "department": department, "roles": [role], "scope": scope, "window": window}
    account_services.create_demo(username, f"Sl-{secrets.token_urlsafe(18)}7", kind="staff", **profile)


def actors() -> dict[str, Actor]:
    """虚构同事的操作人：键如 window-1、officer-scjg、leader-wjw。"""
    return {name.removeprefix("sim-"): actor_for(pk) for name, pk in accounts_made("sim-").items()}
