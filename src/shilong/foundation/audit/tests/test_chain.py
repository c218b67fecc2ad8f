"""审计：能校验、能发现改删、库里不许改。"""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from shilong.foundation.audit import selectors, services, tasks
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


def test_cutting_the_tail_is_only_seen_against_an_anchor_kept_outside(sealed, unguarded):
    anchor = services.Anchor.load(services.anchor().dump())
    assert services.verify_anchor(anchor) == []
    services.record("case.decide", actor=CLERK)
    services.seal()
    assert services.verify_anchor(anchor) == []
    unguarded()
    AuditEntry.objects.filter(position__gte=3)._raw_delete("default")
    assert services.verify() == []
    assert "尾部记录被删除" in services.verify_anchor(anchor)[0].text


def test_rechaining_after_a_change_does_not_match_the_anchor(sealed, unguarded):
    anchor = services.anchor()
    unguarded()
    AuditEntry.objects.filter(position=3).update(digest="f" * 64)
    assert "不符" in services.verify_anchor(anchor)[0].text


def test_an_empty_chain_has_an_anchor():
    assert services.anchor().position == 0
    assert services.verify_anchor(services.anchor()) == []


@pytest.mark.parametrize(
    "line", ["", "x", "{}", "[]", '{"position": -1, "digest": "", "at": ""}', '{"position": "1", "digest": 5, "at": 1}']
)
def test_a_broken_anchor_is_refused_in_words(line):
    with pytest.raises(services.BadAnchor, match="audit-anchor"):
        services.Anchor.load(line)


def test_verification_runs_in_the_background_with_progress(sealed, settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr(services, "REPORT_EVERY", 1)
    seen = []
    monkeypatch.setattr(tasks.progress, "report", lambda key, label, done, total: seen.append((done, total)))
    tasks.verify(7, "审计员", "10.0.0.1", services.anchor().dump())
    assert seen == [(0, 3), (1, 3), (2, 3), (2, 3), (1, 1)]
    last = selectors.last_verification()
    assert (last.actor_name, last.problems, last.checked, last.anchored) == ("审计员", 0, 3, True)


def test_a_failed_verification_keeps_what_was_found(sealed, unguarded, settings, tmp_path):
    settings.DATA = tmp_path
    unguarded()
    AuditEntry.objects.filter(position=2).update(actor_name="别人")
    tasks.verify(7, "审计员", "")
    last = selectors.last_verification()
    assert last.problems == 1
    assert "内容被改动" in last.examples[0]
