"""The inbox's way in; notices bring their mail with them."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("outbox", "0002_outbox_add")]
    operations = [frozen_sql("notifications", "notifications_add_1.sql")]
