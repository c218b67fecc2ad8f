"""触发器：咨询投诉的经过不许改、不许删；本身不许删。"""

from django.db import migrations

TRIGGERS = (("enquiryevent", "delete"), ("enquiryevent", "update"), ("enquiry", "delete"))


def protect(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    if not sqlite:
        schema_editor.execute(
            "CREATE FUNCTION enquiries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '咨询投诉的记录不可修改、不可删除'; END $$",
            params=None,
        )
    for table, verb in TRIGGERS:
        head = f"CREATE TRIGGER enquiries_{table}_no_{verb} BEFORE {verb.upper()} ON enquiries_{table} "
        body = (
            "BEGIN SELECT RAISE(ABORT, '咨询投诉的记录不可修改、不可删除'); END"
            if sqlite
            else "FOR EACH ROW EXECUTE FUNCTION enquiries_refuse()"
        )
        schema_editor.execute(head + body, params=None)


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, verb in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER enquiries_{table}_no_{verb}" + (f" ON enquiries_{table}" if postgres else ""))
    if postgres:
        schema_editor.execute("DROP FUNCTION enquiries_refuse()")


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
