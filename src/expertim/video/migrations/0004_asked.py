"""When a room's platform was last asked who is there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("video", "0003_seat_index")]
    operations = [migrations.AddField("room", "asked_at", models.DateTimeField(null=True))]
