"""The pause of all workers after a restore."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_outbox_add")]
    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("paused_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="outbox_one_pause")]},
        ),
    ]
