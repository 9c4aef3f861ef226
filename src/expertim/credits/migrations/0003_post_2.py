"""Postings name the wallets they touch, and read no others."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("credits", "0002_ledger")]
    operations = [frozen_sql("credits", "credits_post_2.sql")]
