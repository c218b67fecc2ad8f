"""演示用的电子印章：各部门的行政审批专用章、综合窗口的受理专用章，走真实的申请、审批、制章、启用、授权。"""

from django.db import transaction

from shilong.config.demo.staff import HALL, accounts_made, actors
from shilong.identity.accounts.selectors import actor_for
from shilong.identity.organizations import selectors as organizations
from shilong.service.seals import selectors
from shilong.service.seals.testing import make_seal

APPROVAL, ACCEPTANCE = "11", "12"


def seals() -> int:
    """给还没有的部门造章，返回造了几枚；重复执行只补缺的。审批人是演示的分管领导（兼行政审批局）。"""
    people, demo = actors(), accounts_made("demo-")
    bureau, officer, window = (actor_for(demo[f"demo-{name}"]) for name in ("leader", "officer", "window"))
    made = 0
    wanted = [(row.key, APPROVAL, [people[f"officer-{row.key}"], officer]) for row in organizations.departments()]
    wanted.append((HALL, ACCEPTANCE, [window, officer, *(who for name, who in people.items() if name.startswith("window-"))]))
    for department, kind, users in wanted:
        if selectors.department_seal(department, kind) is None:
            with transaction.atomic():
                make_seal(department, kind, leader=people[f"leader-{department}"], bureau=bureau, to=users)
            made += 1
    return made
