"""How customers reach staff: what a board and the brand say of it."""


import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0006_measuring'),
    ]

    operations = [
        migrations.AddField(
            model_name='board',
            name='has_personal_cases',
            field=models.BooleanField(default=True, verbose_name='some matters are for staff alone'),
        ),
        migrations.AddField(
            model_name='board',
            name='staff_url',
            field=models.CharField(blank=True, max_length=300, validators=[django.core.validators.RegexValidator('^(https?://[^\\s/?#]+([/?#]\\S*)?|mailto:[^\\s@?]+@[^\\s@?]+)\\Z', 'A link begins with https:// or mailto:')], verbose_name='its own way to staff'),
        ),
        migrations.AddField(
            model_name='brand',
            name='support_address',
            field=models.EmailField(blank=True, max_length=254, verbose_name="your support's mail address"),
        ),
    ]
