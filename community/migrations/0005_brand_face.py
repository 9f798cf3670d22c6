"""The brand gets its pictures, its links, and the one default colour."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0004_mention_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='brand',
            name='dark_logo_file',
            field=models.FileField(blank=True, editable=False, upload_to='brand'),
        ),
        migrations.AddField(
            model_name='brand',
            name='dark_logo_height',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='brand',
            name='dark_logo_width',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='brand',
            name='icon_file',
            field=models.FileField(blank=True, editable=False, upload_to='brand'),
        ),
        migrations.AddField(
            model_name='brand',
            name='logo_file',
            field=models.FileField(blank=True, editable=False, upload_to='brand'),
        ),
        migrations.AddField(
            model_name='brand',
            name='logo_height',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='brand',
            name='logo_is_dark',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='brand',
            name='logo_width',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='brand',
            name='mail_footer',
            field=models.TextField(blank=True, max_length=300, verbose_name='small print under every mail'),
        ),
        migrations.AlterField(
            model_name='brand',
            name='accent',
            field=models.CharField(default='#2457b8', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')], verbose_name='accent colour'),
        ),
        # Nobody chose the earlier default, and no page ever showed it.
        migrations.RunSQL(
            "UPDATE community_brand SET accent = '#2457b8' WHERE accent = '#0b5fff' AND set_up_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name='BrandLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('label', models.CharField(max_length=40, verbose_name='words')),
                ('url', models.CharField(max_length=300, validators=[django.core.validators.RegexValidator('^(https?://[^\\s/?#]+([/?#]\\S*)?|mailto:[^\\s@?]+@[^\\s@?]+)\\Z', 'A link begins with https:// or mailto:')], verbose_name='address')),
                ('brand', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='community.brand')),
            ],
            options={
                'verbose_name': 'link at the foot of the page',
                'verbose_name_plural': 'links at the foot of the page',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('brand', 'position'), name='one_link_per_position')],
            },
        ),
    ]
