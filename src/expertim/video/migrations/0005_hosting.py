"""Which host of Zoom's pool runs which meeting, one at a time."""

from django.db import migrations, models

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("video", "0004_asked")]
    operations = [
        migrations.CreateModel(
            name="Hosting",
            fields=[
                ("reference", models.BigIntegerField(primary_key=True, serialize=False)),
                ("host", models.CharField(max_length=100, verbose_name="host")),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField()),
            ],
            options={"verbose_name": "hosting", "verbose_name_plural": "hostings"},
        ),
        frozen_sql("video", "video_hosting_1.sql"),
    ]
