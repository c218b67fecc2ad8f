"""触发器：使用记录与复用记录不许改、不许删（谁用过是本人查得到的证据）。"""

from django.db import migrations

TABLES = ("paperuse", "reuse")


def protect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(
            "CREATE FUNCTION library_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '材料使用记录不可修改、不可删除'; END $$",
            params=None,
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            head = f"CREATE TRIGGER library_{table}_no_{verb.lower()} BEFORE {verb} ON library_{table}"
            refuse = "FOR EACH ROW EXECUTE FUNCTION library_refuse()" if postgres else "BEGIN SELECT RAISE(ABORT, '材料使用记录不可修改、不可删除'); END"
            schema_editor.execute(f"{head} {refuse}", params=None)


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in ("update", "delete"):
            name = f"library_{table}_no_{verb}"
            schema_editor.execute(f"DROP TRIGGER {name} ON library_{table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION library_refuse()")


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
