"""触发器：审计行不可改不可删，唯一允许的变化是把链字段从空填上。"""

from django.db import migrations

PROTECTED = ("at", "action", "actor_id", "actor_name", "ip", "object_type", "object_id", "result", "detail", "mac")

SQLITE = [
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditentry
       BEGIN SELECT RAISE(ABORT, '审计记录不可删除'); END""",
    """CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit_auditentry
       WHEN OLD.position IS NOT NULL OR %s
       BEGIN SELECT RAISE(ABORT, '审计记录不可修改'); END"""
    % " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in PROTECTED),
]
POSTGRES = [
    """CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '审计记录不可删除'; END IF;
         IF OLD.position IS NOT NULL OR %s THEN RAISE EXCEPTION '审计记录不可修改'; END IF;
         RETURN NEW;
       END $$"""
    % " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in PROTECTED),
    "CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit_auditentry FOR EACH ROW EXECUTE FUNCTION audit_guard()",
]
UNDO = {
    "sqlite": ["DROP TRIGGER audit_no_delete", "DROP TRIGGER audit_no_change"],
    "postgresql": ["DROP TRIGGER audit_guard ON audit_auditentry", "DROP FUNCTION audit_guard()"],
}


def protect(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
