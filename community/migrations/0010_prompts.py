"""What people were asked unasked, and "not yet" as an event."""

import django.db.models.deletion
from django.db import migrations, models


APPEND_ONLY = '''
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON community_prompt
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change();
'''
DROP_APPEND_ONLY = 'DROP TRIGGER append_only ON community_prompt;'


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0009_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Prompt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.CharField(max_length=66)),
                ('instrument', models.CharField(choices=[('intent', 'what somebody is here for'), ('survey', 'whether a page helped its reader'), ('solved', 'whether an answer solved it'), ('reminder', 'reminder of an answer'), ('csat', 'how the help was'), ('nps', 'whether one would recommend us')], max_length=10)),
                ('outcome', models.CharField(choices=[('asked', 'was asked'), ('skipped', 'skipped')], max_length=10)),
                ('is_simulated', models.BooleanField(default=False)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'prompt',
                'verbose_name_plural': 'prompts',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$')), name='prompt_of_somebody'),
                    models.CheckConstraint(condition=models.Q(('instrument__in', ['intent', 'survey', 'solved', 'reminder', 'csat', 'nps'])), name='prompt_of_an_instrument'),
                ],
                'indexes': [
                    models.Index(condition=models.Q(('outcome', 'asked')), fields=['person_key', 'occurred_at'], name='prompt_asked'),
                    models.Index(fields=['instrument', 'occurred_at'], name='prompt_instrument'),
                ],
            },
        ),
        migrations.AlterField(
            model_name='threadevent',
            name='kind',
            field=models.CharField(choices=[('asked', 'asked'), ('answered', 'answered'), ('edited', 'edited'), ('accepted', 'accepted a solution'), ('withdrawn', 'withdrew the solution'), ('marked', 'marked an answer as the solution'), ('outdated', 'said the solution no longer works'), ('voted', 'voted'), ('unvoted', 'took a vote back'), ('me_too', 'has this problem too'), ('me_too_withdrawn', 'no longer has this problem'), ('helped', 'was helped'), ('mentioned', 'mentioned somebody'), ('info_requested', 'asked for more information'), ('info_given', 'gave more information'), ('hidden', 'hid'), ('restored', 'restored'), ('locked', 'locked'), ('unlocked', 'unlocked'), ('closed', 'closed'), ('reopened', 'reopened'), ('moved', 'moved'), ('retagged', 'changed the tags of'), ('escalated', 'asked staff to look'), ('merged', 'marked as a duplicate'), ('unmerged', 'no longer a duplicate'), ('not_solved', 'said it is not solved yet')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='threadevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'not_solved')), fields=('answer',), name='one_not_solved_per_answer'),
        ),
        migrations.AddField(
            model_name='prompt',
            name='stood_in_way',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.prompt'),
        ),
        migrations.AddField(
            model_name='prompt',
            name='thread',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='prompts', to='community.thread'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.UniqueConstraint(condition=models.Q(('instrument', 'reminder')), fields=('thread',), name='one_reminder_per_thread'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('instrument', 'reminder'), _negated=True), ('thread__isnull', False), _connector='OR'), name='prompt_reminds_of_a_thread'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'asked'), ('stood_in_way__isnull', True)), models.Q(('outcome', 'skipped'), ('stood_in_way__isnull', False)), _connector='OR'), name='prompt_skipped_for_another'),
        ),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
    ]
