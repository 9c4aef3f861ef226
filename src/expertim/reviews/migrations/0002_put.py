"""One text per user and expert."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]
    operations = [frozen_sql("reviews", "reviews_put_1.sql")]
