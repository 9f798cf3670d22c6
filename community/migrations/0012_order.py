"""What waits for a decision, decisions with their reasons, acts on many posts, moved answers, limits, the site's state."""

import community.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('community', '0011_pause'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(max_length=4000)),
                ('appealed_at', models.DateTimeField(default=community.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='Brake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(default=community.clock.now)),
                ('ends_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('started_at'))), name='brake_ends_after_it_starts'),
                ],
                'indexes': [
                    models.Index(fields=['-ends_at'], name='brake_latest'),
                ],
            },
        ),
        migrations.CreateModel(
            name='BulkAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hide', 'hidden together'), ('ban', 'banned')], max_length=5)),
                ('started_at', models.DateTimeField(default=community.clock.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('hidden', 'hidden'), ('restored', 'restored'), ('refused', 'not published'), ('released', 'published'), ('banned', 'account closed to posting'), ('unbanned', 'account opened again'), ('redacted', 'private data removed'), ('purged', 'destroyed'), ('kept', 'left as it is'), ('sent_back', 'sent back with a word'), ('locked', 'locked'), ('moved', 'moved')], max_length=10)),
                ('ground', models.CharField(blank=True, choices=[('spam', 'Advertising or spam'), ('rude', 'Rude or hurtful'), ('private', 'Private data'), ('off_topic', 'Does not belong here'), ('wrong', 'Dangerous or plainly wrong advice'), ('illegal', 'Against the law'), ('impersonation', 'Pretends to be somebody else'), ('duplicate', 'Posted several times'), ('other', 'Something else')], max_length=15)),
                ('decided_at', models.DateTimeField(default=community.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='DecisionWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(choices=[('spam', 'Advertising or spam'), ('rude', 'Rude or hurtful'), ('private', 'Private data'), ('off_topic', 'Does not belong here'), ('wrong', 'Dangerous or plainly wrong advice'), ('illegal', 'Against the law'), ('impersonation', 'Pretends to be somebody else'), ('duplicate', 'Posted several times'), ('other', 'Something else')], max_length=15, verbose_name='what is wrong')),
                ('words', models.TextField(blank=True, max_length=1000)),
                ('flagged_at', models.DateTimeField(default=community.clock.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='IllegalReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=500)),
                ('category', models.CharField(choices=[('hate', 'Hate or threats'), ('children', 'Abuse of children'), ('fraud', 'Fraud'), ('rights', 'Copyright or trade marks'), ('person', "Somebody's privacy or honour"), ('dangerous', 'Dangerous goods or acts'), ('other', 'Something else')], max_length=10)),
                ('explanation', models.TextField(max_length=4000)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('in_good_faith', models.BooleanField()),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('reported_at', models.DateTimeField(default=community.clock.now)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('in_good_faith', True)), name='reported_in_good_faith'),
                ],
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('failed_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='LimitCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('window_start', models.DateTimeField()),
                ('window_end', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('key', 'window_start'), name='one_count_per_window'),
                    models.CheckConstraint(condition=models.Q(('window_end__gt', models.F('window_start'))), name='limit_window_forward'),
                ],
                'indexes': [
                    models.Index(fields=['window_end'], name='limit_over'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MovedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='PrivateNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000)),
                ('written_at', models.DateTimeField(default=community.clock.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Purge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(choices=[('spam', 'Advertising or spam'), ('rude', 'Rude or hurtful'), ('private', 'Private data'), ('off_topic', 'Does not belong here'), ('wrong', 'Dangerous or plainly wrong advice'), ('illegal', 'Against the law'), ('impersonation', 'Pretends to be somebody else'), ('duplicate', 'Posted several times'), ('other', 'Something else')], max_length=15)),
                ('asked_at', models.DateTimeField(default=community.clock.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Regrouping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('merge', 'merged'), ('split', 'split')], max_length=5)),
                ('done_at', models.DateTimeField(default=community.clock.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('flagged', 'Reported by members'), ('held', 'Held before it shows'), ('reported', 'Reported as illegal'), ('appeal', 'Appeal'), ('official', 'Official words'), ('purge', 'Waits to be destroyed')], max_length=10, verbose_name='kind')),
                ('reasons', models.JSONField(blank=True, default=list)),
                ('weight', models.PositiveSmallIntegerField(default=0)),
                ('opened_at', models.DateTimeField(default=community.clock.now, verbose_name='since')),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=20)),
                ('looking_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'review',
                'verbose_name_plural': 'reviews',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at__isnull', True)), models.Q(('settled_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='review_settled_with_outcome'),
                ],
                'indexes': [
                    models.Index(models.OrderBy(models.F('weight'), descending=True), models.F('opened_at'), models.F('id'), condition=models.Q(('settled_at__isnull', True)), name='review_waiting'),
                    models.Index(models.OrderBy(models.F('settled_at'), descending=True), condition=models.Q(('settled_at__isnull', False)), name='review_settled'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SiteState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_only_at', models.DateTimeField(blank=True, null=True)),
                ('read_only_words', models.CharField(blank=True, max_length=300)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('restored_from', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_site_state'),
                ],
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='hidden_for',
            field=models.CharField(blank=True, choices=[('', "A moderator's decision"), ('flags', 'Enough people reported it'), ('held', 'Waits for a look before it shows'), ('approval', 'Waits for approval'), ('ban', 'Its author is banned'), ('bulk', 'Hidden together with others'), ('moved', 'Moved to another question'), ('purged', 'Destroyed')], default='', editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='answer',
            name='moved_to',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_from', to='community.answer'),
        ),
        migrations.AddField(
            model_name='answer',
            name='official_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='answer',
            name='official_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='board',
            name='approves_official',
            field=models.BooleanField(default=False, verbose_name="official answers need a second person's approval"),
        ),
        migrations.AddField(
            model_name='board',
            name='private_patterns',
            field=models.TextField(blank=True, max_length=1000, verbose_name='what private numbers look like'),
        ),
        migrations.AddField(
            model_name='thread',
            name='hidden_for',
            field=models.CharField(blank=True, choices=[('', "A moderator's decision"), ('flags', 'Enough people reported it'), ('held', 'Waits for a look before it shows'), ('approval', 'Waits for approval'), ('ban', 'Its author is banned'), ('bulk', 'Hidden together with others'), ('moved', 'Moved to another question'), ('purged', 'Destroyed')], default='', editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='user',
            name='banned_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='threadevent',
            name='kind',
            field=models.CharField(choices=[('asked', 'asked'), ('answered', 'answered'), ('edited', 'edited'), ('accepted', 'accepted a solution'), ('withdrawn', 'withdrew the solution'), ('marked', 'marked an answer as the solution'), ('outdated', 'said the solution no longer works'), ('voted', 'voted'), ('unvoted', 'took a vote back'), ('me_too', 'has this problem too'), ('me_too_withdrawn', 'no longer has this problem'), ('helped', 'was helped'), ('mentioned', 'mentioned somebody'), ('info_requested', 'asked for more information'), ('info_given', 'gave more information'), ('hidden', 'hid'), ('restored', 'restored'), ('locked', 'locked'), ('unlocked', 'unlocked'), ('closed', 'closed'), ('reopened', 'reopened'), ('moved', 'moved'), ('retagged', 'changed the tags of'), ('escalated', 'asked staff to look'), ('merged', 'marked as a duplicate'), ('unmerged', 'no longer a duplicate'), ('not_solved', 'said it is not solved yet'), ('flagged', 'reported'), ('split', 'moved answers to another question'), ('unsplit', 'moved answers back'), ('redacted', 'removed private data'), ('purged', 'destroyed'), ('official', 'marked as official')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(condition=models.Q(('moved_to__isnull', False)), fields=['moved_to'], name='answer_moved'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('hidden_at__isnull', False), ('hidden_for', ''), _connector='OR'), name='answer_hidden_for'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hidden_for__in', ['', 'flags', 'held', 'approval', 'ban', 'bulk', 'purged']), ('moved_to__isnull', True)), models.Q(('hidden_for', 'moved'), ('moved_to__isnull', False)), _connector='OR'), name='answer_moved_is_hidden'),
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.CheckConstraint(condition=models.Q(('hidden_at__isnull', False), ('hidden_for', ''), _connector='OR'), name='thread_hidden_for'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('banned_at__isnull', True), ('is_active', False), _connector='OR'), name='banned_is_not_active'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='brake',
            name='lifted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='brake',
            name='started_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkact',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bulk_acts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkact',
            name='started_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkact',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkitem',
            name='act',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='community.bulkact'),
        ),
        migrations.AddField(
            model_name='bulkitem',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.answer'),
        ),
        migrations.AddField(
            model_name='bulkitem',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread'),
        ),
        migrations.AddField(
            model_name='decision',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.answer'),
        ),
        migrations.AddField(
            model_name='decision',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='thread',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.thread'),
        ),
        migrations.AddField(
            model_name='decision',
            name='undone_by',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undoes', to='community.decision'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.decision'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='community.decision'),
        ),
        migrations.AddField(
            model_name='decisionwords',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='said', to='community.decision'),
        ),
        migrations.AddField(
            model_name='flag',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='community.answer'),
        ),
        migrations.AddField(
            model_name='flag',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='flag',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='community.thread'),
        ),
        migrations.AddField(
            model_name='illegalreport',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.answer'),
        ),
        migrations.AddField(
            model_name='illegalreport',
            name='decision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='community.decision'),
        ),
        migrations.AddField(
            model_name='illegalreport',
            name='reporter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='illegalreport',
            name='thread',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='report',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='community.illegalreport'),
        ),
        migrations.AddField(
            model_name='movedanswer',
            name='copy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.answer'),
        ),
        migrations.AddField(
            model_name='movedanswer',
            name='original',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='community.answer'),
        ),
        migrations.AddField(
            model_name='privatenote',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='private_notes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privatenote',
            name='read_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privatenote',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='private_notes', to='community.thread'),
        ),
        migrations.AddField(
            model_name='purge',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='purges', to='community.answer'),
        ),
        migrations.AddField(
            model_name='purge',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='purge',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='purge',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purges', to='community.thread'),
        ),
        migrations.AddField(
            model_name='regrouping',
            name='done_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='regrouping',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread'),
        ),
        migrations.AddField(
            model_name='regrouping',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regroupings', to='community.thread'),
        ),
        migrations.AddField(
            model_name='regrouping',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='movedanswer',
            name='regrouping',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moved', to='community.regrouping'),
        ),
        migrations.AddField(
            model_name='review',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='community.answer'),
        ),
        migrations.AddField(
            model_name='review',
            name='looking_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='thread',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='community.thread'),
        ),
        migrations.AddField(
            model_name='illegalreport',
            name='review',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='community.review'),
        ),
        migrations.AddField(
            model_name='flag',
            name='review',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='community.review'),
        ),
        migrations.AddField(
            model_name='decision',
            name='review',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.review'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='review',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='community.review'),
        ),
        migrations.AddConstraint(
            model_name='bulkact',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'ban'), ('undone_at__isnull', True)), fields=('person',), name='one_ban_per_person'),
        ),
        migrations.AddConstraint(
            model_name='bulkact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ban'), _negated=True), ('person__isnull', False), _connector='OR'), name='ban_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='bulkitem',
            constraint=models.UniqueConstraint(fields=('act', 'thread', 'answer'), name='one_item_per_act_and_post', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='privatenote',
            index=models.Index(fields=['thread', 'id'], name='private_note_thread'),
        ),
        migrations.AddConstraint(
            model_name='purge',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('thread', 'answer'), name='one_purge_per_post', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='purge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='purged_by_two'),
        ),
        migrations.AddConstraint(
            model_name='regrouping',
            constraint=models.CheckConstraint(condition=models.Q(('target', models.F('thread')), _negated=True), name='regrouping_of_two_threads'),
        ),
        migrations.AddConstraint(
            model_name='movedanswer',
            constraint=models.UniqueConstraint(fields=('regrouping', 'original'), name='moved_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True), models.Q(('kind__in', ['appeal', 'reported']), _negated=True)), fields=('thread', 'answer', 'kind'), name='one_open_review_per_post', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('thread', 'answer', 'person'), name='one_flag_per_person', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['person', '-id'], name='decision_person'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['thread', 'answer', '-id'], name='decision_post'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('decision', 'person'), name='one_appeal_per_person'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(condition=models.Q(('report__isnull', False)), fields=('decision', 'report'), name='one_appeal_per_report'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('report__isnull', True)), models.Q(('person__isnull', True), ('report__isnull', False)), _connector='OR'), name='appeal_of_somebody'),
        ),
    ]
