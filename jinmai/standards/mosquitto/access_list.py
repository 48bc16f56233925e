"""Mosquitto's access control list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_MODES = ("read", "write", "readwrite", "deny")


def access_list(patterns: Sequence[tuple[str, str]], users: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """The text of an ACL file. What it does not name is refused.

    ``patterns`` are (mode, topic) for everybody, with ``%u`` for the user's own name; ``users`` maps
    a name to its own (mode, topic) rules. Raises ``ValueError`` for a rule that cannot be written.
    """
    lines = []
    for user, rules in sorted(users.items()):
        lines.append(f"user {_checked(user)}")
        lines += [f"topic {_rule(mode, topic)}" for mode, topic in rules]
        lines.append("")
    lines += [f"pattern {_rule(mode, topic)}" for mode, topic in patterns]
    return "\n".join(lines) + "\n"


def _rule(mode: str, topic: str) -> str:
    if mode not in _MODES:
        raise ValueError(f"{mode!r} is not one of {', '.join(_MODES)}")
    return f"{mode} {_checked(topic)}"


def _checked(text: str) -> str:
    if not text or text != text.strip() or any(mark in text for mark in "\r\n\0"):
        raise ValueError(f"{text!r} cannot stand in an ACL file")
    return text
