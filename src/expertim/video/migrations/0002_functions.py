"""What a room refuses, and how it is wanted and polled."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("video", "0001_initial")]
    operations = [frozen_sql("video", "video_want_1.sql"), frozen_sql("video", "video_exchange_1.sql")]
