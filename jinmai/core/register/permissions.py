"""The permissions of the register and the objects that each covers."""

from __future__ import annotations

from jinmai.core.access.api import declare_permission

declare_permission("register.view_party", owner="code", district="district_id")
declare_permission("register.view_personal", owner="code", district="district_id")
declare_permission("register.correct", owner="code", district="district_id")
declare_permission("register.import_parties")
declare_permission("register.view_place")
declare_permission("register.view_thing", owner="party__code", district="party__district_id")
