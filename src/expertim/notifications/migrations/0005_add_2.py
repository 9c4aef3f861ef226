"""Notices bring their mail with them."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_preferences"), ("outbox", "0003_priority")]
    operations = [
        frozen_sql("notifications", "notifications_add_2.sql", undo="DROP FUNCTION notifications_add_2(jsonb)")
    ]
