"""Every write of the traceability system: one verb, one transaction, one ledger entry."""
