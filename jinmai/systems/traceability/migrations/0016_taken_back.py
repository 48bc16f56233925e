"""Shipments of lots that their sender took back."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, and that nothing is both taken in and taken back."""

    dependencies: ClassVar = [("traceability", "0015_length_of_the_company_prefix")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="lotshipment",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken back"),
        ),
        migrations.AddConstraint(
            model_name="lotshipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("received_at__isnull", True), ("taken_back_at__isnull", True), _connector="OR"
                ),
                name="traceability_lot_shipment_received_or_taken_back",
            ),
        ),
    ]
