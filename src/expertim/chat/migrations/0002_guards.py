"""What was said stays, and nobody is written to by whom they have blocked."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]
    operations = [frozen_sql("chat", "chat_1.sql")]
