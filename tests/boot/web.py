# SPDX-License-Identifier: BSD-2-Clause
"""A web server of the tests on loopback, which machines reach as 10.0.2.2; some of its files have
trouble, as the start of their name says: what follows is the name of the file that is meant."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Optional
from urllib.parse import unquote

PIECE = 1 << 16


class Handler(BaseHTTPRequestHandler):
    """One connection, which is kept from request to request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Tell the size of a file."""
        self._answer(b"HEAD")

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(b"GET")

    def _answer(self, method: bytes) -> None:
        server: WebServer = self.server.owner
        directory, _, name = unquote(self.path).partition("?")[0].rpartition("/")
        trouble, dash, meant = name.partition("--")
        path = server.root / directory.lstrip("/") / (meant if dash else name)
        server.requests.append((method.decode(), self.path, self.client_address[1]))
        if not path.is_file():
            self.send_error(404)
            return
        getattr(self, f"_send_{trouble}" if dash else "_send_well")(method, path)

    def _head(self, size: int, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in headers or (("Content-Length", str(size)),):
            self.send_header(name, value)
        self.end_headers()

    def _send_well(self, method: bytes, path: Path) -> None:
        content = path.read_bytes()
        self._head(len(content))
        rate = self.server.owner.bytes_a_second
        begin = time.monotonic()
        for start in range(0, len(content) if method == b"GET" else 0, PIECE):
            self.wfile.write(content[start:start + PIECE])
            if rate is not None:
                time.sleep(max(0.0, begin + (start + PIECE) / rate - time.monotonic()))

    def _send_chunked(self, method: bytes, path: Path) -> None:
        self._head(0, ("Transfer-Encoding", "chunked"))
        content = path.read_bytes() if method == b"GET" else b""
        for start in range(0, len(content), PIECE):
            piece = content[start:start + PIECE]
            self.wfile.write(b"%x;extension\r\n%s\r\n" % (len(piece), piece))
        if method == b"GET":
            self.wfile.write(b"0\r\nTrailer: value\r\n\r\n")

    def _send_moved(self, _method: bytes, path: Path) -> None:
        self.send_response(302)
        self.send_header("Location", path.name)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_cut(self, method: bytes, path: Path) -> None:
        content = path.read_bytes()
        self._head(len(content))
        if method == b"GET":
            self.wfile.write(content[:len(content) // 2])
            self.close_connection = True

    def _send_long(self, method: bytes, path: Path) -> None:
        content = path.read_bytes()
        self._head(len(content) + (method == b"GET"))
        if method == b"GET":
            self.wfile.write(content + b"!")

    def _send_huge(self, _method: bytes, _path: Path) -> None:
        self._head(1 << 50)
        self.close_connection = True

    def _send_silent(self, method: bytes, path: Path) -> None:
        content = path.read_bytes()
        self._head(len(content))
        if method == b"GET":
            self.wfile.write(content[:PIECE])
            self.wfile.flush()
            self.server.owner.ended.wait(100)
            self.close_connection = True

    def _send_slow(self, method: bytes, path: Path) -> None:
        content = path.read_bytes()
        self._head(len(content))
        for start in range(0, len(content) if method == b"GET" else 0, len(content) // 10 + 1):
            self.wfile.write(content[start:start + len(content) // 10 + 1])
            self.wfile.flush()
            time.sleep(0.3)


class WebServer:
    """The files of a directory, served while a `with` statement lasts; each at a rate, if it is given."""

    def __init__(self, root: Path, bytes_a_second: Optional[int] = None):
        self.root = root
        self.bytes_a_second = bytes_a_second
        self.requests: list[tuple[str, str, int]] = []
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "WebServer":
        self._thread.start()
        return self

    def __exit__(self, *_exception) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """The address of a file as a machine sees it."""
        return f"http://10.0.2.2:{self._server.server_port}/{path}"
