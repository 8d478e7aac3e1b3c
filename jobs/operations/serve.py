"""The small service behind the page: `/` for people, `/metrics` for Prometheus, `/healthy` for the container.

Why: it only reads, holds no session and knows no login: the proxy asks for one. What was gathered is kept for a
minute, so that a scrape every few seconds costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from socketserver import ThreadingMixIn
from threading import Lock
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CONTENT_TYPE_LATEST

from jobs.operations import metrics, page
from jobs.operations.facts import Facts
from jobs.operations.status import Watched, gather
from jobs.runtime.log import get_logger

log = get_logger("operations")
KEPT = 60  # seconds
PLAIN, HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
HEADERS = [
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ("X-Content-Type-Options", "nosniff"),
]
Respond = Callable[[str, list[tuple[str, str]]], Any]


class Office:
    """A WSGI application over what is watched."""

    def __init__(self, watched: Watched, kept: float = KEPT) -> None:
        self._watched, self._kept, self._lock = watched, kept, Lock()
        self._facts: Facts | None = None
        self._since = 0.0

    def facts(self) -> Facts:
        """Facts, at most `kept` seconds old; whoever comes while they are gathered waits for them."""
        with self._lock:
            if self._facts is None or time.monotonic() - self._since >= self._kept:
                self._facts = gather(self._watched, datetime.now(UTC))
                self._since = time.monotonic()
            return self._facts

    def __call__(self, environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        """One request. Paths may stand below `/operations`, as the proxy hands them on."""
        path = environ.get("PATH_INFO", "/").removeprefix("/operations") or "/"
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return _answer(respond, "405 Method Not Allowed", PLAIN, b"GET only\n")
        if path == "/healthy":
            return _answer(respond, "200 OK", PLAIN, b"healthy\n")
        if path == "/metrics":
            return _answer(respond, "200 OK", CONTENT_TYPE_LATEST, metrics.text(self.facts()))
        if path == "/":
            return _answer(respond, "200 OK", HTML, page.html(self.facts()).encode())
        return _answer(respond, "404 Not Found", PLAIN, b"there is / and /metrics\n")


def _answer(respond: Respond, status: str, kind: str, body: bytes) -> list[bytes]:
    respond(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *HEADERS])
    return [body]


class _Quiet(WSGIRequestHandler):
    timeout = 10  # seconds: a client that sends nothing frees its thread

    def log_message(self, _format: str, *told: Any) -> None:
        log.debug("request %s", " ".join(str(part) for part in told[:2]))


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def server(office: Office, host: str, port: int) -> WSGIServer:
    """A server that is listening; `serve_forever()` answers. Raises OSError when the port is taken."""
    return make_server(host, port, office, server_class=_Threads, handler_class=_Quiet)
