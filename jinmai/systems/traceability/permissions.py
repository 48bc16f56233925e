"""Who may do what in the chain. The roles that carry these permissions stand in ``manifest.toml``."""

from __future__ import annotations

from jinmai.core.access.api import declare_permission

declare_permission("traceability.view_lot", owner="site__owner", district="site__district_code")
declare_permission("traceability.open_lot", owner="owner")
declare_permission("traceability.view_event", owner="readers", api_scope="epcis")
