"""An alarm whose rule or device was taken out of service is cleared without a value that returned."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('industry', '0005_messages_sent_too_fast'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alarm',
            name='alarm_state_has_its_times',
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('cleared_at__isnull', True), ('state', 'raised')), models.Q(('acknowledged_at__isnull', False), ('cleared_at__isnull', True), ('state', 'acknowledged')), models.Q(('acknowledged_at__isnull', False), ('cleared_at__isnull', False), ('state', 'cleared')), _connector='OR'), name='alarm_state_has_its_times'),
        ),
    ]
