#!/usr/bin/env python3
"""A cluster of generated pods, for measuring a live scan of any size.

Answers the list calls of the Kubernetes API over plain HTTP on a free loopback port: pods page by page,
every other list empty. Prints the path of a kubeconfig whose current context is this cluster, then serves
until its standard input closes.
"""
import argparse
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from pods import pods


def listing(items, token="", remaining=0):
    metadata = {"resourceVersion": "1"}
    if token:
        metadata.update({"continue": token, "remainingItemCount": remaining})
    return {"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items}


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0

    def do_GET(self):
        address = urlsplit(self.path)
        asked = parse_qs(address.query)
        if address.path == "/version":
            self.reply({"major": "1", "minor": "36", "gitVersion": "v1.36.4", "platform": "linux/amd64"})
        elif address.path == "/api/v1/pods":
            first = int(asked.get("continue", ["0"])[0])
            size = min(int(asked.get("limit", ["500"])[0]), self.count - first)
            after = first + size
            self.reply({**listing(list(pods(first, size)), str(after) if after < self.count else "",
                                  self.count - after), "kind": "PodList"})
        else:
            self.reply(listing([]))

    def reply(self, body):
        content = json.dumps(body, separators=(",", ":")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def kubeconfig(port):
    return {"apiVersion": "v1", "kind": "Config", "current-context": "generated",
            "contexts": [{"name": "generated", "context": {"cluster": "generated", "user": "generated"}}],
            "clusters": [{"name": "generated", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
            "users": [{"name": "generated", "user": {"token": "generated"}}]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where the kubeconfig is written")
    parser.add_argument("--pods", type=int, default=1000)
    given = parser.parse_args()
    Answers.count = given.pods
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    path = os.path.join(given.folder, "kubeconfig")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(kubeconfig(server.server_port), file)
    print(path, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
