"""An overlap's warning names what is waiting too (O1); an expert who pauses takes no proposals (P1)."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("meetings", "0005_acquainted"), ("expertise", "0004_free_times")]
    operations = [frozen_sql("meetings", "meetings_read_3.sql")]
