"""触发器：印章的一切记录都不许删；履历、手写签名、用章日志不许改；印章版本只许填上“被代替的时间”，日志只许填上链字段。"""

from django.db import migrations

KEPT = ("maker", "seal", "sealversion", "application", "grant", "sealevent", "sealuse", "personalsignature")
# 表: (允许改的前提, 不许改的列)；列为空是一列都不许改。
USE = (
    *("at", "seal_no", "seal_name", "seal_kind", "seal_version", "department", "doc_type", "doc_id", "case_no"),
    *("account_id", "user_name", "user_department", "approved_by", "grant_id", "serial", "positions", "before_hash", "after_hash"),
    *("signature_hash", "batch", "ip", "result", "fail_code", "fail_reason", "mac"),
)
VERSION = (
    *("seal_id", "version", "es_id", "code", "name", "picture", "width", "height", "certificate", "serial", "key_name", "key", "data"),
    *("valid_from", "valid_until", "made_by", "made_at"),
)


def _changed(columns, operator):
    return " OR ".join(f'OLD."{name}" {operator} NEW."{name}"' for name in columns)


def _rules(operator):
    return {
        "sealevent": "1 = 1",
        "personalsignature": "1 = 1",
        "sealuse": f'OLD."position" IS NOT NULL OR {_changed(USE, operator)}',
        "sealversion": f'OLD."superseded_at" IS NOT NULL OR {_changed(VERSION, operator)}',
    }


def _sqlite():
    for table in KEPT:
        yield f"""CREATE TRIGGER seals_{table}_no_delete BEFORE DELETE ON seals_{table}
                  BEGIN SELECT RAISE(ABORT, '印章的记录不可删除'); END"""
    for table, when in _rules("IS NOT").items():
        yield f"""CREATE TRIGGER seals_{table}_no_change BEFORE UPDATE ON seals_{table} WHEN {when}
                  BEGIN SELECT RAISE(ABORT, '印章的记录不可修改'); END"""


def _postgres():
    yield """CREATE FUNCTION seals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '印章的记录不可修改、不可删除'; END $$"""
    for table in KEPT:
        yield f"CREATE TRIGGER seals_{table}_no_delete BEFORE DELETE ON seals_{table} FOR EACH ROW EXECUTE FUNCTION seals_refuse()"
    for table, when in _rules("IS DISTINCT FROM").items():
        yield f"""CREATE TRIGGER seals_{table}_no_change BEFORE UPDATE ON seals_{table}
                  FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION seals_refuse()"""


def protect(apps, schema_editor):
    for statement in _sqlite() if schema_editor.connection.vendor == "sqlite" else _postgres():
        schema_editor.execute(statement, params=None)


def unprotect(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for kind, tables in (("delete", KEPT), ("change", _rules("IS NOT"))):
        for table in tables:
            name = f"seals_{table}_no_{kind}"
            schema_editor.execute(f"DROP TRIGGER {name} ON seals_{table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION seals_refuse()")


class Migration(migrations.Migration):
    dependencies = [("seals", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
