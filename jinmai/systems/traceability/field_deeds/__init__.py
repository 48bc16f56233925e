"""What people of the chain do with a phone: the deeds of ``manifest.toml`` and what a scanned code means."""
