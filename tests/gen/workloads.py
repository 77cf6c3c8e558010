"""Workloads: the one of an application, and pods as an API server lists them."""
from application import AREAS, PARTS

REGISTRIES = ("nginx", "redis", "postgres", "memcached", "envoyproxy/envoy", "grafana/agent",
              "registry.example.com/platform/app", "images.example.com/team/service",
              "mirror.example.net/ops/sidecar", "docker.io/library/busybox")
CAPABILITIES = ("NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "NET_RAW", "CHOWN", "DAC_OVERRIDE", "SYS_TIME")
HOST_PATHS = ("/var/run/docker.sock", "/var/log", "/etc/kubernetes", "/", "/proc", "/srv/data")
SECRET_NAMES = ("DB_PASSWORD", "API_TOKEN", "AWS_SECRET_ACCESS_KEY", "PAYMENT_KEY")
SIDECARS = ("log-shipper", "mesh-proxy", "exporter")


def image(draw):
    name = draw.one(REGISTRIES)
    if draw.bad(0.35):
        return name + draw.one(("", ":latest"))
    tagged = f"{name}:{draw.number_from(1, 9)}.{draw.number_from(0, 40)}.{draw.number_from(0, 9)}"
    return tagged if draw.bad(1.1) else f"{tagged}@sha256:{draw.hex(64)}"


def environment(app):
    draw = app.draw
    variables = [
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "LOG_LEVEL", "value": draw.one(("info", "debug", "warn"))},
        {"name": "LISTEN_ADDRESS", "value": f"0.0.0.0:{app.port}"},
    ]
    for number in range(draw.number_from(2, 9)):
        area, part = draw.one(AREAS), draw.one(PARTS)
        url = f"http://{area}-{part}.{app.namespace}.svc.cluster.local:{draw.number_from(8000, 9999)}/v{number + 1}"
        variables.append({"name": f"{area}_{part}_URL".upper(), "value": url})
    secret = draw.one(SECRET_NAMES)
    if draw.bad(0.45):
        variables.append({"name": secret, "value": draw.hex(24)})
    else:
        reference = {"name": app.name + "-credentials", "key": secret.lower().replace("_", "-")}
        variables.append({"name": secret, "valueFrom": {"secretKeyRef": reference}})
    return variables


def probe(draw, path):
    return {
        "httpGet": {"path": path, "port": "http", "scheme": "HTTP"},
        "initialDelaySeconds": draw.number_from(3, 30),
        "periodSeconds": 10,
        "timeoutSeconds": draw.number_from(1, 5),
        "failureThreshold": draw.number_from(3, 6),
        "successThreshold": 1,
    }


def security_context(draw):
    context = {}
    if not draw.bad(1.1):
        context["allowPrivilegeEscalation"] = False
    elif draw.chance(0.3):
        context["allowPrivilegeEscalation"] = True
    if not draw.bad(1.1):
        context["capabilities"] = {"drop": ["ALL"]}
        if draw.bad(0.3):
            context["capabilities"]["add"] = ["NET_BIND_SERVICE"]
    elif draw.chance(0.35):
        added = {draw.one(CAPABILITIES) for _ in range(draw.number_from(1, 3))}
        context["capabilities"] = {"add": sorted(added)}
    if draw.bad(0.13):
        context["privileged"] = True
        context.pop("allowPrivilegeEscalation", None)  # false beside it is invalid
    elif draw.chance(0.4):
        context["privileged"] = False
    if not draw.bad(1.1):
        context["readOnlyRootFilesystem"] = True
    if not draw.bad(1.1):
        context.update(runAsNonRoot=True, runAsUser=draw.number_from(1000, 65000),
                       runAsGroup=draw.number_from(1000, 65000))
    elif draw.chance(0.25):
        context["runAsUser"] = 0
    if not draw.bad(1.1):
        context["seccompProfile"] = {"type": "RuntimeDefault"}
    elif draw.chance(0.1):
        context["seccompProfile"] = {"type": "Unconfined"}
    return context


def resources(draw):
    """Requests are a part of the limits, as the API server demands."""
    cpu, memory = draw.number_from(1, 20) * 100, draw.number_from(1, 32) * 64
    part = draw.one((1, 2, 4))
    given = {}
    if not draw.bad(0.9):
        given["limits"] = {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}
    if not draw.bad(0.8):
        given["requests"] = {"cpu": f"{cpu // part}m", "memory": f"{memory // part}Mi"}
    return given


