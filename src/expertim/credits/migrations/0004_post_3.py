"""Postings one by one, their entries asked once; no index for LIKE on a cause that nobody searches so."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("credits", "0003_post_2")]
    operations = [
        frozen_sql("credits", "ledger_2.sql"),
        frozen_sql("credits", "credits_post_3.sql"),
        migrations.RunSQL("DROP INDEX IF EXISTS credits_posting_cause_9c397bf3_like", migrations.RunSQL.noop),
    ]
