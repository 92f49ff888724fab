"""A stand-in for kube-apiserver that answers GETs as one does, and fails as one does when it is told to.

Answers were taken down from kube-apiserver 1.33: one line of JSON and a newline; the metadata of built-in lists in front, the members of
custom resources' lists sorted; errors as Status objects, or as plain text where no API is served.
"""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def status(code: int, reason: str, message: str) -> tuple[int, bytes]:
    return code, compact({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason,
                          "code": code})


def forbidden(plural: str) -> tuple[int, bytes]:
    return status(403, "Forbidden", f'{plural} is forbidden: User "dumper" cannot list resource "{plural}" in API group "" at the cluster scope')


EXPIRED = status(410, "Expired", "The provided continue parameter is too old to display a consistent list result. You can start a new list "
                                 "without the continue parameter, or use the continue token in this response.")
UNAUTHORIZED = status(401, "Unauthorized", "Unauthorized")
BUSY = status(429, "TooManyRequests", "The server has received too many requests, please try again later.")
CUT = "cut"  # half an answer, and the connection is gone
HANG = "hang"  # no answer until the server is closed


class Cluster:
    """What the server holds: lists by path ("/api/v1/pods"), and for a path what the next requests get instead of an answer."""

    def __init__(self):
        self.lists, self.kinds, self.custom, self.faults, self.asked = {}, {}, set(), {}, []
        self.version = b'{\n  "major": "1",\n  "minor": "33",\n  "gitVersion": "v1.33.4"\n}'
        self.closing = threading.Event()
        self.lock = threading.Lock()

    def add(self, path: str, kind: str, count: int, custom: bool = False, padding: int = 0) -> None:
        """`count` objects; an item that speaks of "continue" and lists tells a reader of tokens that looks at the wrong place."""
        trap = '"continue":"dHJhcA","items":[],"kind":"PodList","metadata":{"continue":"dHJhcA"}}'
        self.lists[path] = [{"metadata": {"name": f"{kind.lower()}-{i}", "annotations": {"note": trap, "fill": "x" * padding}}, "spec": {"continue": "dHJhcA"}}
                            for i in range(count)]
        self.kinds[path] = kind
        if custom:
            self.custom.add(path)

    def fault(self, path: str, *faults) -> None:
        """The next requests for `path` meet these, one each; the last one for ever when it is followed by "…"."""
        self.faults[path] = list(faults)

    def next_fault(self, path: str, has_token: bool):
        with self.lock:
            queue = self.faults.get(path, [])
            if not queue or queue[0] == "later" and not has_token:
                return None
            if queue[0] == "later":
                return queue[1] if queue[-1] == "…" else (queue.pop(0), queue.pop(0))[1]
            return queue[0] if queue[-1] == "…" and len(queue) == 2 else queue.pop(0)

    def groups(self) -> dict:
        versions: dict[str, list[str]] = {}
        for path in self.lists:
            if path.startswith("/apis/"):
                group, version = path.split("/")[2:4]
                if version not in versions.setdefault(group, []):
                    versions[group].append(version)
        served = {g: [{"groupVersion": f"{g}/{v}", "version": v} for v in vs] for g, vs in versions.items()}
        return {"kind": "APIGroupList", "apiVersion": "v1",
                "groups": [{"name": g, "versions": vs, "preferredVersion": vs[0]} for g, vs in served.items()]}

    def page(self, path: str, query: dict) -> bytes:
        items = self.lists[path]
        limit = int(query.get("limit", ["0"])[0])
        # A real token is base64 of JSON; a padded one must be escaped in an address to arrive as it was.
        start = int(json.loads(base64.b64decode(query["continue"][0]))["start"]) if "continue" in query else 0
        end = min(start + limit, len(items)) if limit else len(items)
        metadata = {"resourceVersion": "4711"}
        if end < len(items):
            metadata |= {"continue": base64.b64encode(compact({"v": "meta.k8s.io/v1", "start": end})).decode(), "remainingItemCount": len(items) - end}
        version = "v1" if path.startswith("/api/") else "/".join(path.split("/")[2:4])
        answer = {"kind": self.kinds[path] + "List", "apiVersion": version, "metadata": metadata, "items": items[start:end]}
        if path in self.custom:
            metadata.setdefault("continue", "")
            answer = dict(sorted(answer.items()))
        return compact(answer)

    def answer(self, path: str, query: dict) -> tuple[int, bytes] | str:
        fault = self.next_fault(path, "continue" in query)
        if fault is not None and fault != CUT:
            return fault
        if path == "/version":
            body = self.version
        elif path == "/apis":
            body = compact(self.groups())
        elif path in self.lists:
            body = self.page(path, query)
        else:
            return 404, b"404 page not found\n"
        return CUT + body[: len(body) // 2].decode() if fault == CUT else (200, body)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        cluster: Cluster = self.server.cluster
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        cluster.asked.append(self.path)
        answer = cluster.answer(parts.path, query)
        if answer == HANG:
            cluster.closing.wait()
            self.close_connection = True
            return
        cut = isinstance(answer, str)
        code, body = (200, answer[len(CUT):].encode()) if cut else answer
        self.send_response(code)
        self.send_header("Content-Type", "application/json" if body.startswith(b"{") else "text/plain")
        self.send_header("Content-Length", str(len(body) + (1000 if cut else 0)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            cut = True  # whoever asked has gone
        self.close_connection = self.close_connection or cut

    def log_message(self, *_) -> None:
        pass


class Server:
    """Serves a Cluster on a free port, for the time of a `with`."""

    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.cluster = cluster
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()  # which looks this often for its end

    def close(self) -> None:
        self.cluster.closing.set()
        self.server.shutdown()
        self.server.server_close()
