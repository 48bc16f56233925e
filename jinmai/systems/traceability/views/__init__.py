"""Pages of the traceability system; no rules of their own."""
