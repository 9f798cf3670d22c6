"""Notices by mail: the queue of mails, what people chose, and addresses that take none."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('community', '0008_duplicates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('account', 'about the account'), ('notice', 'one notice'), ('bundle', 'several notices'), ('digest', 'digest')], max_length=10)),
                ('key', models.CharField(max_length=80, unique=True)),
                ('address_hash', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('sent', 'sent'), ('empty', 'nothing left to tell: out of sight, read or stopped meanwhile'), ('stopped', 'the person wants none of these'), ('suspended', 'the address does not take mail'), ('gone', 'the person has no account or confirmed address any more'), ('refused', 'the mail server refused it'), ('gave_up', 'could not be handed over')], max_length=10)),
                ('reply_code', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at__isnull', True)), models.Q(('settled_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='mail_settled_with_outcome'),
                ],
                'indexes': [
                    models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['due_at', 'id'], name='mail_waiting'),
                    models.Index(condition=models.Q(('kind', 'account')), fields=['address_hash', '-created_at'], name='mail_to_address'),
                    models.Index(condition=models.Q(('settled_at__isnull', False)), fields=['settled_at'], name='mail_settled'),
                ],
            },
        ),
        migrations.CreateModel(
            name='NoticeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('answers', 'Answers to your questions'), ('mentions', 'Somebody mentions you'), ('thanks', 'Your answers: accepted, and who they helped'), ('shared', 'A problem you share is solved'), ('watched', 'News in questions you watch'), ('questions', 'New questions on boards and tags you watch'), ('reminders', 'Whether an answer solved your question'), ('digest', 'What else is worth your time')], max_length=10)),
                ('rhythm', models.CharField(choices=[('now', 'At once'), ('hourly', 'Together, at most once an hour'), ('daily', 'In a daily mail'), ('weekly', 'In a weekly mail'), ('off', 'Only on the site')], max_length=10)),
            ],
        ),
        migrations.AddField(
            model_name='notification',
            name='rhythm',
            field=models.CharField(blank=True, choices=[('now', 'At once'), ('hourly', 'Together, at most once an hour'), ('daily', 'In a daily mail'), ('weekly', 'In a weekly mail'), ('off', 'Only on the site')], max_length=10),
        ),
        migrations.AddField(
            model_name='notification',
            name='topic',
            field=models.CharField(blank=True, choices=[('answers', 'Answers to your questions'), ('mentions', 'Somebody mentions you'), ('thanks', 'Your answers: accepted, and who they helped'), ('shared', 'A problem you share is solved'), ('watched', 'News in questions you watch'), ('questions', 'New questions on boards and tags you watch'), ('reminders', 'Whether an answer solved your question'), ('digest', 'What else is worth your time')], max_length=10),
        ),
        migrations.AddField(
            model_name='user',
            name='digest_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_suspended_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_suspended_for',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_trouble',
            field=models.CharField(blank=True, editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='watch',
            name='rhythm',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('digest_at__isnull', False)), fields=['digest_at'], name='user_digest'),
        ),
        migrations.AddField(
            model_name='mail',
            name='recipient',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notification',
            name='mail',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notifications', to='community.mail'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('rhythm', ''), _negated=True), fields=['rhythm', 'recipient', 'id'], name='notification_waits'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('mail__isnull', False)), fields=['mail'], name='notification_mail'),
        ),
        migrations.AddField(
            model_name='noticechoice',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_choices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(fields=['recipient', 'kind', '-created_at'], name='mail_to_person'),
        ),
        migrations.AddConstraint(
            model_name='noticechoice',
            constraint=models.UniqueConstraint(fields=('person', 'topic'), name='one_choice_per_topic'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('rhythm', ''), ('mail__isnull', True), _connector='OR'), name='notice_waits_or_is_mailed'),
        ),
    ]
