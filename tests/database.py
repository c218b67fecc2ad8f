"""带真实服务的测试结束时要清空库，而审计表的触发器不许删除（这正是它的职责）：清空期间暂时摘下，清完装回。

只影响 SQLite 的测试清库；PostgreSQL 用 TRUNCATE，不触发行级触发器。
"""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def flushable() -> Iterator[None]:
    """让 `flush` 绕开只追加的触发器。"""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    operations = type(connection.ops)
    original = operations.sql_flush

    def sql_flush(self, style, tables, **options):  # type: ignore[no-untyped-def]
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drop = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*drop, *original(self, style, tables, **options), *(sql for _, sql in triggers)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        yield
