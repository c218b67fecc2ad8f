"""部门、组织树、任职、数据范围。"""

import pytest

from shilong.foundation.refusals import NotAllowed, NotFound, Refused
from shilong.identity import testing
from shilong.identity.accounts import selectors as accounts
from shilong.identity.organizations import selectors, services
from shilong.identity.roles.actor import Role, Scope

pytestmark = [pytest.mark.django_db, pytest.mark.req("P27", "P29")]

ROWS = [
    {"dept_key": "wjw", "dept_name": "石龙区卫生健康委员会", "dept_short_name": "区卫健委", "dept_code_test": "11410404TTTT00014P"},
    {"dept_key": "scjg", "dept_name": "石龙区市场监督管理局", "dept_short_name": "区市场监管局", "dept_code_test": "11410404TTTT00022J"},
]


def test_seed_numbers_in_order_and_is_repeatable():
    assert services.seed_departments(ROWS) == 2
    assert services.seed_departments([ROWS[1] | {"dept_short_name": "市监局"}, ROWS[0]]) == 0
    assert [(item.key, item.number, item.short_name) for item in selectors.departments()] == [
        ("wjw", "001", "区卫健委"),
        ("scjg", "002", "市监局"),
    ]
    assert selectors.department("wjw").code == "11410404TTTT00014P"
    with pytest.raises(NotFound):
        selectors.department("none")


def save(actor, key="mzj", **changes):
    values = {"name": "石龙区民政局", "short_name": "区民政局", "code": "11410404TTTT00049A"} | changes
    return services.save_department(key, actor=actor, **values)


def test_system_admin_saves_department():
    services.seed_departments(ROWS)
    admin = testing.make_staff(Role.SYSADMIN, department="wjw")
    assert save(admin).number == "003"
    assert save(admin, short_name="民政局").number == "003"
    assert selectors.department("mzj").short_name == "民政局"


@pytest.mark.parametrize("role", [Role.SECADMIN, Role.AUDITOR, Role.BUREAU, Role.WINDOW])
def test_nobody_else_saves_department(role):
    with pytest.raises(NotAllowed):
        save(testing.make_staff(role))


@pytest.mark.parametrize(
    ("key", "changes", "message"),
    [
        ("MZJ!", {}, "部门键"),
        ("mzj", {"name": "石龙区卫生健康委员会"}, "同名"),
        ("mzj", {"code": "11410404TTTT00014P"}, "已被其他部门使用"),
    ],
)
def test_bad_department(key, changes, message):
    services.seed_departments(ROWS)
    with pytest.raises(Refused, match=message):
        save(testing.make_staff(Role.SYSADMIN, department="wjw"), key, **changes)


def test_parent_cannot_loop():
    services.seed_departments(ROWS)
    admin = testing.make_staff(Role.SYSADMIN, department="wjw")
    save(admin, parent="wjw")
    with pytest.raises(Refused, match="上级"):
        row = ROWS[0]
        services.save_department("wjw", name=row["dept_name"], short_name="区卫健委", code=row["dept_code_test"], parent="mzj", actor=admin)


def test_tree_counts_people(django_assert_num_queries):
    services.seed_departments(ROWS)
    admin = testing.make_staff(Role.SYSADMIN, department="wjw")
    save(admin, parent="wjw")
    with django_assert_num_queries(2):
        tree = selectors.tree()
    assert [(node.department.key, node.staff, [child.department.key for child in node.children]) for node in tree] == [
        ("wjw", 1, ["mzj"]),
        ("scjg", 0, []),
    ]


def test_department_with_people_cannot_close():
    services.seed_departments(ROWS)
    admin = testing.make_staff(Role.SYSADMIN, department="wjw")
    with pytest.raises(Refused, match="还有在用"):
        services.set_department_active("wjw", False, actor=admin)
    services.set_department_active("scjg", False, actor=admin)
    assert [item.key for item in selectors.departments()] == ["wjw"]


def test_moving_drops_district_scope():
    """调离后不带走全区数据范围。"""
    services.seed_departments(ROWS)
    admin = testing.make_staff(Role.SYSADMIN, department="wjw")
    officer = testing.make_staff(Role.OFFICER, department="wjw", scope=Scope.DISTRICT)
    services.move(officer.account_id, "scjg", position="审查岗", window="A03", actor=admin)
    moved = accounts.actor_for(officer.account_id)
    assert (moved.department, moved.scope) == ("scjg", Scope.DEPARTMENT)
    view = selectors.staff(officer.account_id)
    assert (view.position, view.window) == ("审查岗", "A03")
    assert [item.account_id for item in selectors.staff_of("scjg")] == [officer.account_id]


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.AUDITOR, Role.BUREAU, Role.OFFICER])
def test_only_security_admin_changes_scope(role):
    officer = testing.make_staff(Role.OFFICER)
    with pytest.raises(NotAllowed):
        services.set_scope(officer.account_id, Scope.DISTRICT, actor=testing.make_staff(role))
    services.set_scope(officer.account_id, Scope.DISTRICT, actor=testing.make_staff(Role.SECADMIN))
    assert accounts.actor_for(officer.account_id).scope is Scope.DISTRICT
