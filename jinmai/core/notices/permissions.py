"""The permissions of this folder and the objects that each covers."""

from __future__ import annotations

from jinmai.core.access.api import declare_permission

declare_permission("notices.manage_endpoint", owner="organisation")
declare_permission("notices.view_delivery", owner="message__organisation")
# What is told and to whom; who runs the machine only sees that something was sent.
declare_permission("notices.view_delivery_subject", owner="message__organisation")
declare_permission("notices.send_again", owner="message__organisation")
