"""Notices in one statement again, however many there are."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_add_3")]
    operations = [frozen_sql("notifications", "notifications_add_4.sql")]
