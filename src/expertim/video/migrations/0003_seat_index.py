"""One index less: the unique one begins with the room."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("video", "0002_functions")]
    operations = [
        migrations.AlterField(
            model_name="seat",
            name="room",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="video.room"
            ),
        ),
    ]