def container(app, name, main):
    draw = app.draw
    made = {"name": name, "image": image(draw), "imagePullPolicy": "IfNotPresent" if draw.bad() else "Always"}
    mounts = [{"name": "tmp", "mountPath": "/tmp"}]
    if main:
        mounts.insert(0, {"name": "config", "mountPath": f"/etc/{app.chart}", "readOnly": True})
        made["args"] = ["serve", f"--config=/etc/{app.chart}/config.yaml", f"--port={app.port}",
                        "--metrics-addr=:9102", f"--shutdown-grace={draw.number_from(5, 60)}s"]
        port = {"name": "http", "containerPort": app.port, "protocol": "TCP"}
        if draw.bad(0.10):
            port["hostPort"] = app.port
        made["ports"] = [port, {"name": "metrics", "containerPort": 9102, "protocol": "TCP"}]
        made["env"] = environment(app)
        if draw.chance(0.4):
            made["envFrom"] = [{"configMapRef": {"name": app.name + "-config"}}]
        if not draw.bad():
            made["livenessProbe"] = probe(draw, "/healthz")
        if not draw.bad(0.9):
            made["readinessProbe"] = probe(draw, "/ready")
        if draw.chance(0.3):
            made["startupProbe"] = probe(draw, "/healthz")
    else:
        watch = f"exec /usr/local/bin/{name} --watch --interval={draw.number_from(5, 90)}s"
        made["command"] = ["/bin/sh", "-c", watch]
    made["resources"] = resources(draw)
    context = security_context(draw)
    if context:
        made["securityContext"] = context
    made["terminationMessagePath"] = "/dev/termination-log"
    made["terminationMessagePolicy"] = "File"
    made["volumeMounts"] = mounts
    return made


def pod_spec(app, kind):
    draw = app.draw
    on_every_node = kind == "DaemonSet"
    spec = {"serviceAccountName": app.account}
    if not draw.bad(1.1):
        spec["automountServiceAccountToken"] = False
    elif draw.chance(0.2):
        spec["automountServiceAccountToken"] = True
    for field, weight in (("hostNetwork", 0.10), ("hostPID", 0.07), ("hostIPC", 0.06)):
        if draw.bad(weight * (3 if on_every_node else 1)):
            spec[field] = True
    spec["securityContext"] = {}
    if not draw.bad(0.9):
        spec["securityContext"] = {"fsGroup": draw.number_from(1000, 65000), "runAsNonRoot": True,
                                   "seccompProfile": {"type": "RuntimeDefault"}}
    if draw.chance(0.35):
        spec["imagePullSecrets"] = [{"name": "registry-credentials"}]
    if draw.chance(0.25):
        spec["initContainers"] = [container(app, "prepare-schema", main=False)]
    spec["containers"] = [container(app, app.chart, main=True)]
    if draw.chance(0.35):
        spec["containers"].append(container(app, draw.one(SIDECARS), main=False))
    spec["volumes"] = [{"name": "config", "configMap": {"name": app.name + "-config", "defaultMode": 420}},
                       {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}]
    if draw.bad(0.8 if on_every_node else 0.15):
        spec["volumes"].append({"name": "host", "hostPath": {"path": draw.one(HOST_PATHS), "type": ""}})
        mount = {"name": "host", "mountPath": "/host", "readOnly": draw.chance(0.5)}
        spec["containers"][0]["volumeMounts"].append(mount)
    spec["nodeSelector"] = {"kubernetes.io/os": "linux"}
    spec["terminationGracePeriodSeconds"] = draw.number_from(10, 90)
    spec["dnsPolicy"] = "ClusterFirst"
    selector = {"matchLabels": app.selector}
    if draw.chance(0.5):
        term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": selector}
        spec["affinity"] = {"podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]}}
    if on_every_node or draw.chance(0.2):
        spec["tolerations"] = [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists",
                                "effect": "NoSchedule"}]
    if draw.chance(0.3):
        spec["topologySpreadConstraints"] = [{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone",
                                              "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector}]
    return spec


def pod_metadata(app):
    draw = app.draw
    annotations = {"checksum/config": draw.hex(64), "prometheus.io/scrape": "true",
                   "prometheus.io/port": "9102", "prometheus.io/path": "/metrics"}
    if draw.bad(0.2):
        annotations[f"container.apparmor.security.beta.kubernetes.io/{app.chart}"] = "unconfined"
    return {"labels": app.labels(), "annotations": annotations}


def workload(app, kind):
    draw = app.draw
    made = {"apiVersion": "batch/v1" if kind == "CronJob" else "apps/v1", "kind": kind, "metadata": app.metadata()}
    pod = pod_spec(app, kind)
    template = {"metadata": pod_metadata(app), "spec": pod}
    if kind == "CronJob":
        pod["restartPolicy"] = draw.one(("Never", "OnFailure"))
        made["spec"] = {
            "schedule": f"{draw.number_from(0, 59)} {draw.number_from(0, 23)} * * *",
            "concurrencyPolicy": draw.one(("Forbid", "Allow", "Replace")),
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
            "jobTemplate": {"spec": {"backoffLimit": draw.number_from(0, 6), "template": template}},
        }
        return made
    pod["restartPolicy"] = "Always"
    spec = {"selector": {"matchLabels": app.selector}, "template": template, "revisionHistoryLimit": 5}
    if kind == "Deployment":
        spec["replicas"] = 1 if draw.bad(0.7) else draw.number_from(2, 6)
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}
    elif kind == "StatefulSet":
        spec["replicas"] = 1 if draw.bad(0.6) else 3
        spec["serviceName"] = app.name + ("-absent" if draw.bad(0.2) else "")
        spec["updateStrategy"] = {"type": "RollingUpdate"}
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": f"{draw.number_from(1, 200)}Gi"}}}
        spec["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": claim}]
    else:
        spec["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}
    made["spec"] = spec
    return made
