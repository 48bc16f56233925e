"""Every read of the traceability system."""
