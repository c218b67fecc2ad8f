"""触发器：使用记录与复用记录不许改、不许删（谁用过是本人查得到的证据）。"""

from django.db import migrations

from shilong.foundation.records import protection


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]
    operations = [
        protection("library_paperuse", message="材料使用记录不可修改、不可删除"),
        protection("library_reuse", message="材料使用记录不可修改、不可删除"),
    ]
