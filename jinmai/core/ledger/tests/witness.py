"""A witness as the specification describes it, for tests: it signs only what extends what it has signed."""

from __future__ import annotations

import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from jinmai.standards import tlog


class Witness:
    """Serves ``add-checkpoint`` for one log on a port of its own."""

    def __init__(self, log_keys: tuple[tlog.Verifier, ...]) -> None:
        self.signer = tlog.CosignatureSigner("witness.example/w1", bytes(range(32)))
        self.log_keys = log_keys
        self.size, self.root = 0, tlog.EMPTY_ROOT
        witness = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, answer = witness.answer(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def answer(self, body: str) -> tuple[int, str]:
        """Status and text of the answer to a request."""
        request = tlog.parse_request(body)
        try:
            request.checkpoint.signed_by(self.log_keys)
        except tlog.NoteError:
            return 403, "no signature of a known key\n"
        told = tlog.parse_checkpoint(request.checkpoint.text)
        if request.old_size != self.size:
            return 409, f"{self.size}\n"
        try:
            if self.size:
                tlog.verify_consistency(self.size, told.size, request.proof, self.root, told.root)
        except tlog.ProofError as error:
            return 422, f"{error}\n"
        self.size, self.root = told.size, told.root
        return 200, tlog.sign(request.checkpoint.text, [self.signer]).signatures[0].line()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class BrokenWitness:
    """Something at a witness's address that answers every request with these bytes and hangs up."""

    def __init__(self, answer: bytes) -> None:
        class Door(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                length = 0
                while (line := self.rfile.readline()).strip():
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                self.rfile.read(length)
                self.wfile.write(answer)

        self.signer = tlog.CosignatureSigner("broken.example/w1", bytes(range(1, 33)))
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
