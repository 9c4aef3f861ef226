"""The inbox's way in."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_initial")]
    operations = [frozen_sql("notifications", "notifications_add_1.sql")]
