"""Duplicates: the acts behind merged questions, the company that moved along, and the pairs that may be one."""

import community.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0007_ways_to_staff'),
    ]

    operations = [
        migrations.AlterField(
            model_name='solution',
            name='withdrawal',
            field=models.CharField(blank=True, choices=[('taken_back', 'Taken back'), ('replaced', 'Replaced by another'), ('hidden', 'Its answer was hidden'), ('merged', 'Its question is a duplicate')], max_length=10),
        ),
        migrations.AlterField(
            model_name='threadevent',
            name='kind',
            field=models.CharField(choices=[('asked', 'asked'), ('answered', 'answered'), ('edited', 'edited'), ('accepted', 'accepted a solution'), ('withdrawn', 'withdrew the solution'), ('marked', 'marked an answer as the solution'), ('outdated', 'said the solution no longer works'), ('voted', 'voted'), ('unvoted', 'took a vote back'), ('me_too', 'has this problem too'), ('me_too_withdrawn', 'no longer has this problem'), ('helped', 'was helped'), ('mentioned', 'mentioned somebody'), ('info_requested', 'asked for more information'), ('info_given', 'gave more information'), ('hidden', 'hid'), ('restored', 'restored'), ('locked', 'locked'), ('unlocked', 'unlocked'), ('closed', 'closed'), ('reopened', 'reopened'), ('moved', 'moved'), ('retagged', 'changed the tags of'), ('escalated', 'asked staff to look'), ('merged', 'marked as a duplicate'), ('unmerged', 'no longer a duplicate')], max_length=20),
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merged_at', models.DateTimeField(default=community.clock.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='merge', to='community.threadevent')),
                ('merged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='community.thread')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('thread',), name='one_merge_per_thread'),
                    models.CheckConstraint(condition=models.Q(('original', models.F('thread')), _negated=True), name='merge_of_two_threads'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Carried',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('me_too', 'Me Too'), ('watch', 'Watch')], max_length=10)),
                ('since', models.DateTimeField()),
                ('reason', models.CharField(blank=True, choices=[('asked', 'You asked'), ('answered', 'You answered'), ('me_too', 'You have this problem too'), ('mentioned', 'You were mentioned'), ('chosen', 'You chose to watch')], max_length=10)),
                ('muted_at', models.DateTimeField(blank=True, null=True)),
                ('is_laid', models.BooleanField(default=False)),
                ('returns', models.BooleanField(default=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='carried', to='community.merge')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('merge', 'kind', 'person'), name='carried_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DuplicateHint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('likeness', models.PositiveSmallIntegerField()),
                ('found_at', models.DateTimeField(default=community.clock.now)),
                ('dismissed_at', models.DateTimeField(blank=True, null=True)),
                ('dismissed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='community.thread')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicate_hints', to='community.thread')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('dismissed_at__isnull', True)), fields=['-found_at', '-id'], name='hint_waiting')],
                'constraints': [models.UniqueConstraint(fields=('thread', 'other'), name='one_hint_per_pair'), models.CheckConstraint(condition=models.Q(('other', models.F('thread')), _negated=True), name='hint_of_two_threads'), models.CheckConstraint(condition=models.Q(('likeness__lte', 100)), name='hint_likeness')],
            },
        ),
    ]
