"""Who may do what in the chain. The roles that carry these permissions stand in ``manifest.toml``."""

from __future__ import annotations

from jinmai.core.access.api import declare_permission

declare_permission("traceability.view_lot", owner="site__owner", district="site__district_code")
declare_permission("traceability.open_lot", owner="owner")
declare_permission("traceability.view_event", owner="readers", api_scope="epcis")

declare_permission("traceability.view_report", owner="parties", district="lot__site__district_code")
declare_permission("traceability.enter_report", owner="laboratory__owner")
declare_permission("traceability.open_report", owner="owner")
declare_permission("traceability.issue_report", owner="laboratory__owner")
declare_permission(
    "traceability.view_certificate", owner="report__parties", district="report__lot__site__district_code"
)
declare_permission("traceability.revoke_certificate", owner="report__laboratory__owner")
declare_permission("traceability.view_signing_key", owner="site__owner", district="site__district_code")
declare_permission("traceability.rotate_signing_key", owner="site__owner")
declare_permission("traceability.revoke_item", owner="owner")
