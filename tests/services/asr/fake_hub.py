"""A hub on this machine: as much of the Hugging Face Hub's HTTP interface as its own client needs."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "5e1f" * 10


class Hub:
    """One repository.

    Attributes:
        digests: what it says of its files, whatever they hold now.
        requests: method, path and range of each request, in order.
        dies_after: bytes of a file after which it is dead, None for never.
    """

    def __init__(self, repository: str, files: dict[str, bytes]) -> None:
        self.repository = repository
        self.files = files
        self.digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        self.requests: list[tuple[str, str, str]] = []
        self.dies_after: int | None = None
        self.is_dead = False
        self.endpoint = ""

    def siblings(self) -> list[dict[str, object]]:
        siblings: list[dict[str, object]] = []
        for name, content in self.files.items():
            siblings.append({"rfilename": name, "size": len(content), "blobId": _oid(content)})
            if name == "model.bin":
                siblings[-1]["lfs"] = {"size": len(content), "sha256": self.digests[name], "pointerSize": 134}
        return siblings

    def tree(self) -> list[dict[str, object]]:
        return [
            {"type": "file", "path": name, "size": len(content), "oid": _oid(content)}
            for name, content in self.files.items()
        ]


@contextmanager
def serving(repository: str, model: Path) -> Iterator[Hub]:
    """A hub that has the files of a directory as its repository."""
    hub = Hub(repository, {each.name: each.read_bytes() for each in model.iterdir()})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(is_head=True)

        def do_GET(self) -> None:
            self.answer(is_head=False)

        def answer(self, *, is_head: bool) -> None:
            path, wanted = urlsplit(self.path).path, self.headers.get("Range", "")
            hub.requests.append((self.command, path, wanted))
            if hub.is_dead and self.command == "GET":
                self.send(403, b"", {})
            elif path in (f"/api/models/{repository}", f"/api/models/{repository}/revision/main"):
                self.json({"id": repository, "sha": COMMIT, "siblings": hub.siblings()})
            elif path == f"/api/models/{repository}/tree/{COMMIT}":
                self.json(hub.tree())
            elif (
                path.startswith(f"/{repository}/resolve/") and (name := path.rpartition("/")[2]) in hub.files
            ):
                self.file(hub.files[name], wanted, is_head=is_head)
            else:
                self.send(404, b"{}", {"X-Error-Code": "RepoNotFound"})

        def file(self, content: bytes, wanted: str, *, is_head: bool) -> None:
            begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            headers = {
                "ETag": f'"{_oid(content)}"',
                "X-Repo-Commit": COMMIT,
                "Accept-Ranges": "bytes",
                "Content-Range": f"bytes {begin}-{len(content) - 1}/{len(content)}",
            }
            limit = hub.dies_after if not is_head else None
            self.send(206 if wanted else 200, content[begin:], headers, is_head=is_head, limit=limit)

        def json(self, value: object) -> None:
            self.send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def send(
            self,
            status: int,
            body: bytes,
            headers: dict[str, str],
            *,
            is_head: bool = False,
            limit: int | None = None,
        ) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if is_head:
                return
            self.wfile.write(body[:limit])
            if limit is not None and limit < len(body):
                hub.is_dead = self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _oid(content: bytes) -> str:
    """As git names a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
