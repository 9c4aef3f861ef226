"""What decisions bring about, mail included."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_functions"), ("notifications", "0005_add_2")]
    operations = [frozen_sql("meetings", "meetings_write_2.sql", undo="DROP FUNCTION meetings_write_2(jsonb)")]
