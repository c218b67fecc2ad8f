"""触发器：预约的履历只能追加，不许改、不许删。"""

from django.db import migrations

from shilong.foundation.records import protection


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial")]
    operations = [protection("booking_bookingevent")]
