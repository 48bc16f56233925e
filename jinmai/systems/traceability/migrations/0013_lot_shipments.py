"""Shipments of lots between firms."""

from typing import ClassVar
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies: ClassVar = [
        ('access', '0001_people_and_organisations'),
        ('traceability', '0012_held_since_and_reports_under_way'),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='LotShipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[0-9A-Z-]{1,20}$')], verbose_name='despatch advice')),
                ('animals', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='animals')),
                ('grams', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='weight (g)')),
                ('shipped_at', models.DateTimeField(verbose_name='shipped')),
                ('received_at', models.DateTimeField(blank=True, null=True, verbose_name='received')),
                ('animals_received', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='animals received')),
                ('grams_received', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='weight received (g)')),
                ('from_site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots_sent', to='traceability.site')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='traceability.lot')),
                ('parties', models.ManyToManyField(editable=False, related_name='+', to='access.organisation')),
                ('to_site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots_sent_here', to='traceability.site')),
            ],
            options={
                'verbose_name': 'shipment of a lot',
                'verbose_name_plural': 'shipments of lots',
                'ordering': ['-shipped_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('from_site', models.F('to_site')), _negated=True), name='traceability_lot_shipment_goes_elsewhere'), models.CheckConstraint(condition=models.Q(models.Q(('animals_received__isnull', True), ('animals_received__lte', models.F('animals')), _connector='OR'), models.Q(('grams_received__isnull', True), ('grams_received__lte', models.F('grams')), _connector='OR')), name='traceability_no_more_received_than_shipped')],
            },
        ),
    ]
