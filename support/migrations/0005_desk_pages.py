from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('support', '0004_time')]

    operations = [
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(
                models.OrderBy(models.F('due_at'), nulls_last=True), models.F('id'),
                condition=models.Q(('assignee__isnull', True), ('status__in', ('new', 'open', 'waiting', 'on_hold'))),
                name='ticket_free_due',
            ),
        ),
    ]
