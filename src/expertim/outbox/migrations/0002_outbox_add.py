"""The outbox's way in."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("foundation", "0001_clock")]
    operations = [frozen_sql("outbox", "outbox_add_1.sql")]
