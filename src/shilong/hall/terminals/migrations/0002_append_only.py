"""触发器：终端履历、故障履历、打印记录不许改、不许删。"""

from django.db import migrations

from shilong.foundation.records import protection


class Migration(migrations.Migration):
    dependencies = [("terminals", "0001_initial")]
    operations = [
        protection("terminals_terminalevent", message="终端的记录只能追加"),
        protection("terminals_faultevent", message="终端的记录只能追加"),
        protection("terminals_printrecord", message="终端的记录只能追加"),
    ]
