"""What is about a meeting is found whatever way it went; what is done is found by when, to be swept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_pause")]
    operations = [
        migrations.RemoveIndex(model_name="row", name="outbox_about"),
        migrations.AddIndex(
            model_name="row",
            index=models.Index(
                condition=models.Q(("reference__isnull", False)), fields=["reference", "id"], name="outbox_of"
            ),
        ),
        migrations.AddIndex(
            model_name="row",
            index=models.Index(
                condition=models.Q(("done_at__isnull", False)), fields=["done_at", "id"], name="outbox_done"
            ),
        ),
    ]
