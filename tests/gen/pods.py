"""Pods as an API server lists them: completed with defaults, owned, running, with managed fields."""
from application import Application
from draw import Draw
from workloads import pod_metadata, pod_spec

REPLICAS = 4 # of each application, so that the number of a pod tells its application
OWNERS = ("ReplicaSet", "ReplicaSet", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")
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


def complete(spec, owner, app, node):
    draw = app.draw
    if spec.get("automountServiceAccountToken") is not False:
        token = {"name": "kube-api-access", "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}]}}
        spec["volumes"].append(token)
        for container in [*spec["containers"], *spec.get("initContainers", [])]:
            container["volumeMounts"].append({"name": "kube-api-access", "readOnly": True,
                                              "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"})
    spec.update(restartPolicy="Never" if owner == "Job" else "Always", schedulerName="default-scheduler",
                enableServiceLinks=True, preemptionPolicy="PreemptLowerPriority", priority=0,
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


def pods(first, count, seed="1", badness=0.5):
    """The pods numbered from `first`; the same whatever page they are on."""
    number = first - first % REPLICAS
    while number < first + count:
        app = Application(Draw(seed, number // REPLICAS, badness))
        draw = app.draw
        owner = draw.one(OWNERS)
        spec = pod_spec(app, "DaemonSet" if owner == "DaemonSet" else "Deployment")
        template = pod_metadata(app)
        node = f"node-{draw.number_from(0, 63)}.compute.internal"
        complete(spec, owner, app, node)
        revision, owner_uid = draw.hex(10), uid(draw)
        for _ in range(REPLICAS):
            metadata = {
                "name": f"{app.name}-{revision}-{draw.hex(5)}", "generateName": f"{app.name}-{revision}-",
                "namespace": app.namespace, "uid": uid(draw), "resourceVersion": str(draw.number_from(10**6, 10**8)),
                "creationTimestamp": TIME, "labels": {**template["labels"], "pod-template-hash": revision},
                "annotations": template["annotations"],
                "ownerReferences": [{"apiVersion": "batch/v1" if owner == "Job" else "apps/v1", "kind": owner,
                                     "name": f"{app.name}-{revision}", "uid": owner_uid, "controller": True,
                                     "blockOwnerDeletion": True}]}
            state = status(spec, draw)
            metadata["managedFields"] = [
                {"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "time": TIME,
                 "fieldsType": "FieldsV1", "fieldsV1": {
                     "f:metadata": managed({"labels": metadata["labels"]}), "f:spec": managed(spec)}},
                {"manager": "kubelet", "operation": "Update", "apiVersion": "v1", "time": TIME,
                 "subresource": "status", "fieldsType": "FieldsV1", "fieldsV1": {"f:status": managed(state)}}]
            if first <= number < first + count:
                yield {"metadata": metadata, "spec": spec, "status": state}
            number += 1
