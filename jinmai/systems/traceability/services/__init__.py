"""Every write of the traceability system: one verb, one transaction, and a ledger entry for each fact.

No entry have named queries and subscriptions, which are how somebody looks, the counting of scans that fit,
and the places that the header of a captured document names: they come with the entry of that capture.
"""
