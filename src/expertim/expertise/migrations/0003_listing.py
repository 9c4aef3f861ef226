"""One row for each expert that finding reads, kept by triggers; and from where on timelines are counted."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("expertise", "0002_finding"), ("people", "0006_profile")]
    operations = [frozen_sql("expertise", "listing_1.sql")]
