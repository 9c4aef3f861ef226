"""The table behind the cache."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_clock")]
    operations = [frozen_sql("foundation", "cache_1.sql", undo="DROP TABLE foundation_cache")]
