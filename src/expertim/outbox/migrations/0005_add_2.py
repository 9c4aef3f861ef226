"""The outbox is added to by kept plans, and without an index for LIKE on a key that nobody searches so."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_kept")]
    operations = [
        frozen_sql("outbox", "outbox_add_2.sql"),
        migrations.RunSQL("DROP INDEX IF EXISTS outbox_row_key_8f31b277_like", migrations.RunSQL.noop),
    ]
