"""An escalation that only notes that it was called."""

called: list[tuple[str, str, str]] = []


def note(*, kind: str, key: str, subject: str) -> None:
    """Called once for a fact that nobody has read."""
    called.append((kind, key, subject))
