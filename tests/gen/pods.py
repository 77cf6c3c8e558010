"""Pods as an API server lists them: completed with defaults, owned, running, with managed fields."""
from application import Application
from draw import Draw
from workloads import workload

REPLICAS = 4  # of each application, so that the number of a pod tells its application
TIME = "2026-03-14T09:26:53Z"


def managed(value):
    """The tree of fields that a manager owns who wrote all of `value`."""
    if isinstance(value, dict):
        return {f"f:{key}": managed(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and all(isinstance(item, dict) and "name" in item for item in value):
        return {'k:{"name":"%s"}' % item["name"]: {".": {}, **managed(item)} for item in value}
    return {}


def uid(draw):
    return "-".join(draw.hex(digits) for digits in (8, 4, 4, 4, 12))


def complete(spec, app, node):
    if spec.get("automountServiceAccountToken") is not False:
        token = {"name": "kube-api-access", "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}]}}
        spec["volumes"].append(token)
        for container in [*spec["containers"], *spec.get("initContainers", [])]:
            container["volumeMounts"].append({"name": "kube-api-access", "readOnly": True,
                                              "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"})
    spec.update(schedulerName="default-scheduler", enableServiceLinks=True, preemptionPolicy="PreemptLowerPriority", priority=0,
                serviceAccount=app.account, nodeName=node)


def status(spec, draw):
    address = f"10.{draw.number_from(64, 127)}.{draw.number_from(0, 255)}.{draw.number_from(1, 254)}"
    containers = [{
        "name": container["name"], "image": container["image"], "ready": True, "started": True,
        "restartCount": draw.number_from(0, 4), "state": {"running": {"startedAt": TIME}}, "lastState": {},
        "imageID": f"{container['image'].split('@')[0].split(':')[0]}@sha256:{draw.hex(64)}",
        "containerID": f"containerd://{draw.hex(64)}"} for container in spec["containers"]]
    conditions = [{"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": TIME}
                  for kind in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")]
    return {"phase": "Running", "qosClass": "Burstable", "hostIP": "10.0.0.1", "podIP": address,
            "podIPs": [{"ip": address}], "startTime": TIME, "containerStatuses": containers,
            "conditions": conditions}


class Release:
    """One application as it runs: its Deployment, the ReplicaSet of the revision, the pods."""

    def __init__(self, number, seed="1", badness=0.5):
        self.app = Application(Draw(seed, number, badness))
        self.deployment = workload(self.app, "Deployment")
        draw = self.app.draw
        self.deployment["metadata"].update(uid=uid(draw), resourceVersion="1", creationTimestamp=TIME)
        self.revision, self.replica_set_uid = draw.hex(10), uid(draw)
        self.name = f"{self.app.name}-{self.revision}"

    def replica_set(self):
        template = self.deployment["spec"]["template"]
        owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.app.name, "controller": True,
                 "uid": self.deployment["metadata"]["uid"], "blockOwnerDeletion": True}
        metadata = {"name": self.name, "namespace": self.app.namespace, "uid": self.replica_set_uid,
                    "resourceVersion": "1", "labels": template["metadata"]["labels"], "ownerReferences": [owner]}
        spec = {"replicas": REPLICAS, "selector": self.deployment["spec"]["selector"], "template": template}
        return {"metadata": metadata, "spec": spec}

    def pods(self):
        app, draw = self.app, self.app.draw
        template = self.deployment["spec"]["template"]
        spec = template["spec"]
        complete(spec, app, f"node-{draw.number_from(0, 63)}.compute.internal")
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": self.name, "uid": self.replica_set_uid,
                 "controller": True, "blockOwnerDeletion": True}
        for _ in range(REPLICAS):
            metadata = {
                "name": f"{self.name}-{draw.hex(5)}", "generateName": f"{self.name}-", "namespace": app.namespace,
                "uid": uid(draw), "resourceVersion": str(draw.number_from(10**6, 10**8)), "creationTimestamp": TIME,
                "labels": {**template["metadata"]["labels"], "pod-template-hash": self.revision},
                "annotations": template["metadata"]["annotations"], "ownerReferences": [owner]}
            state = status(spec, draw)
            metadata["managedFields"] = [
                {"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "time": TIME,
                 "fieldsType": "FieldsV1", "fieldsV1": {
                     "f:metadata": managed({"labels": metadata["labels"]}), "f:spec": managed(spec)}},
                {"manager": "kubelet", "operation": "Update", "apiVersion": "v1", "time": TIME,
                 "subresource": "status", "fieldsType": "FieldsV1", "fieldsV1": {"f:status": managed(state)}}]
            yield {"metadata": metadata, "spec": spec, "status": state}


def pods(first, count):
    """The pods numbered from `first`; the same whatever page they are on."""
    for number in range(first // REPLICAS, -(-(first + count) // REPLICAS)):
        for replica, pod in enumerate(Release(number).pods()):
            if first <= number * REPLICAS + replica < first + count:
                yield pod
