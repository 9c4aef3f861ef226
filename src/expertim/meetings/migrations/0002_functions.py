"""What a meeting's tables refuse, and how they are read and written."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("credits", "0002_ledger"), ("notifications", "0002_add"), ("reviews", "0002_put")]
    operations = [frozen_sql("meetings", "meetings_guard_1.sql"), frozen_sql("meetings", "meetings_read_1.sql"), frozen_sql("meetings", "meetings_write_1.sql")]
