"""A single meeting is written by its id, not by a join."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("meetings", "0008_read_5"), ("credits", "0005_ledger_3")]
    operations = [frozen_sql("meetings", "meetings_write_4.sql")]
