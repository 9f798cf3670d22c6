"""Facts about suggestions: what is counted, of whom, and the rules the database keeps about it."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


APPEND_ONLY = '''
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON community_exposure
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON community_personalias
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change();

-- Whether somebody needs nothing more may be said a moment after "it solved it": once, and nothing else changes.
CREATE FUNCTION community_refuse_change_but_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.stops IS NULL AND NEW.stops IS NOT NULL THEN
        OLD.stops := NEW.stops;
        OLD.stops_at := NEW.stops_at;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON community_suggestionevent
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change_but_stops();

-- A form is left or submitted; what was recorded at its opening stays, and so does what it became.
CREATE FUNCTION community_keep_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.submitted_at IS NULL
       AND (OLD.left_at IS NULL OR NEW.left_at = OLD.left_at OR NEW.submitted_at IS NOT NULL) THEN
        OLD.left_at := NEW.left_at;
        OLD.submitted_at := NEW.submitted_at;
        OLD.submitted_thread_id := NEW.submitted_thread_id;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% keeps what was recorded', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep_form BEFORE UPDATE OR DELETE ON community_formsession
    FOR EACH ROW EXECUTE FUNCTION community_keep_form();

-- An experiment that has begun is only ever stopped, once.
CREATE FUNCTION community_keep_experiment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.starts_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.stopped_at IS NULL THEN
        OLD.stopped_at := NEW.stopped_at;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an experiment that has begun does not change'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep_experiment BEFORE UPDATE OR DELETE ON community_experiment
    FOR EACH ROW EXECUTE FUNCTION community_keep_experiment();
'''
DROP_APPEND_ONLY = '''
DROP TRIGGER keep_experiment ON community_experiment;
DROP FUNCTION community_keep_experiment();
DROP TRIGGER keep_form ON community_formsession;
DROP FUNCTION community_keep_form();
DROP TRIGGER append_only ON community_suggestionevent;
DROP FUNCTION community_refuse_change_but_stops();
DROP TRIGGER append_only ON community_personalias;
DROP TRIGGER append_only ON community_exposure;
'''


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0005_brand_face'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('is_given', models.BooleanField()),
                ('said_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='brand',
            name='counting',
            field=models.CharField(choices=[('off', 'Count nothing'), ('ask', 'Ask each person first'), ('on', 'Count without asking')], default='ask', max_length=3, verbose_name='counting what helps'),
        ),
        migrations.CreateModel(
            name='Experiment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('surface', models.CharField(max_length=30, verbose_name='form')),
                ('salt', models.CharField(editable=False, max_length=32)),
                ('holdout', models.DecimalField(decimal_places=4, default=Decimal('0.1'), max_digits=5, verbose_name='share without suggestions')),
                ('starts_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='started')),
                ('stops_at', models.DateTimeField(null=True, verbose_name='ends')),
                ('stopped_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='stopped')),
                ('planned_at', models.DateTimeField(editable=False)),
                ('planned_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'experiment',
                'verbose_name_plural': 'experiments',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('holdout__gt', 0), ('holdout__lte', Decimal('0.5'))), name='experiment_holdout'),
                    models.CheckConstraint(condition=models.Q(('starts_at__isnull', True), models.Q(('stops_at__gt', models.F('starts_at')), ('stops_at__isnull', False)), _connector='OR'), name='experiment_end_fixed_first'),
                    models.CheckConstraint(condition=models.Q(('stopped_at__isnull', True), models.Q(('starts_at__isnull', False), ('stopped_at__gte', models.F('starts_at'))), _connector='OR'), name='experiment_stopped_after_start'),
                    models.UniqueConstraint(condition=models.Q(('starts_at__isnull', False), ('stopped_at__isnull', True)), fields=('surface',), name='one_running_experiment_per_form'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Exposure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.CharField(max_length=66)),
                ('drawn_as', models.CharField(max_length=66)),
                ('arm', models.CharField(choices=[('treatment', 'with suggestions'), ('control', 'without suggestions')], max_length=10)),
                ('role', models.CharField(choices=[('customer', 'Customer'), ('moderator', 'Moderator'), ('agent', 'Support agent'), ('admin', 'Administrator')], max_length=10)),
                ('is_simulated', models.BooleanField(default=False)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('experiment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='exposures', to='community.experiment')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('experiment', 'person_key'), name='one_exposure_per_person'),
                    models.CheckConstraint(condition=models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$')), name='exposure_of_a_person'),
                    models.CheckConstraint(condition=models.Q(('arm__in', ['treatment', 'control'])), name='exposure_has_an_arm'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FormSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(unique=True)),
                ('surface', models.CharField(max_length=30)),
                ('person_key', models.CharField(max_length=66)),
                ('role', models.CharField(choices=[('customer', 'Customer'), ('moderator', 'Moderator'), ('agent', 'Support agent'), ('admin', 'Administrator')], max_length=10)),
                ('arm', models.CharField(blank=True, choices=[('treatment', 'with suggestions'), ('control', 'without suggestions')], max_length=10)),
                ('is_scriptless', models.BooleanField(default=False)),
                ('is_simulated', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('board', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.board')),
                ('experiment', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.experiment')),
                ('from_thread', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
                ('submitted_thread', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'verbose_name': 'form that was opened',
                'verbose_name_plural': 'forms that were opened',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$')), name='form_of_somebody'),
                    models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', True), ('submitted_thread__isnull', True)), models.Q(('submitted_at__isnull', False), ('submitted_thread__isnull', False)), _connector='OR'), name='form_submitted_is_a_thread'),
                    models.CheckConstraint(condition=models.Q(('left_at__isnull', True), ('submitted_at__isnull', True), _connector='OR'), name='form_left_or_submitted'),
                    models.CheckConstraint(condition=models.Q(models.Q(('arm', ''), ('experiment__isnull', True)), models.Q(('arm__in', ['treatment', 'control']), ('experiment__isnull', False)), _connector='OR'), name='form_arm_of_an_experiment'),
                    models.CheckConstraint(condition=models.Q(('is_scriptless', False), ('experiment__isnull', True), _connector='OR'), name='form_without_script_is_in_none'),
                ],
                'indexes': [
                    models.Index(fields=['person_key', 'id'], name='form_of_a_person'),
                    models.Index(fields=['opened_at'], name='form_opened'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PersonAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor_key', models.CharField(max_length=66, unique=True)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('visitor_key__regex', '^a:[0-9a-f]{64}$')), name='alias_of_a_visitor'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SuggestionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('shown', 'shown'), ('opened', 'opened'), ('solved', 'solved it'), ('not_solved', 'did not solve it'), ('me_too', 'has this problem too')], max_length=10)),
                ('stops', models.BooleanField(null=True)),
                ('stops_at', models.DateTimeField(null=True)),
                ('role', models.CharField(choices=[('customer', 'Customer'), ('moderator', 'Moderator'), ('agent', 'Support agent'), ('admin', 'Administrator')], max_length=10)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('session', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='community.formsession')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.thread')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('session', 'thread', 'kind'), name='one_suggestion_event_per_kind'),
                    models.CheckConstraint(condition=models.Q(('stops__isnull', True), ('kind', 'solved'), _connector='OR'), name='suggestion_stops_when_solved'),
                    models.CheckConstraint(condition=models.Q(models.Q(('stops__isnull', True), ('stops_at__isnull', True)), models.Q(('stops__isnull', False), ('stops_at__isnull', False)), _connector='OR'), name='suggestion_stops_has_its_time'),
                ],
                'indexes': [
                    models.Index(fields=['thread', 'kind'], name='suggestion_thread'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Visitor',
            fields=[
                ('key', models.CharField(max_length=66, primary_key=True, serialize=False)),
                ('consented_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'visitor',
                'verbose_name_plural': 'visitors',
                'constraints': [models.CheckConstraint(condition=models.Q(('key__regex', '^a:[0-9a-f]{64}$')), name='visitor_key_is_a_hash')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
    ]
