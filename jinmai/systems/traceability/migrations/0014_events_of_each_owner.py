"""The same event may be held by several firms: once an id and owner."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


def _owners_of_jobs(apps: Any, schema_editor: Any) -> None:
    """Events were captured by the owner of their job."""
    del schema_editor
    events = apps.get_model("traceability", "Event").objects.all()
    job = apps.get_model("traceability", "CaptureJob").objects.filter(pk=models.OuterRef("job_id"))
    events.update(owner_id=models.Subquery(job.values("owner_id")[:1]))


class Migration(migrations.Migration):
    """A column, and one unique constraint in place of another."""

    dependencies: ClassVar = [
        ("access", "0001_people_and_organisations"),
        ("traceability", "0013_lot_shipments"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="event",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.RunPython(_owners_of_jobs, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="event", name="traceability_event_once_an_id"),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                fields=("event_id", "declares_error", "owner"), name="traceability_event_once_an_id_and_owner"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(("owner", None)),
                fields=("event_id", "declares_error"),
                name="traceability_event_once_an_id_of_the_city",
            ),
        ),
    ]
