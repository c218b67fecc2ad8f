"""触发器：市级核验记录、用作材料的副本、已发消息只许新增。"""

from django.db import migrations

TABLES = ("citycall", "usedcopy", "notice")


def protect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for kind, verb in (("delete", "DELETE"), ("change", "UPDATE")):
            head = f"CREATE TRIGGER licences_{table}_no_{kind} BEFORE {verb} ON licences_{table}"
            tail = "FOR EACH ROW EXECUTE FUNCTION licences_refuse()"
            refuse = "BEGIN SELECT RAISE(ABORT, '证照的记录不可修改、不可删除'); END"
            schema_editor.execute(f"{head} {tail if postgres else refuse}", params=None)


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for kind in ("delete", "change"):
            name = f"licences_{table}_no_{kind}"
            schema_editor.execute(f"DROP TRIGGER {name} ON licences_{table}" if postgres else f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("licences", "0004_sharing")]
    operations = [migrations.RunPython(protect, unprotect)]
