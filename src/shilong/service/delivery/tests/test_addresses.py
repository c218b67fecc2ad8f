"""地址簿：增删改、默认、上限、加密、换人不行、经办人按授权。"""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import connection

from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity import testing as people
from shilong.identity.roles.actor import ANONYMOUS, Role
from shilong.service.delivery import selectors, services
from shilong.service.delivery.models import Address
from shilong.service.delivery.refusals import AddressNotFound, AgentCannotEdit, TooManyAddresses
from shilong.service.delivery.testing import ADDRESS

pytestmark = [pytest.mark.django_db, pytest.mark.req("W05")]


@pytest.fixture
def citizen():
    return people.make_citizen("测试甲")


def defaults(actor) -> list[bool]:
    return [row.is_default for row in selectors.addresses(actor)]


def test_the_first_is_default_and_only_one_is(citizen):
    first = services.add_address(ADDRESS, actor=citizen)
    second = services.add_address({**ADDRESS, "detail": "另一条路 9 号"}, actor=citizen)
    assert [row.uid for row in selectors.addresses(citizen)] == [first, second]
    assert defaults(citizen) == [True, False]
    services.set_default(second, actor=citizen)
    assert [row.uid for row in selectors.addresses(citizen)] == [second, first]
    assert defaults(citizen) == [True, False]
    services.remove_address(second, actor=citizen)
    assert [row.uid for row in selectors.addresses(citizen)] == [first]
    assert defaults(citizen) == [True]


def test_change(citizen):
    uid = services.add_address(ADDRESS, actor=citizen)
    services.change_address(uid, {**ADDRESS, "postcode": "467000"}, actor=citizen)
    assert selectors.address(uid, citizen).contact.postcode == "467000"


def test_at_most_twenty(citizen):
    for _ in range(20):
        services.add_address(ADDRESS, actor=citizen)
    with pytest.raises(TooManyAddresses, match="20"):
        services.add_address(ADDRESS, actor=citizen)


def test_nothing_readable_in_the_database(citizen):
    services.add_address(ADDRESS, actor=citizen)
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM delivery_address")
        stored = cursor.fetchone()[0]
    assert stored.startswith("s1:")
    assert not [value for value in ADDRESS.values() if value in stored]


@pytest.mark.parametrize("step", ["read", "change", "default", "remove"])
def test_someone_elses_address_does_not_exist(citizen, step):
    uid = services.add_address(ADDRESS, actor=citizen)
    other = people.make_citizen("李小红")
    steps = {
        "read": lambda: selectors.address(uid, other),
        "change": lambda: services.change_address(uid, ADDRESS, actor=other),
        "default": lambda: services.set_default(uid, actor=other),
        "remove": lambda: services.remove_address(uid, actor=other),
    }
    with pytest.raises(AddressNotFound):
        steps[step]()
    assert selectors.address(uid, citizen).contact.name == "测试甲"


def test_visitors_and_staff_have_no_book(citizen):
    with pytest.raises(NotSignedIn):
        services.add_address(ADDRESS, actor=ANONYMOUS)
    with pytest.raises(NotAllowed):
        services.add_address(ADDRESS, actor=people.make_staff(Role.WINDOW))
    with pytest.raises(AddressNotFound):
        selectors.address(uuid4(), citizen)


def test_agents_share_the_firms_book_within_their_grant(citizen):
    firm = people.make_enterprise()
    full, limited = people.acting_for(citizen, firm), people.acting_for(citizen, firm, ("scjg",))
    uid = services.add_address(ADDRESS, actor=full)
    assert Address.objects.get(uid=uid).owner_id == firm.account_id
    assert [row.uid for row in selectors.addresses(limited)] == [uid]
    assert selectors.addresses(citizen) == []
    for step in (
        lambda: services.add_address(ADDRESS, actor=limited),
        lambda: services.change_address(uid, ADDRESS, actor=limited),
        lambda: services.remove_address(uid, actor=limited),
    ):
        with pytest.raises(AgentCannotEdit):
            step()
    assert [row.uid for row in selectors.addresses(firm)] == [uid]
    with pytest.raises(AddressNotFound):
        selectors.address(UUID(str(uid)), replace(full, agent_for=None))


def test_listing_is_one_query(citizen, django_assert_num_queries):
    for _ in range(5):
        services.add_address(ADDRESS, actor=citizen)
    with django_assert_num_queries(1):
        assert len(selectors.addresses(citizen)) == 5
