"""What can go wrong in the lake, each with the place named in its message."""


class LakeError(Exception):
    """Base of every error that the lake raises on purpose."""


class InputRefusedError(LakeError):
    """The caller's frame, key or arguments do not fit the table; nothing was stored."""


class UnknownTableError(LakeError):
    """No table of this name was ever created below the lake's root."""


class TableLockedError(LakeError):
    """Another process holds the table's writer or maintenance lock; the message names it."""


class DamagedError(LakeError):
    """The log or the key index contradicts itself; `Lake.check` lists the places."""


class UnavailableError(LakeError):
    """The lake cannot write now, whatever the input; the same append may succeed later."""


class ConflictError(LakeError):
    """Another process rewrote the same files first; the rewrite can simply be run again."""
