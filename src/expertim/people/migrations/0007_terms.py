"""The operator's texts, who has agreed to them and who has yet to; and the sessions of one person, found at once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from expertim.foundation.frozen import frozen_sql

class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_profile'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='owes_terms',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name='TermsText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('terms', 'Terms of use'), ('privacy', 'Privacy policy'), ('imprint', 'Imprint')], max_length=8)),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.termstext')),
            ],
        ),
        migrations.AddConstraint(
            model_name='termstext',
            constraint=models.UniqueConstraint(fields=('kind', 'number'), name='people_termstext_once'),
        ),
        migrations.AddConstraint(
            model_name='termstext',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='people_termstext_number'),
        ),
        migrations.AddConstraint(
            model_name='termstext',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['terms', 'privacy', 'imprint'])), name='people_termstext_kind'),
        ),
        migrations.AddConstraint(
            model_name='termstext',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='people_termstext_text'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('person', 'version'), name='people_agreement_once'),
        ),
        frozen_sql("people", "terms_1.sql"),
        migrations.RunSQL(
            "CREATE INDEX people_session_person ON django_session (person_id)", "DROP INDEX people_session_person"
        ),
    ]
