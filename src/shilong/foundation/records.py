"""只能追加的表：履历、用章、用证这类证据共用。数据库层的触发器由各模块的迁移建，整张表都不许改的用 `protection`。"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.migrations import RunPython


class AppendOnly(models.Model):
    """只许新增的行，不给改和删的入口（行政许可法第七十二、七十四条要求全过程留痕；改动即破坏证据）。"""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """只允许新增。"""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} 只能追加，不能修改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """不允许删除。"""
        raise TypeError(f"{type(self).__name__} 只能追加，不能删除")


def protection(table: str, *, verbs: Sequence[str] = ("UPDATE", "DELETE"), message: str = "履历只能追加") -> RunPython:
    """迁移里的一步：给表装上（回退时摘下）“不许改、不许删”的触发器，SQLite 与 PostgreSQL 各一套。

    参数：
        verbs: 不许做的，只许改、不许删的表给 ("DELETE",)。
        message: 数据库拒绝时说的话。
    """

    def protect(apps: Any, schema_editor: Any) -> None:
        make = _protect_sqlite if schema_editor.connection.vendor == "sqlite" else _protect_postgres
        for statement in make(table, verbs, message):
            schema_editor.execute(statement, params=None)

    def unprotect(apps: Any, schema_editor: Any) -> None:
        sqlite = [f"DROP TRIGGER {table}_no_{verb.lower()}" for verb in verbs]
        postgres = [f"DROP TRIGGER {table}_kept ON {table}", f"DROP FUNCTION {table}_refuse()"]
        for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgres:
            schema_editor.execute(statement, params=None)

    return RunPython(protect, unprotect)


def _protect_sqlite(table: str, verbs: Sequence[str], message: str) -> list[str]:
    body = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    return [f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {body}" for verb in verbs]


def _protect_postgres(table: str, verbs: Sequence[str], message: str) -> list[str]:
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$",
        f"CREATE TRIGGER {table}_kept BEFORE {' OR '.join(verbs)} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ]
