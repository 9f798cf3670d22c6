"""Answers that move: what became a question, and what one press did at once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0014_queue'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='answer',
            name='answer_moved_is_hidden',
        ),
        migrations.AddField(
            model_name='bulkact',
            name='hides_posts',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='bulkact',
            name='part_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='community.bulkact'),
        ),
        migrations.AddField(
            model_name='bulkact',
            name='was_active',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='regrouping',
            name='made_target',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='movedanswer',
            name='copy',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.answer'),
        ),
        migrations.AddIndex(
            model_name='bulkact',
            index=models.Index(condition=models.Q(('part_of__isnull', True)), fields=['-id'], name='bulk_latest'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('moved_to__isnull', True), ('hidden_for', 'moved'), _connector='OR'), name='answer_moved_is_hidden'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hidden_for', 'moved'), _negated=True), ('body', ''), _connector='OR'), name='tombstone_has_no_words'),
        ),
        migrations.AddConstraint(
            model_name='regrouping',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'merge'), ('undone_at__isnull', True)), fields=('thread',), name='one_whole_move_per_thread'),
        ),
    ]
