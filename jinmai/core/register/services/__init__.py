"""Every write to the register, as verbs: each in one transaction, each with its ledger entry."""
