"""触发器：证照不许删；履历与用证日志不许改、不许删（standards §4.5、§4.6）。"""

from django.db import migrations

KEPT = ("licence", "licenceevent", "licenceuse")
FROZEN = ("licenceevent", "licenceuse")


def _sqlite():
    for table in KEPT:
        yield f"""CREATE TRIGGER licences_{table}_no_delete BEFORE DELETE ON licences_{table}
                  BEGIN SELECT RAISE(ABORT, '证照的记录不可删除'); END"""
    for table in FROZEN:
        yield f"""CREATE TRIGGER licences_{table}_no_change BEFORE UPDATE ON licences_{table}
                  BEGIN SELECT RAISE(ABORT, '证照的记录不可修改'); END"""


def _postgres():
    yield """CREATE FUNCTION licences_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '证照的记录不可修改、不可删除'; END $$"""
    for table in KEPT:
        yield f"CREATE TRIGGER licences_{table}_no_delete BEFORE DELETE ON licences_{table} FOR EACH ROW EXECUTE FUNCTION licences_refuse()"
    for table in FROZEN:
        yield f"CREATE TRIGGER licences_{table}_no_change BEFORE UPDATE ON licences_{table} FOR EACH ROW EXECUTE FUNCTION licences_refuse()"


def protect(apps, schema_editor):
    for statement in _sqlite() if schema_editor.connection.vendor == "sqlite" else _postgres():
        schema_editor.execute(statement, params=None)


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for kind, tables in (("delete", KEPT), ("change", FROZEN)):
        for table in tables:
            name = f"licences_{table}_no_{kind}"
            schema_editor.execute(f"DROP TRIGGER {name} ON licences_{table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION licences_refuse()")


class Migration(migrations.Migration):
    dependencies = [("licences", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
