"""Notices hand their outbox rows to whoever writes everything; one index less, which others begin with."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_devices"), ("outbox", "0005_add_2")]
    operations = [
        frozen_sql("notifications", "notifications_add_3.sql"),
        migrations.AlterField(
            model_name="notice",
            name="recipient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
