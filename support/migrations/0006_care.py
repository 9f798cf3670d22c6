"""A policy of escalation is on only after its preview: an unknown moment is none."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('support', '0005_desk_pages'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='escalationpolicy',
            name='policy_previewed_first',
        ),
        migrations.AddConstraint(
            model_name='escalationpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('is_on', False), models.Q(('previewed_at__gte', models.F('changed_at')), ('previewed_at__isnull', False)), _connector='OR'), name='policy_previewed_first'),
        ),
    ]
