"""Mails paused for a while, what a press ended with what was before, and only known rhythms for a watch."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0010_prompts'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoppedNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=20)),
                ('was', models.JSONField()),
                ('stopped_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='user',
            name='mail_paused_until',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.CheckConstraint(condition=models.Q(('rhythm__in', ['', 'now', 'hourly', 'daily', 'weekly', 'off'])), name='watch_rhythm_known'),
        ),
        migrations.AddField(
            model_name='stoppednotice',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stopped_notices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='stoppednotice',
            constraint=models.UniqueConstraint(fields=('person', 'key'), name='one_stop_per_thing'),
        ),
    ]
