#!/usr/bin/env python3
"""A generated cluster, for measuring a live scan of any size.

Answers the list calls of the Kubernetes API over plain HTTP on a free loopback port, page by page: pods,
for every four of them a Deployment, a ReplicaSet and the objects of one application, and every other list
empty. Prints the path of a kubeconfig whose current context is this cluster, then serves
until its standard input closes.
"""
import argparse
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import companions
from pods import REPLICAS, Release, pods


def listing(items, token="", remaining=0):
    metadata = {"resourceVersion": "1"}
    if token:
        metadata.update({"continue": token, "remainingItemCount": remaining})
    return {"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items}


def companion(make, *arguments):
    return lambda number: make(Release(number).app, *arguments)


RBAC = "/apis/rbac.authorization.k8s.io/v1"
# Lists with one object an application.
LISTS = {
    "/apis/apps/v1/deployments": lambda number: Release(number).deployment,
    "/apis/apps/v1/replicasets": lambda number: Release(number).replica_set(),
    "/api/v1/serviceaccounts": companion(companions.service_account),
    "/api/v1/services": companion(companions.service),
    "/apis/networking.k8s.io/v1/ingresses": companion(companions.ingress),
    "/apis/networking.k8s.io/v1/networkpolicies": companion(companions.network_policy),
    f"{RBAC}/roles": companion(companions.role, "Role"),
    f"{RBAC}/rolebindings": companion(companions.role_binding, "RoleBinding"),
    f"{RBAC}/clusterroles": companion(companions.role, "ClusterRole"),
    f"{RBAC}/clusterrolebindings": companion(companions.role_binding, "ClusterRoleBinding"),
}


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pods = 0

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path == "/version":
            self.reply({"major": "1", "minor": "36", "gitVersion": "v1.36.4", "platform": "linux/amd64"})
        elif address.path == "/api/v1/pods":
            self.page(address, self.pods, pods)
        elif address.path in LISTS:
            make = LISTS[address.path]
            self.page(address, self.pods // REPLICAS,
                      lambda first, size: (make(number) for number in range(first, first + size)))
        else:
            self.reply(listing([]))

    def page(self, address, count, items):
        asked = parse_qs(address.query)
        first = int(asked.get("continue", ["0"])[0])
        size = min(int(asked.get("limit", ["500"])[0]), count - first)
        after = first + size
        token = str(after) if after < count else ""
        self.reply(listing(list(items(first, size)), token, count - after))

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
    Answers.pods = given.pods
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    path = os.path.join(given.folder, "kubeconfig")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(kubeconfig(server.server_port), file)
    print(path, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
