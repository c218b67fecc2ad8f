"""动态口令密钥换成密文；axes 里留下的登录名换成不可逆索引，来不及换的失败计数清掉（至多 15 分钟有用）。"""

from binascii import unhexlify

from django.db import migrations

from shilong.foundation.gm.fields import PREFIX, blind_index, encrypt_bytes

INDEX_LENGTH = 64


def seal_keys(apps, schema_editor):
    """库里的十六进制明文密钥 → 密文。"""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for pk, key in devices.exclude(key__startswith=PREFIX).values_list("pk", "key"):
        devices.filter(pk=pk).update(key=encrypt_bytes(unhexlify(key)))


def hide_names(apps, schema_editor):
    """失败计数很快就过期，直接清；登录历史留着，只把登录名换掉。"""
    apps.get_model("axes", "AccessAttempt").objects.all().delete()
    for model in ("AccessLog", "AccessFailureLog"):
        rows = apps.get_model("axes", model).objects
        for name in rows.exclude(username=None).values_list("username", flat=True).distinct():
            if name and len(name) != INDEX_LENGTH:
                rows.filter(username=name).update(username=blind_index(name))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_preference"),
        ("otp_totp", "0003_add_timestamps"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations = [
        migrations.CreateModel(
            name="OtpDevice",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(seal_keys, migrations.RunPython.noop),
        migrations.RunPython(hide_names, migrations.RunPython.noop),
    ]
