"""The ledger's own defence, and its one way in."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("credits", "0001_initial"), ("foundation", "0001_clock")]
    operations = [frozen_sql("credits", "ledger_1.sql"), frozen_sql("credits", "credits_post_1.sql")]
