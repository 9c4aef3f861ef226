"""Whoever has a chat with an expert is known to them (P2)."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("meetings", "0004_rooms_of_before"), ("chat", "0002_guards")]
    operations = [frozen_sql("meetings", "meetings_read_2.sql")]
