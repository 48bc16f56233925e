"""Files that the command line names."""

from __future__ import annotations

import sys
from pathlib import Path

from jinmai.standards.epcis import LIMITS, Document, Fault, Refused, read


def read_file(name: str) -> Document:
    """The document in a file, ``-`` being standard input. Raises ``Refused``, also where there is no file."""
    path = Path(name)
    try:
        if name == "-":
            # One byte more than the limit is enough to know that it is passed.
            data = sys.stdin.buffer.read(LIMITS.largest + 1)
        elif path.stat().st_size > LIMITS.largest:
            raise Refused(Fault("", f"the document is larger than {LIMITS.largest} bytes"))
        else:
            data = path.read_bytes()
    except OSError as error:
        raise Refused(Fault("", f"{name} cannot be read: {error.strerror}")) from None
    return read(data)
