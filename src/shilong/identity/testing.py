"""测试用的人：一行造出一个群众、企业、工作人员，返回 `Actor`。只供测试。"""

from dataclasses import replace
from itertools import count

from shilong.foundation.codes import checks
from shilong.identity.accounts import selectors, services
from shilong.identity.organizations import selectors as organizations
from shilong.identity.organizations import services as organization_services
from shilong.identity.roles.actor import SYSTEM, Actor, Role, Scope

PASSWORD = "Test-2026-pass"  # noqa: S105 测试库里的虚构账号
_serial = count(1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def fake_idcard(serial: int) -> str:
    """明显虚构（1900 年出生）而校验位正确的身份证号。"""
    body = f"41040419{serial // 900 // 28 % 100:02d}{serial // 900 % 12 + 1:02d}{serial // 900 // 12 % 28 + 1:02d}{serial % 900 + 100:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def fake_uscc(serial: int) -> str:
    """明显虚构（主体标识 TT 开头）而校验位正确的统一社会信用代码。"""
    body = f"91410404TT{serial:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    subject = body[8:]
    total = sum((int(char) if char.isdigit() else ord(char) - 55) * weight for char, weight in zip(subject, weights, strict=True))
    body += "0123456789X0"[(11 - total % 11) % 12] if 11 - total % 11 != 11 else "0"
    return body + checks.uscc_check_digit(body)


def make_citizen(name: str = "测试甲", *, level: int = 3, username: str = "") -> Actor:
    """一位已实名的群众。"""
    serial = next(_serial)
    account = services.create_person(username or f"citizen{serial}", PASSWORD, name, fake_idcard(serial), f"139{serial:08d}", level)
    return selectors.actor_for(account.pk)


def make_enterprise(name: str = "", *, level: int = 3, kind: str = "2", username: str = "") -> Actor:
    """一家企业的法人账号。"""
    serial = next(_serial)
    account = services.create_enterprise(
        username or f"firm{serial}",
        PASSWORD,
        name or f"平顶山市石龙区虚构{serial}号有限公司",
        fake_uscc(serial),
        "测试法人",
        fake_idcard(serial),
        f"138{serial:08d}",
        kind,
        level=level,
    )
    return selectors.actor_for(account.pk)


def make_staff(
    *roles: Role, department: str = "scjg", scope: Scope = Scope.DEPARTMENT, name: str = "测试职员", window: str = "", username: str = ""
) -> Actor:
    """一名工作人员；部门不存在时先建。"""
    make_department(department)
    serial = next(_serial)
    account = services.create_staff(
        username or f"staff{serial}", PASSWORD, name, department, list(roles), scope, window=window, actor=SYSTEM
    )
    return selectors.actor_for(account.pk)


def make_department(key: str) -> None:
    """确保部门存在。"""
    if any(item.key == key for item in organizations.departments(include_inactive=True)):
        return
    code = "11410404TT" + f"{next(_serial):06d}"
    code += "0"
    row = {
        "dept_key": key,
        "dept_name": f"石龙区{key}局",
        "dept_short_name": f"区{key}局",
        "dept_code_test": code + checks.uscc_check_digit(code),
    }
    organization_services.seed_departments([row])


def acting_for(agent: Actor, principal: Actor, scope: tuple[str, ...] = ()) -> Actor:
    """已切换为代 `principal` 办事的经办人，请求开始时取到的授权范围是 `scope`（不检查授权；授权检查由被测代码做）。"""
    return replace(agent, agent_for=principal.account_id, agent_scope=scope)
