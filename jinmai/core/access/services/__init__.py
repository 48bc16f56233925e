"""Every write of this room: named verbs, each one transaction with its ledger entry."""
