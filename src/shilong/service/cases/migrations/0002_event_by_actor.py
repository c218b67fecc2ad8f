from django.db import migrations, models


class Migration(migrations.Migration):
    """交接班统计按办理人查履历。"""

    dependencies = [("cases", "0001_initial")]

    operations = [migrations.AddIndex("caseevent", models.Index(fields=["actor_id", "-at"], name="event_by_actor"))]
