"""Who may do what with which plant. The roles that carry these permissions stand in ``manifest.toml``."""

from __future__ import annotations

from jinmai.core.access.api import declare_permission

declare_permission("industry.view_plant", owner="owner", district="district_code")
declare_permission("industry.view_bureau", owner="owner", district="district_code")
declare_permission("industry.view_device", owner="plant__owner", district="plant__district_code")
declare_permission(
    "industry.view_alarm", owner="device__plant__owner", district="device__plant__district_code"
)
declare_permission("industry.handle_alarm", owner="device__plant__owner")
declare_permission("industry.view_alarm_rule", owner="plant__owner", district="plant__district_code")
declare_permission("industry.change_alarm_rule", owner="plant__owner")
declare_permission(
    "industry.view_quarantine", owner="device__plant__owner", district="device__plant__district_code"
)
declare_permission("industry.view_thing_model")
