"""审计：能校验、能发现改删、库里不许改。"""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from shilong.foundation.audit import selectors, services
from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.audit.selectors import Filters

pytestmark = [pytest.mark.django_db, pytest.mark.req("P29"), pytest.mark.req("P27")]
CLERK = SimpleNamespace(account_id=7, name="窗口甲", ip="10.0.0.8")


@pytest.fixture
def sealed():
    for number in range(3):
        services.record("case.accept", actor=CLERK, object_type="case", object_id=str(number), detail={"甲": [number, 1.5, None]})
    assert services.seal() == 3
    assert services.verify() == []


@pytest.fixture
def unguarded():
    """库管理员先卸掉触发器再改数据的情形；只有链能发现。"""
    names = {"sqlite": ["audit_no_delete", "audit_no_change"], "postgresql": ["audit_guard ON audit_auditentry"]}

    def drop() -> None:
        with connection.cursor() as cursor:
            for name in names[connection.vendor]:
                cursor.execute(f"DROP TRIGGER {name}")

    return drop


def test_sealing_twice_adds_nothing(sealed):
    assert services.seal() == 0
    services.record("case.decide", actor=CLERK)
    assert services.seal() == 1
    assert services.verify() == []


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_auditentry SET actor_name = 'x'", "DELETE FROM audit_auditentry", "UPDATE audit_auditentry SET digest = 'x'"]
)
def test_the_database_refuses_changes(sealed, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert services.verify() == []


def test_an_unsealed_row_cannot_be_changed_either():
    services.record("case.accept", actor=CLERK)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(actor_name="x")


def test_the_model_refuses_save_and_delete(sealed):
    row = AuditEntry.objects.first()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE audit_auditentry SET actor_name = 'x' WHERE position = 2", "行校验不符"),
        ("DELETE FROM audit_auditentry WHERE position = 2", "被删除"),
        ("UPDATE audit_auditentry SET digest = 'x' WHERE position = 2", "链摘要不符"),
    ],
)
def test_tampering_behind_the_triggers_is_found(sealed, unguarded, sql, says):
    unguarded()
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(says in problem.text for problem in services.verify())


def test_search_and_export(sealed):
    services.record("account.login", actor=CLERK, result="refused")
    assert selectors.search(Filters(action="case.")).total == 3
    rows = list(selectors.export(Filters(result="refused")))
    assert [row[2:5] for row in rows] == [("account.login", "窗口甲", "10.0.0.8")]
    assert len(rows[0]) == len(selectors.EXPORT_HEADERS)


def test_one_insert(django_assert_num_queries):
    with django_assert_num_queries(1):
        services.record("case.accept", actor=CLERK)
