"""The one writer says what it wants of rooms."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_functions"), ("video", "0002_functions")]
    operations = [frozen_sql("meetings", "meetings_write_2.sql")]
