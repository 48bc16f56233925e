"""One process of the web server, on the socket that the supervisor opened and all of them share.

Whoever of them is free takes the next connection. The socket stays open while a process is started again, so
nobody who comes in between is turned away.
"""

from __future__ import annotations

import argparse
import socket

import uvicorn

SHUTDOWN_SECONDS = 3


def main() -> None:
    """``python -m jinmai.config.serve --socket NUMBER [--certificate FILE --key FILE]``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", type=int, required=True, help="number of the open socket")
    parser.add_argument("--certificate", help="speak HTTPS with this certificate")
    parser.add_argument("--key", help="and this key")
    chosen = parser.parse_args()
    config = uvicorn.Config(
        "jinmai.config.asgi:application",
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        ssl_certfile=chosen.certificate,
        ssl_keyfile=chosen.key,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=chosen.socket)])


if __name__ == "__main__":
    main()
