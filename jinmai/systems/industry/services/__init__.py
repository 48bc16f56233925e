"""Every write of the industry system: keyword-only verbs, each one transaction with its ledger entry."""
