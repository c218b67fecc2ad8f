"""事项测试的公共现场。"""

import pytest

from shilong.identity.organizations import services as organizations
from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.catalog import testing
from shilong.service.catalog.seed.contents import departments


def _actor(account_id, role, department="", scope=Scope.DISTRICT):
    return Actor(account_id=account_id, name=f"{role}{account_id}", roles=frozenset({role}), department=department, scope=scope)


EDITOR = _actor(1, Role.CATALOG)
OTHER_EDITOR = _actor(2, Role.CATALOG)
BUREAU = _actor(3, Role.BUREAU)
FOOD_EDITOR = _actor(4, Role.CATALOG, "scjg", Scope.DEPARTMENT)
CITIZEN = _actor(5, Role.APPLICANT, scope=Scope.OWN)
WINDOW = _actor(6, Role.WINDOW)


@pytest.fixture
def seeded(db):
    organizations.seed_departments(departments())
    testing.seed_items()
