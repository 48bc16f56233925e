"""How large a file is that a page takes: one number for forms, the server, the proxy and the documents."""

from __future__ import annotations

from typing import Final

# Bytes of one file. ``config.request_limits`` and the proxies let a request through that is a little larger,
# for the form around the file, so that the form can say which field was too large.
LARGEST_UPLOAD: Final = 64_000_000
