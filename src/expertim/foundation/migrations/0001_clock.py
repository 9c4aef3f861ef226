"""The platform's clock."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    initial = True
    operations = [frozen_sql("foundation", "platform_now_1.sql")]
