"""触发器：差评工单履历不许改、不许删；评价不许删（误评认定后仍留痕，standards §3.5 P06）。"""

from django.db import migrations

FROZEN = ("ticketevent",)
KEPT = ("ticketevent", "rating")


def _statements(vendor):
    if vendor == "sqlite":
        for table in KEPT:
            yield f"""CREATE TRIGGER ratings_{table}_no_delete BEFORE DELETE ON ratings_{table}
                      BEGIN SELECT RAISE(ABORT, '好差评的记录不可删除'); END"""
        for table in FROZEN:
            yield f"""CREATE TRIGGER ratings_{table}_no_change BEFORE UPDATE ON ratings_{table}
                      BEGIN SELECT RAISE(ABORT, '好差评的记录不可修改'); END"""
        return
    yield """CREATE FUNCTION ratings_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '好差评的记录不可修改、不可删除'; END $$"""
    for table in KEPT:
        yield f"CREATE TRIGGER ratings_{table}_no_delete BEFORE DELETE ON ratings_{table} FOR EACH ROW EXECUTE FUNCTION ratings_refuse()"
    for table in FROZEN:
        yield f"CREATE TRIGGER ratings_{table}_no_change BEFORE UPDATE ON ratings_{table} FOR EACH ROW EXECUTE FUNCTION ratings_refuse()"


def protect(apps, schema_editor):
    for statement in _statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for kind, tables in (("delete", KEPT), ("change", FROZEN)):
        for table in tables:
            name = f"ratings_{table}_no_{kind}"
            schema_editor.execute(f"DROP TRIGGER {name} ON ratings_{table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION ratings_refuse()")


class Migration(migrations.Migration):
    dependencies = [("ratings", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
