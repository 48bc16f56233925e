"""The permissions of this folder and the objects that each covers."""

from __future__ import annotations

from jinmai.core.access.object_rules import declare_permission

declare_permission("access.view_staff", owner="memberships__organisation")
declare_permission("access.manage_people")
declare_permission("access.manage_api_keys")
declare_permission("access.view_contact", owner="memberships__organisation")
