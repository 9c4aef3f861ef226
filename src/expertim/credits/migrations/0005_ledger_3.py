"""What a leg belongs to is asked once a posting, by the trigger that asks whether it is whole; no key asks again."""

import django.db.models.deletion
from django.db import migrations, models

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("credits", "0004_post_3")]
    operations = [
        frozen_sql("credits", "ledger_3.sql"),
        migrations.AlterField(
            model_name="entry",
            name="posting",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="credits.posting",
            ),
        ),
    ]
