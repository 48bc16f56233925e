"""How long the company prefix in a product's GTIN is, where its owner states it."""

from typing import ClassVar

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar = [("traceability", "0014_events_of_each_owner")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="product",
            name="company_prefix_length",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(6),
                    django.core.validators.MaxValueValidator(12),
                ],
                verbose_name="length of the company prefix",
            ),
        ),
    ]
