"""What writes the messages: beside the timeline, in the same transaction."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql

UNDO = "DROP TRIGGER api_tell_endpoints ON meetings_timelineevent; DROP FUNCTION api_tell_endpoints();"


class Migration(migrations.Migration):
    dependencies = [("api", "0001_webhooks"), ("meetings", "0002_functions"), ("outbox", "0002_outbox_add")]
    operations = [frozen_sql("api", "webhooks_1.sql", undo=UNDO)]
