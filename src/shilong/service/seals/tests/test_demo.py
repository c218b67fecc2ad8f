"""演示数据里的印章：每个部门一枚行政审批专用章，已启用、已授权；重复执行不重造。"""

import pytest

from shilong.config.demo import seals, staff
from shilong.identity.accounts.selectors import actor_for
from shilong.identity.organizations import selectors as organizations
from shilong.identity.organizations import services as organization_services
from shilong.identity.roles.actor import SYSTEM
from shilong.service.catalog.seed.contents import departments
from shilong.service.seals import selectors, services
from shilong.service.seals.tests.conftest import AT, ofd

pytestmark = [pytest.mark.django_db, pytest.mark.req("P06")]


def test_every_department_has_a_usable_seal():
    organization_services.seed_departments(departments())
    staff.accounts(dict.fromkeys(staff.DEMO, "Sl-demo-2026-7"))
    staff.colleagues()
    everywhere = organizations.departments()
    assert seals.seals() == len(everywhere) + 1
    assert seals.seals() == 0
    assert all(selectors.department_seal(row.key, "11") for row in everywhere)
    assert len(selectors.usable(SYSTEM, "licence")) == len(everywhere) + 1
    officer = actor_for(staff.accounts_made("demo-officer")["demo-officer"])
    brief = selectors.department_seal("wjw", "11")
    signed = services.stamp(ofd(), seal_no=brief.seal_no, doc_type="licence", doc_id="1", actor=officer, stamps=AT)
    assert services.verify(signed).ok
