"""Runs a real kube-proxy inside the virtual machine until it has written its rules. `lines`: what record.py has.

What an API server would tell it stands in a list of objects. Lists and watches of them are answered, and nothing ever changes.
kube-proxy itself is the third disk.
"""

import json
import os
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

PORT = 8001
KINDS = {"services": "Service", "endpointslices": "EndpointSlice", "nodes": "Node", "servicecidrs": "ServiceCIDR"}
FLAGS = [
    "--kubeconfig=/tmp/kubeconfig",
    "--hostname-override=node-1",
    "--proxy-mode=ipvs",
    "--conntrack-max-per-core=0",
    "--conntrack-tcp-timeout-established=0",
    "--conntrack-tcp-timeout-close-wait=0",
]
CONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "c",
    "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:%d" % PORT}}],
    "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    "users": [{"name": "u", "user": {}}],
}
LISTED = (["ipvsadm", "-Sn"], ["ipset", "save"], ["iptables-nft-save"], ["ip6tables-nft-save"])
POLL_SECONDS = 3
SAME_POLLS = 4
MOST_SECONDS = 300


def api(objects):
    """Listens in the network namespace of the caller; answers from a thread until `shutdown`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, code, value):
            body = json.dumps(value).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            # Events: nobody reads them.
            self.answer(201, {"kind": "Status", "apiVersion": "v1", "status": "Success", "size": len(body)})

        def do_GET(self):
            address = urlparse(self.path)
            query = parse_qs(address.query)
            parts = address.path.strip("/").split("/")
            plural = next((part for part in parts if part in KINDS), None)
            found = [each for each in objects if each["kind"] == KINDS.get(plural)]
            if address.path == "/version":
                return self.answer(200, {"major": "1", "minor": "36", "gitVersion": "v1.36.3"})
            if plural is None:
                return self.answer(404, status("NotFound", 404))
            if "sendInitialEvents" in query:
                # The client falls back to list and watch.
                return self.answer(422, status("Invalid", 422))
            if query.get("watch", ["0"])[0] in ("1", "true"):
                return self.wait()
            if parts[-1] in KINDS:
                version = found[0]["apiVersion"] if found else "v1"
                metadata = {"resourceVersion": "1"}
                return self.answer(200, {"kind": KINDS[plural] + "List", "apiVersion": version, "metadata": metadata, "items": found})
            named = [each for each in found if each["metadata"]["name"] == parts[-1]]
            return self.answer(200, named[0]) if named else self.answer(404, status("NotFound", 404))

        def wait(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.flush()
            ended.wait()

    ended = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def shutdown():
        ended.set()
        server.shutdown()
        server.server_close()

    return shutdown


def status(reason, code):
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": reason, "message": reason, "code": code}


def program(size):
    """The third disk's first bytes, as a file that can be run."""
    path = "/tmp/kube-proxy"
    if not os.path.exists(path):
        with open("/dev/vdc", "rb") as disk, open(path, "wb") as file:
            left = size
            while left > 0:
                piece = disk.read(min(left, 1 << 20))
                if not piece:
                    raise RuntimeError("the disk with kube-proxy ends early")
                file.write(piece)
                left -= len(piece)
        os.chmod(path, 0o755)
    return path


def counts(run):
    return [run(argv, may_fail=True).stdout.count("\n") for argv in LISTED]


def write_rules(step, size, run):
    """In the namespace of the caller. Ends once nothing was added for some seconds, and kube-proxy with it."""
    with open("/tmp/kubeconfig", "w") as file:
        json.dump(CONFIG, file)
    shutdown = api(step["objects"])
    with open("/tmp/kube-proxy.log", "w+") as log:
        child = subprocess.Popen([program(size), *FLAGS, *step["flags"]], stdout=log, stderr=subprocess.STDOUT)
        begun, before, same = time.monotonic(), None, 0
        while same < SAME_POLLS:
            time.sleep(POLL_SECONDS)
            now = counts(run)
            same = same + 1 if now == before and now[0] >= step["servers"] else 0
            before = now
            if child.poll() is not None or time.monotonic() - begun > MOST_SECONDS:
                log.seek(0)
                raise RuntimeError("kube-proxy wrote %s (%s): %s" % (now, child.poll(), log.read()[-3000:]))
        child.kill()
        child.wait()
    shutdown()
    return time.monotonic() - begun
