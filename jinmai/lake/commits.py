"""Publishing one version of a table beside other processes that do the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from jinmai.lake.errors import ConflictError
from jinmai.lake.locks import shared
from jinmai.lake.log import Action, VersionTakenError
from jinmai.lake.snapshot import Snapshot


def commit(snapshot: Snapshot, operation: str, actions: Sequence[Action], *, note: Mapping[str, Any]) -> int:
    """Publish `actions` as the next version, durable on return, and move `snapshot` to it.

    Appends never conflict: they take the next free number. A rewrite conflicts if one of the files
    that it replaces is no longer live.

    Raises:
        ConflictError: another rewrite was first; nothing was published.
    """
    replaced = [action["remove"]["path"] for action in actions if "remove" in action]
    with shared(snapshot.log.gate):
        while True:
            snapshot.refresh()
            for path in replaced:
                if path not in snapshot.files:
                    raise ConflictError(f"{snapshot.folder}: {path} was replaced meanwhile")
            version, head = snapshot.version + 1, snapshot.head
            try:
                entry = snapshot.log.publish(version, operation, actions, previous=head, note=note)
            except VersionTakenError:
                continue
            snapshot.apply(entry)
            return version
