"""What the rules may know, read by one query for one meeting and for many."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("meetings", "0007_kept_plans"), ("notifications", "0005_add_4")]
    operations = [frozen_sql("meetings", "meetings_read_5.sql")]
