"""How long things are kept, what reporters are told in words, mails about decisions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0015_regroup'),
    ]

    operations = [
        migrations.CreateModel(
            name='Keeping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, unique=True)),
                ('days', models.PositiveIntegerField(verbose_name='days')),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'how long it is kept',
                'verbose_name_plural': 'how long things are kept',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('days__gte', 1)), name='kept_for_days'),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name='illegalreport',
            options={'verbose_name': 'report of illegal content', 'verbose_name_plural': 'reports of illegal content'},
        ),
        migrations.AddField(
            model_name='illegalreport',
            name='told_words',
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AlterField(
            model_name='decision',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undoes', to='community.decision'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='kind',
            field=models.CharField(choices=[('account', 'about the account'), ('notice', 'one notice'), ('bundle', 'several notices'), ('digest', 'digest'), ('decision', 'a decision or a report')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='illegalreport',
            index=models.Index(fields=['reported_at'], name='illegal_report_time'),
        ),
        migrations.AddField(
            model_name='keeping',
            name='changed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
