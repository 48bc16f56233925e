"""The permissions of this folder and the objects that each covers."""

from __future__ import annotations

from jinmai.core.access.api import declare_permission

declare_permission("notices.manage_endpoint", owner="organisation")
declare_permission("notices.view_delivery", owner="message__organisation")
declare_permission("notices.send_again", owner="message__organisation")
