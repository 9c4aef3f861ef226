import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('expertise', '0006_next_free'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SkillHeld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills_held', to=settings.AUTH_USER_MODEL)),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held_by', to='expertise.skill')),
            ],
            options={
                'verbose_name': 'skill at senior or expert level',
                'verbose_name_plural': 'skills at senior or expert level',
                'constraints': [models.UniqueConstraint(fields=('person', 'skill'), name='expertise_held_once')],
            },
        ),
    ]
