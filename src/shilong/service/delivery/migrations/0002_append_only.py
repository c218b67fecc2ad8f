"""触发器：物流轨迹与寄递履历不许改、不许删；它们是送达的证据。"""

from django.db import migrations

TABLES = ("track", "shipmentlog")


def protect(apps, schema_editor):
    run = lambda sql: schema_editor.execute(sql, params=None)  # noqa: E731
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("DELETE", "UPDATE"):
                run(
                    f"CREATE TRIGGER delivery_{table}_no_{verb.lower()} BEFORE {verb} ON delivery_{table} "
                    f"BEGIN SELECT RAISE(ABORT, '寄递的记录只能追加'); END"
                )
        return
    run("CREATE FUNCTION delivery_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '寄递的记录只能追加'; END $$")
    for table in TABLES:
        for verb in ("DELETE", "UPDATE"):
            run(
                f"CREATE TRIGGER delivery_{table}_no_{verb.lower()} BEFORE {verb} ON delivery_{table} "
                "FOR EACH ROW EXECUTE FUNCTION delivery_refuse()"
            )


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in ("delete", "update"):
            name = f"delivery_{table}_no_{verb}"
            schema_editor.execute(f"DROP TRIGGER {name} ON delivery_{table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION delivery_refuse()")


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
