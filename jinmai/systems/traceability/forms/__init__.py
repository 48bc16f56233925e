"""Forms of the chain: its deeds, a laboratory's reports and tables, promise certificates."""
