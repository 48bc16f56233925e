"""Who may do what in the chain. The roles that carry these permissions stand in ``manifest.toml``.

Several firms work on one chain, and each sees its own part: lots at its sites, and of boxes and pallets those
that stand with it (view), are on their way to it (receive) or were packed by it (follow). Of a shipment of a
lot both firms read the shipment; of the lot itself the other firm reads what anybody does.
"""

from __future__ import annotations

from jinmai.core.access.api import declare_permission

declare_permission("traceability.view_lot", owner="site__owner", district="site__district_code")
declare_permission("traceability.open_lot", owner="owner")
declare_permission("traceability.work_lot", owner="site__owner")
declare_permission("traceability.take_pins", owner="site__owner")
declare_permission("traceability.hold_lot", owner="site__owner", district="site__district_code")
declare_permission("traceability.ship_lot", owner="owner")
declare_permission("traceability.receive_lot", owner="to_site__owner")
declare_permission("traceability.take_back_lot", owner="from_site__owner")
declare_permission("traceability.view_shipment", owner="parties", district="from_site__district_code")
declare_permission("traceability.view_unit", owner="site__owner", district="site__district_code")
declare_permission("traceability.follow_unit", owner="packed_by__owner")
declare_permission("traceability.receive_unit", owner="bound_for__owner")
declare_permission("traceability.move_unit", owner="site__owner")
declare_permission("traceability.view_exception", owner="site__owner", district="site__district_code")
declare_permission("traceability.close_exception", owner="site__owner", district="site__district_code")
declare_permission("traceability.view_recall", owner="lot__site__owner", district="lot__site__district_code")
declare_permission("traceability.start_recall", owner="site__owner", district="site__district_code")
declare_permission("traceability.close_recall", owner="lot__site__owner", district="lot__site__district_code")
declare_permission("traceability.view_event", owner="readers", api_scope="epcis")

declare_permission("traceability.view_logger", owner="site__owner", district="site__district_code")
declare_permission("traceability.work_logger", owner="site__owner")
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
