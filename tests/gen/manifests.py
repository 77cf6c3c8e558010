#!/usr/bin/env python3
"""Writes a set of realistic Kubernetes manifests for benchmarks: the same bytes for the same arguments.

Objects come in applications, a workload and what belongs to it, so that joins have something to join.
The files look like what `helm template` leaves: several documents each, with comments, labels and block
scalars. A larger set begins with the smaller one.
"""
import argparse
import hashlib
import json
import os
import sys
from collections import Counter

import companions
import yaml_text
from application import Application
from draw import Draw
from workloads import workload

# Of the four kinds an application has one, by these shares.
WORKLOADS = {"Deployment": 0.62, "StatefulSet": 0.12, "DaemonSet": 0.08, "CronJob": 0.18}

# Mean number per application, and how each is made.
COMPANIONS = (
    ("ServiceAccount", 0.80, lambda app, number, target: companions.service_account(app)),
    ("Service", 0.85, lambda app, number, target: companions.service(app)),
    ("ConfigMap", 1.10, lambda app, number, target: companions.config_map(app, number)),
    ("Ingress", 0.30, lambda app, number, target: companions.ingress(app)),
    ("NetworkPolicy", 0.40, lambda app, number, target: companions.network_policy(app)),
    ("Role", 0.30, lambda app, number, target: companions.role(app, "Role")),
    ("RoleBinding", 0.32, lambda app, number, target: companions.role_binding(app, "RoleBinding")),
    ("ClusterRole", 0.14, lambda app, number, target: companions.role(app, "ClusterRole")),
    ("ClusterRoleBinding", 0.15, lambda app, number, target: companions.role_binding(app, "ClusterRoleBinding")),
    ("PersistentVolumeClaim", 0.20, lambda app, number, target: companions.claim(app)),
    ("HorizontalPodAutoscaler", 0.32, lambda app, number, target: companions.autoscaler(app, target)),
    ("PodDisruptionBudget", 0.30, lambda app, number, target: companions.disruption_budget(app)),
)
WITHOUT = {
    "CronJob": {"Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget"},
    "DaemonSet": {"HorizontalPodAutoscaler", "PodDisruptionBudget"},
}


def application_objects(app, namespaces):
    if app.namespace not in namespaces:
        namespaces.add(app.namespace)
        yield app.namespace_object()
    kind = app.draw.share(WORKLOADS)
    yield workload(app, kind)
    for companion, mean, make in COMPANIONS:
        count = app.draw.times(mean)
        if companion in WITHOUT.get(kind, ()) or (companion == "ServiceAccount" and app.account == "default"):
            continue
        for number in range(count):
            yield make(app, number, kind)


def objects(count, seed="1", badness=0.5):
    """`count` pairs of an application and one of its objects."""
    namespaces = set()
    left, number = count, 0
    while True:
        app = Application(Draw(seed, number, badness))
        for made in application_objects(app, namespaces):
            if left == 0:
                return
            yield app, made
            left -= 1
        number += 1


def write(folder, count, seed, badness, documents_per_file):
    os.makedirs(folder, exist_ok=True)
    kinds, digest, size, files = Counter(), hashlib.sha256(), 0, 0
    pending = []

    def flush():
        nonlocal size, files
        content = "".join(pending).encode()
        with open(os.path.join(folder, f"manifests-{files:05d}.yaml"), "wb") as file:
            file.write(content)
        digest.update(content)
        size, files = size + len(content), files + 1
        pending.clear()

    for app, made in objects(count, seed, badness):
        kinds[made["kind"]] += 1
        source = f"---\n# Source: {app.chart}/templates/{made['kind'].lower()}.yaml\n"
        pending.append(source + yaml_text.text(made))
        if len(pending) == documents_per_file:
            flush()
    if pending:
        flush()
    return {"objects": sum(kinds.values()), "files": files, "bytes": size, "sha256": digest.hexdigest(),
            "kinds": dict(sorted(kinds.items()))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where to write; must be empty or not be there")
    parser.add_argument("--count", type=int, default=1000, help="objects (1000)")
    parser.add_argument("--seed", default="1", help="any text (1)")
    parser.add_argument("--badness", type=float, default=0.5, help="0 to 1: how much is badly set up (0.5)")
    parser.add_argument("--documents-per-file", type=int, default=20, help="(20)")
    given = parser.parse_args()
    if given.count < 1 or given.documents_per_file < 1 or not 0 <= given.badness <= 1:
        parser.error("--count and --documents-per-file need 1 or more, --badness 0 to 1")
    if os.path.isdir(given.folder) and os.listdir(given.folder):
        parser.error(f"{given.folder} is not empty")
    summary = write(given.folder, given.count, given.seed, given.badness, given.documents_per_file)
    json.dump(summary, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
