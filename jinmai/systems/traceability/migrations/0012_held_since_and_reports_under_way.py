"""Since when a lot is held, and whether a subscription's report is under way."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def hold_from_now(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Nobody kept since when lots were held: a sample that is taken from now on was taken afterwards."""
    apps.get_model("traceability", "Lot").objects.filter(state="held").update(held_at=timezone.now())


class Migration(migrations.Migration):
    """Two fields."""

    dependencies: ClassVar = [("traceability", "0011_mail_order")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="lot",
            name="held_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="held since"),
        ),
        migrations.AddField(
            model_name="subscription",
            name="under_way_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(hold_from_now, migrations.RunPython.noop),
    ]
