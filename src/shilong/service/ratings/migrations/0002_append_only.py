"""触发器：差评工单履历不许改、不许删；评价不许删（误评认定后仍留痕，standards §3.5 P06）。"""

from django.db import migrations

from shilong.foundation.records import protection


class Migration(migrations.Migration):
    dependencies = [("ratings", "0001_initial")]
    operations = [
        protection("ratings_ticketevent", message="好差评的记录不可修改、不可删除"),
        protection("ratings_rating", verbs=("DELETE",), message="好差评的记录不可修改、不可删除"),
    ]
