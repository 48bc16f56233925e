"""The permissions of this folder and the objects that each covers."""

from __future__ import annotations

from django.conf import settings

from jinmai.core.access.object_rules import declare_permission

declare_permission("access.view_staff", owner="memberships__organisation")
declare_permission("access.manage_people")
# Who runs the machine gives only the roles that do so too; roles of an organisation are given by its own.
declare_permission("access.give_role", owner="memberships__organisation")
# Who runs the machine sees every key and can end it; whose data a key reads makes it.
declare_permission("access.manage_api_keys", owner="organisation")
declare_permission("access.issue_api_key", owner="organisation")
declare_permission("access.view_contact", owner="memberships__organisation")

# Permissions that concern no object stand in the manifests, also those of rooms below this one.
for _manifest in [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]:
    for _permission in _manifest.permissions:
        declare_permission(_permission)
