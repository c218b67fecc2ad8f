"""触发器：市级核验记录、用作材料的副本、已发消息只许新增。"""

from django.db import migrations

from shilong.foundation.records import protection


class Migration(migrations.Migration):
    dependencies = [("licences", "0004_sharing")]
    operations = [
        protection("licences_citycall", message="证照的记录不可修改、不可删除"),
        protection("licences_usedcopy", message="证照的记录不可修改、不可删除"),
        protection("licences_notice", message="证照的记录不可修改、不可删除"),
    ]
