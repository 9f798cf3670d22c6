"""The ledger: facts about readers, contacts and costs; cases, entries and what is kept beside them."""

import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0023_recorded'),
        ('support', '0006_care'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ComputedFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('wanted_at', models.DateTimeField()),
                ('version', models.BigIntegerField(blank=True, null=True)),
                ('computed_at', models.DateTimeField(blank=True, null=True)),
                ('figures', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='DeflectionCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('D', 'Direct: the asker accepted a peer’s answer'), ('F', 'Form: a suggestion solved it before it was sent'), ('M', 'Me too: somebody with the same problem was helped'), ('V', 'Viewer: a reader who was asked says so')], max_length=1)),
                ('source_id', models.BigIntegerField()),
                ('person_key', models.CharField(max_length=66)),
                ('occurred_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('is_simulated', models.BooleanField(default=False)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(unique=True)),
                ('person_key', models.CharField(max_length=66)),
                ('role', models.CharField(choices=[('customer', 'Customer'), ('moderator', 'Moderator'), ('agent', 'Support agent'), ('admin', 'Administrator')], max_length=10)),
                ('is_simulated', models.BooleanField(default=False)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('shown_at', models.DateTimeField(blank=True, null=True)),
                ('is_solved', models.BooleanField(null=True)),
                ('instead', models.CharField(blank=True, choices=[('phone', 'Call support'), ('email', 'Write an e-mail to support'), ('chat', 'Chat with support'), ('search', 'Keep searching'), ('give_up', 'Give up'), ('other', 'Something else')], max_length=8)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer_recorded_at', models.DateTimeField(blank=True, null=True)),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'verbose_name': 'reader who was asked',
                'verbose_name_plural': 'readers who were asked',
            },
        ),
        migrations.CreateModel(
            name='WeeklyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(unique=True)),
                ('made_at', models.DateTimeField()),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('findings', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'weekly report',
                'verbose_name_plural': 'weekly reports',
            },
        ),
        migrations.CreateModel(
            name='ContactImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('brought_at', models.DateTimeField()),
                ('new', models.PositiveIntegerField(default=0)),
                ('known', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('unlinkable', models.PositiveIntegerField(default=0)),
                ('brought_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import of contacts',
                'verbose_name_plural': 'imports of contacts',
            },
        ),
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='name')),
                ('valid_from', models.DateTimeField(unique=True, verbose_name='from')),
                ('no_ticket_days', models.PositiveSmallIntegerField(default=7, verbose_name='days without a ticket (N)')),
                ('window_days', models.PositiveSmallIntegerField(default=30, verbose_name='days in which a case counts once (W)')),
                ('episode_hours', models.PositiveSmallIntegerField(default=24, verbose_name='hours of one episode')),
                ('dwell_seconds', models.PositiveSmallIntegerField(default=10, verbose_name='seconds a solution is on the screen')),
                ('viewer_cases', models.PositiveSmallIntegerField(default=2, verbose_name='viewer cases per person in 30 days (K)')),
                ('survey_rate', models.DecimalField(decimal_places=4, default=Decimal('0.1'), max_digits=5, verbose_name='share of readers who are asked')),
                ('survey_days', models.PositiveSmallIntegerField(default=90, verbose_name='days between two surveys of one person')),
                ('holdout', models.DecimalField(decimal_places=4, default=Decimal('0.1'), max_digits=5, verbose_name='share without suggestions')),
                ('note', models.TextField(blank=True, max_length=4000, verbose_name='what changes, and why')),
                ('planned_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'definition',
                'verbose_name_plural': 'definitions',
                'ordering': ['valid_from'],
            },
        ),
        migrations.CreateModel(
            name='DeflectionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('credited', 'Credited'), ('void', 'Void')], max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('staff_person', 'Staff, not a customer'), ('bot', 'A machine, or too many pages at once'), ('test', 'A test'), ('spam_or_deleted', 'The question is hidden or deleted'), ('not_question', 'Not a question'), ('unsupported_product', 'The product is not supported'), ('escalated', 'It came to staff'), ('recontact', 'The person contacted support'), ('unaccepted', 'The acceptance was taken back'), ('asker_said_no', 'The person said that it did not solve it'), ('answer_removed_or_flagged_wrong', 'The answer was removed or is wrong'), ('duplicate', 'Counted once already')], max_length=32)),
                ('person_key', models.CharField(max_length=66)),
                ('known', models.CharField(choices=[('contact', 'would have contacted support'), ('no', 'would not have'), ('unknown', 'unknown')], max_length=7)),
                ('channel', models.CharField(blank=True, choices=[('phone', 'Telephone'), ('email', 'E-mail'), ('chat', 'Chat'), ('form', 'Contact form'), ('other', 'Other')], max_length=5)),
                ('is_entitled', models.BooleanField()),
                ('as_of', models.DateTimeField()),
                ('seq', models.PositiveIntegerField()),
                ('board', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.board')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='support.deflectioncase')),
                ('definition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='support.definition')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'verbose_name': 'ledger entry',
                'verbose_name_plural': 'ledger entries',
            },
        ),
        migrations.CreateModel(
            name='Intent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.CharField(max_length=66)),
                ('moment', models.CharField(choices=[('asked', 'after asking'), ('helped', 'after “this solved it”')], max_length=6)),
                ('is_simulated', models.BooleanField(default=False)),
                ('shown_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('instead', models.CharField(blank=True, choices=[('phone', 'Call support'), ('email', 'Write an e-mail to support'), ('chat', 'Chat with support'), ('search', 'Keep searching'), ('give_up', 'Give up'), ('other', 'Something else')], max_length=8)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer_recorded_at', models.DateTimeField(blank=True, null=True)),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'verbose_name': 'what somebody came for',
                'verbose_name_plural': 'what people came for',
            },
        ),
        migrations.CreateModel(
            name='LedgerState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('complete_until', models.DateTimeField(blank=True, null=True)),
                ('version', models.BigIntegerField(default=0)),
                ('rebuilt_at', models.DateTimeField(blank=True, null=True)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('differing', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_ledger_state')],
            },
        ),
        migrations.CreateModel(
            name='LedgerTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('board_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=1)),
                ('status', models.CharField(max_length=8)),
                ('reason', models.CharField(blank=True, max_length=32)),
                ('known', models.CharField(max_length=7)),
                ('channel', models.CharField(blank=True, max_length=5)),
                ('is_entitled', models.BooleanField()),
                ('definition_id', models.BigIntegerField()),
                ('is_simulated', models.BooleanField()),
                ('count', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='ledger_tally_day')],
            },
        ),
        migrations.CreateModel(
            name='LockedMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True)),
                ('locked_at', models.DateTimeField()),
                ('figures', models.JSONField(default=dict)),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='support.definition')),
            ],
            options={
                'verbose_name': 'locked month',
                'verbose_name_plural': 'locked months',
            },
        ),
        migrations.CreateModel(
            name='OutsideContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('external_id', models.CharField(max_length=100)),
                ('channel', models.CharField(choices=[('phone', 'Telephone'), ('email', 'E-mail'), ('chat', 'Chat'), ('form', 'Contact form'), ('other', 'Other')], max_length=5)),
                ('person_hash', models.CharField(blank=True, max_length=64)),
                ('person_key', models.CharField(blank=True, max_length=66)),
                ('is_simulated', models.BooleanField(default=False)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('brought', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='support.contactimport')),
            ],
            options={
                'verbose_name': 'contact outside',
                'verbose_name_plural': 'contacts outside',
            },
        ),
        migrations.CreateModel(
            name='PersonStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('service', 'a service’s account'), ('test', 'a test account'), ('simulated', 'made up')], max_length=9)),
                ('from_at', models.DateTimeField()),
                ('until_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('said_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'account that is not counted',
                'verbose_name_plural': 'accounts that are not counted',
            },
        ),
        migrations.CreateModel(
            name='ProgrammeCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('platform', 'Platform'), ('moderation', 'Moderators’ hours'), ('answering', 'Staff’s hours of answering'), ('rewards', 'Rewards'), ('upkeep', 'Upkeep of content'), ('other', 'Other')], max_length=10, verbose_name='kind')),
                ('from_day', models.DateField(verbose_name='from')),
                ('until_day', models.DateField(verbose_name='until')),
                ('hours', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='hours')),
                ('rate', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='an hour costs')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='sum')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('entered_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'cost of the programme',
                'verbose_name_plural': 'costs of the programme',
            },
        ),
        migrations.CreateModel(
            name='SolvedRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resolution_class', models.CharField(choices=[('peer', 'Solved by a peer'), ('mixed', 'Solved by a peer after a staff answer'), ('community', 'Marked by the community'), ('mod', 'Marked by staff'), ('self', 'Solved by the asker'), ('assisted', 'Solved by staff')], max_length=10)),
                ('offered_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('score', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Bad'), (2, 'Poor'), (3, 'Fair'), (4, 'Good'), (5, 'Great')], null=True)),
                ('words', models.TextField(blank=True, max_length=2000)),
                ('rated_at', models.DateTimeField(blank=True, null=True)),
                ('is_simulated', models.BooleanField(default=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='solved_rating', to='community.thread')),
            ],
            options={
                'verbose_name': 'rating of a solution',
                'verbose_name_plural': 'ratings of solutions',
            },
        ),
        migrations.CreateModel(
            name='SurveyWords',
            fields=[
                ('survey', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='said', serialize=False, to='support.survey')),
                ('text', models.TextField(max_length=500)),
                ('may_be_shown', models.BooleanField(default=False)),
                ('said_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='View',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.CharField(max_length=66)),
                ('role', models.CharField(choices=[('customer', 'Customer'), ('moderator', 'Moderator'), ('agent', 'Support agent'), ('admin', 'Administrator')], max_length=10)),
                ('day', models.DateField()),
                ('is_simulated', models.BooleanField(default=False)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'verbose_name': 'view of a solution',
                'verbose_name_plural': 'views of solutions',
            },
        ),
        migrations.CreateModel(
            name='ViewerCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.CharField(max_length=66)),
                ('occurred_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('is_shown', models.BooleanField(default=False)),
                ('is_answered', models.BooleanField(default=False)),
                ('is_simulated', models.BooleanField(default=False)),
                ('board', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.board')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
        ),
        migrations.CreateModel(
            name='ViewerTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('board_id', models.BigIntegerField()),
                ('is_simulated', models.BooleanField()),
                ('cases', models.IntegerField(default=0)),
                ('shown', models.IntegerField(default=0)),
                ('answered', models.IntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='viewer_tally_day')],
            },
        ),
        migrations.CreateModel(
            name='AssistedReuse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('D', 'Direct: the asker accepted a peer’s answer'), ('F', 'Form: a suggestion solved it before it was sent'), ('M', 'Me too: somebody with the same problem was helped'), ('V', 'Viewer: a reader who was asked says so')], max_length=1)),
                ('source_id', models.BigIntegerField()),
                ('person_key', models.CharField(max_length=66)),
                ('occurred_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('is_simulated', models.BooleanField(default=False)),
                ('board', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.board')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'indexes': [models.Index(fields=['person_key'], name='assisted_person'), models.Index(fields=['day'], name='assisted_day')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'source_id'), name='one_assisted_reuse_per_evidence')],
            },
        ),
        migrations.CreateModel(
            name='Baseline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('channel', models.CharField(blank=True, choices=[('phone', 'Telephone'), ('email', 'E-mail'), ('chat', 'Chat'), ('form', 'Contact form'), ('other', 'Other')], max_length=5)),
                ('contacts', models.PositiveIntegerField()),
                ('customers', models.PositiveIntegerField()),
                ('source', models.CharField(max_length=120)),
                ('brought_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('brought_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'baseline of contacts',
                'verbose_name_plural': 'baselines of contacts',
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('month', 'channel'), name='one_baseline_per_month'), models.CheckConstraint(condition=models.Q(('customers__gt', 0)), name='baseline_has_customers'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='baseline_of_a_month')],
            },
        ),
        migrations.CreateModel(
            name='ChannelCoverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('phone', 'Telephone'), ('email', 'E-mail'), ('chat', 'Chat'), ('form', 'Contact form'), ('other', 'Other')], max_length=5, verbose_name='channel')),
                ('from_day', models.DateField(verbose_name='from')),
                ('until_day', models.DateField(verbose_name='until')),
                ('is_absent', models.BooleanField(default=False, verbose_name='we have no such channel')),
                ('note', models.CharField(max_length=300, verbose_name='how we know')),
                ('declared_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'channel that is covered',
                'verbose_name_plural': 'channels that are covered',
                'constraints': [models.CheckConstraint(condition=models.Q(('until_day__gte', models.F('from_day'))), name='coverage_in_order')],
            },
        ),
        migrations.CreateModel(
            name='CostInput',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('phone', 'Telephone'), ('email', 'E-mail'), ('chat', 'Chat'), ('form', 'Contact form'), ('other', 'Other')], max_length=5, verbose_name='channel')),
                ('low', models.DecimalField(decimal_places=2, max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='low (marginal)')),
                ('typical', models.DecimalField(decimal_places=2, max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='typical (loaded)')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'cost of a contact',
                'verbose_name_plural': 'costs of contacts',
                'indexes': [models.Index(fields=['channel', '-valid_from', '-id'], name='cost_in_force')],
                'constraints': [models.CheckConstraint(condition=models.Q(('low__gte', 0), ('typical__gte', models.F('low'))), name='cost_low_is_low'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='cost_currency'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='cost_has_a_source')],
            },
        ),
        migrations.CreateModel(
            name='CurrentEntry',
            fields=[
                ('status', models.CharField(choices=[('pending', 'Pending'), ('credited', 'Credited'), ('void', 'Void')], max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('staff_person', 'Staff, not a customer'), ('bot', 'A machine, or too many pages at once'), ('test', 'A test'), ('spam_or_deleted', 'The question is hidden or deleted'), ('not_question', 'Not a question'), ('unsupported_product', 'The product is not supported'), ('escalated', 'It came to staff'), ('recontact', 'The person contacted support'), ('unaccepted', 'The acceptance was taken back'), ('asker_said_no', 'The person said that it did not solve it'), ('answer_removed_or_flagged_wrong', 'The answer was removed or is wrong'), ('duplicate', 'Counted once already')], max_length=32)),
                ('person_key', models.CharField(max_length=66)),
                ('known', models.CharField(choices=[('contact', 'would have contacted support'), ('no', 'would not have'), ('unknown', 'unknown')], max_length=7)),
                ('channel', models.CharField(blank=True, choices=[('phone', 'Telephone'), ('email', 'E-mail'), ('chat', 'Chat'), ('form', 'Contact form'), ('other', 'Other')], max_length=5)),
                ('is_entitled', models.BooleanField()),
                ('as_of', models.DateTimeField()),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='current', serialize=False, to='support.deflectioncase')),
                ('seq', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('D', 'Direct: the asker accepted a peer’s answer'), ('F', 'Form: a suggestion solved it before it was sent'), ('M', 'Me too: somebody with the same problem was helped'), ('V', 'Viewer: a reader who was asked says so')], max_length=1)),
                ('occurred_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('is_simulated', models.BooleanField()),
                ('board', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.board')),
                ('definition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='support.definition')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'verbose_name': 'case as it stands',
                'verbose_name_plural': 'cases as they stand',
            },
        ),
        migrations.AddIndex(
            model_name='deflectioncase',
            index=models.Index(fields=['person_key'], name='case_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='deflectioncase',
            constraint=models.UniqueConstraint(fields=('kind', 'source_id'), name='one_case_per_evidence'),
        ),
        migrations.AddConstraint(
            model_name='deflectioncase',
            constraint=models.CheckConstraint(condition=models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$')), name='case_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='definition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='definition_approved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='definition',
            constraint=models.CheckConstraint(condition=models.Q(('dwell_seconds__range', (1, 600)), ('episode_hours__range', (1, 720)), ('holdout__gt', 0), ('holdout__lte', Decimal('0.5')), ('no_ticket_days__range', (1, 90)), ('survey_days__range', (14, 3650)), ('survey_rate__gte', 0), ('survey_rate__lte', 1), ('viewer_cases__range', (1, 100)), ('window_days__range', (1, 365))), name='definition_makes_sense'),
        ),
        migrations.AddIndex(
            model_name='deflectionentry',
            index=models.Index(fields=['as_of'], name='entry_as_of'),
        ),
        migrations.AddConstraint(
            model_name='deflectionentry',
            constraint=models.UniqueConstraint(fields=('case', 'seq'), name='one_entry_per_seq'),
        ),
        migrations.AddConstraint(
            model_name='deflectionentry',
            constraint=models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='entry_seq_from_one'),
        ),
        migrations.AddConstraint(
            model_name='deflectionentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['staff_person', 'bot', 'test', 'spam_or_deleted', 'not_question', 'unsupported_product', 'escalated', 'recontact', 'unaccepted', 'asker_said_no', 'answer_removed_or_flagged_wrong', 'duplicate']), ('status', 'void')), models.Q(('reason', ''), ('status__in', ['pending', 'credited'])), _connector='OR'), name='entry_void_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='deflectionentry',
            constraint=models.CheckConstraint(condition=models.Q(('channel', ''), ('known', 'contact'), _connector='OR'), name='entry_channel_of_a_contact'),
        ),
        migrations.AddIndex(
            model_name='intent',
            index=models.Index(condition=models.Q(('answer_recorded_at__isnull', False)), fields=['answer_recorded_at'], name='intent_answered'),
        ),
        migrations.AddConstraint(
            model_name='intent',
            constraint=models.UniqueConstraint(fields=('person_key', 'thread'), name='one_intent_per_person_and_thread'),
        ),
        migrations.AddConstraint(
            model_name='intent',
            constraint=models.CheckConstraint(condition=models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$')), name='intent_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='intent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_recorded_at', None), ('answered_at', None), ('instead', '')), models.Q(('answer_recorded_at__isnull', False), ('answered_at__isnull', False), models.Q(('instead', ''), _negated=True)), _connector='OR'), name='intent_answered_whole'),
        ),
        migrations.AddIndex(
            model_name='outsidecontact',
            index=models.Index(condition=models.Q(('person_key', ''), _negated=True), fields=['person_key', 'occurred_at'], name='contact_of'),
        ),
        migrations.AddIndex(
            model_name='outsidecontact',
            index=models.Index(fields=['recorded_at'], name='contact_recorded'),
        ),
        migrations.AddIndex(
            model_name='outsidecontact',
            index=models.Index(fields=['occurred_at'], name='contact_when'),
        ),
        migrations.AddConstraint(
            model_name='outsidecontact',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='one_contact_per_source'),
        ),
        migrations.AddConstraint(
            model_name='outsidecontact',
            constraint=models.CheckConstraint(condition=models.Q(('person_key', ''), ('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$'), _connector='OR'), name='contact_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='outsidecontact',
            constraint=models.CheckConstraint(condition=models.Q(('person_hash', ''), ('person_hash__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='contact_hash'),
        ),
        migrations.AddConstraint(
            model_name='outsidecontact',
            constraint=models.CheckConstraint(condition=models.Q(('person_key', ''), models.Q(('person_hash', ''), _negated=True), _connector='OR'), name='contact_known_by_hash'),
        ),
        migrations.AddConstraint(
            model_name='personstanding',
            constraint=models.UniqueConstraint(condition=models.Q(('until_at__isnull', True)), fields=('person', 'kind'), name='one_standing_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='programmecost',
            constraint=models.CheckConstraint(condition=models.Q(('until_day__gte', models.F('from_day'))), name='programme_cost_in_order'),
        ),
        migrations.AddConstraint(
            model_name='programmecost',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='programme_cost_not_less'),
        ),
        migrations.AddConstraint(
            model_name='programmecost',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='programme_cost_currency'),
        ),
        migrations.AddConstraint(
            model_name='programmecost',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='programme_cost_source'),
        ),
        migrations.AddConstraint(
            model_name='programmecost',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hours__isnull', True), ('rate__isnull', True)), models.Q(('hours__isnull', False), ('rate__isnull', False)), _connector='OR'), name='programme_hours_with_rate'),
        ),
        migrations.AddIndex(
            model_name='solvedrating',
            index=models.Index(fields=['offered_at'], name='solved_rating_when'),
        ),
        migrations.AddConstraint(
            model_name='solvedrating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rated_at__isnull', True), ('score__isnull', True)), models.Q(('rated_at__isnull', False), ('score__range', (1, 5))), _connector='OR'), name='solved_rating_has_its_time'),
        ),
        migrations.AddIndex(
            model_name='survey',
            index=models.Index(fields=['person_key', 'occurred_at'], name='survey_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='survey',
            index=models.Index(fields=['recorded_at'], name='survey_recorded'),
        ),
        migrations.AddIndex(
            model_name='survey',
            index=models.Index(condition=models.Q(('answer_recorded_at__isnull', False)), fields=['answer_recorded_at'], name='survey_answered'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$')), name='survey_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_recorded_at', None), ('answered_at', None), ('instead', ''), ('is_solved__isnull', True)), models.Q(('answer_recorded_at__isnull', False), ('answered_at__isnull', False), ('is_solved__isnull', False), ('shown_at__isnull', False), models.Q(('instead', ''), _negated=True)), _connector='OR'), name='survey_answered_whole'),
        ),
        migrations.AddIndex(
            model_name='view',
            index=models.Index(fields=['recorded_at'], name='view_recorded'),
        ),
        migrations.AddConstraint(
            model_name='view',
            constraint=models.UniqueConstraint(fields=('person_key', 'thread', 'day'), name='one_view_a_day'),
        ),
        migrations.AddConstraint(
            model_name='view',
            constraint=models.CheckConstraint(condition=models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$')), name='view_of_somebody'),
        ),
        migrations.AddIndex(
            model_name='viewercase',
            index=models.Index(fields=['person_key'], name='viewer_case_person'),
        ),
        migrations.AddIndex(
            model_name='viewercase',
            index=models.Index(fields=['day'], name='viewer_case_day'),
        ),
        migrations.AddIndex(
            model_name='currententry',
            index=models.Index(fields=['-occurred_at', '-case'], name='current_latest'),
        ),
        migrations.AddIndex(
            model_name='currententry',
            index=models.Index(fields=['thread', 'status'], name='current_thread'),
        ),
    ]
