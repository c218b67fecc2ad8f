"""触发器：终端履历、故障履历、打印记录不许改、不许删。"""

from django.db import migrations

FROZEN = ("terminalevent", "faultevent", "printrecord")


def _sqlite():
    for table in FROZEN:
        for verb, act in (("DELETE", "delete"), ("UPDATE", "change")):
            yield f"""CREATE TRIGGER terminals_{table}_no_{act} BEFORE {verb} ON terminals_{table}
                      BEGIN SELECT RAISE(ABORT, '终端的记录只能追加'); END"""


def _postgres():
    yield """CREATE FUNCTION terminals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '终端的记录只能追加'; END $$"""
    for table in FROZEN:
        for verb, act in (("DELETE", "delete"), ("UPDATE", "change")):
            name = f"terminals_{table}_no_{act}"
            yield f"CREATE TRIGGER {name} BEFORE {verb} ON terminals_{table} FOR EACH ROW EXECUTE FUNCTION terminals_refuse()"


def protect(apps, schema_editor):
    for statement in _sqlite() if schema_editor.connection.vendor == "sqlite" else _postgres():
        schema_editor.execute(statement, params=None)


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in FROZEN:
        for act in ("delete", "change"):
            name = f"terminals_{table}_no_{act}"
            schema_editor.execute(f"DROP TRIGGER {name} ON terminals_{table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION terminals_refuse()")


class Migration(migrations.Migration):
    dependencies = [("terminals", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
