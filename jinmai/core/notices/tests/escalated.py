"""Escalations of the tests: one notes that it was called, one fails for the subjects that it is told to."""

called: list[tuple[str, str, str]] = []
failing: set[str] = set()


def note(*, kind: str, key: str, subject: str) -> None:
    """Called once for a fact that nobody has read."""
    if subject in failing:
        raise RuntimeError(subject)
    called.append((kind, key, subject))
