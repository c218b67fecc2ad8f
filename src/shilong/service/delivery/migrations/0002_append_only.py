"""触发器：物流轨迹与寄递履历不许改、不许删；它们是送达的证据。"""

from django.db import migrations

from shilong.foundation.records import protection


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]
    operations = [
        protection("delivery_track", message="寄递的记录只能追加"),
        protection("delivery_shipmentlog", message="寄递的记录只能追加"),
    ]
