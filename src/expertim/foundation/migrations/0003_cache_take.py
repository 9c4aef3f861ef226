"""A lock in the cache and what it guards, in one trip."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_cache")]
    operations = [frozen_sql("foundation", "cache_2.sql")]
