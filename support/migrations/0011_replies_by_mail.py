"""A reply that came by mail says so, and what tells its mail from all others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('support', '0010_kept'),
    ]

    operations = [
        migrations.AddField(
            model_name='pendingreply',
            name='key',
            field=models.CharField(blank=True, default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='pendingreply',
            name='via',
            field=models.CharField(choices=[('page', 'on the site'), ('mail', 'by e-mail'), ('thread', 'in the question')], default='page', max_length=6),
        ),
    ]
