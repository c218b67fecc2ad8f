"""触发器：咨询投诉的经过不许改、不许删；本身不许删。"""

from django.db import migrations

from shilong.foundation.records import protection


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0001_initial")]
    operations = [
        protection("enquiries_enquiryevent", message="咨询投诉的记录不可修改、不可删除"),
        protection("enquiries_enquiry", verbs=("DELETE",), message="咨询投诉的记录不可修改、不可删除"),
    ]
