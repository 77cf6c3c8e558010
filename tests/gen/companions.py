"""The objects that belong to a workload. Some of their references dangle, as references do."""
from application import AREAS, PARTS

RBAC = "rbac.authorization.k8s.io"
READ = ["get", "list", "watch"]


def service_account(app):
    draw = app.draw
    annotations = {}
    if draw.chance(0.3):
        annotations["eks.amazonaws.com/role-arn"] = f"arn:aws:iam::111122223333:role/{app.name}"
    made = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": app.metadata(annotations=annotations)}
    if not draw.bad(1.1):
        made["automountServiceAccountToken"] = False
    return made


def service(app):
    draw = app.draw
    selector = dict(app.selector)
    if draw.bad(0.1):
        selector["app.kubernetes.io/instance"] += "-gone"
    kind = "LoadBalancer" if draw.bad(0.15) else "NodePort" if draw.bad(0.15) else "ClusterIP"
    spec = {"type": kind, "selector": selector, "ports": [
        {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"},
        {"name": "metrics", "port": 9102, "targetPort": "metrics", "protocol": "TCP"}]}
    if kind == "LoadBalancer" and draw.chance(0.4):
        spec["loadBalancerSourceRanges"] = ["10.0.0.0/8", "192.0.2.0/24"]
    if draw.bad(0.05):
        spec["externalIPs"] = [f"203.0.113.{draw.number_from(1, 254)}"]
    return {"apiVersion": "v1", "kind": "Service", "metadata": app.metadata(), "spec": spec}


def config_map(app, number):
    draw = app.draw
    lines = ["server:", f"  listen: 0.0.0.0:{app.port}", f"  readTimeout: {draw.number_from(1, 60)}s",
             "logging:", "  format: json", "  level: info", "upstreams:"]
    for _ in range(draw.number_from(8, 45)):
        host = f"{draw.one(AREAS)}.{app.namespace}.svc.cluster.local"
        lines += [f"  - name: {draw.one(AREAS)}-{draw.one(PARTS)}",
                  f"    url: http://{host}:{draw.number_from(8000, 9999)}",
                  f"    timeout: {draw.number_from(50, 5000)}ms"]
    data = {"config.yaml": "\n".join(lines) + "\n", "FEATURES": f"a,b,c={draw.number_from(0, 9)}",
            "CACHE_SECONDS": str(draw.number_from(30, 3600))}
    if draw.bad(0.15):
        data["password"] = draw.hex(20)
    suffix = f"-config-{number}" if number else "-config"
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": app.metadata(suffix), "data": data}


def ingress(app):
    draw = app.draw
    host = f"{app.name}.example.com"
    paths = []
    for path in ("/", "/api", "/static")[:draw.number_from(1, 3)]:
        backend = {"name": app.name + ("-gone" if draw.bad(0.1) else ""), "port": {"name": "http"}}
        paths.append({"path": path, "pathType": "Prefix", "backend": {"service": backend}})
    spec = {"ingressClassName": "nginx", "rules": [{"host": host, "http": {"paths": paths}}]}
    if not draw.bad(0.7):
        spec["tls"] = [{"hosts": [host], "secretName": app.name + "-tls"}]
    annotations = {"cert-manager.io/cluster-issuer": "acme", "nginx.ingress.kubernetes.io/proxy-body-size": "16m",
                   "nginx.ingress.kubernetes.io/ssl-redirect": "true"}
    if draw.bad(0.2):
        annotations["nginx.ingress.kubernetes.io/configuration-snippet"] = (
            'add_header X-Frame-Options "DENY";\nproxy_set_header X-Real-IP $remote_addr;\n')
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": app.metadata(annotations=annotations), "spec": spec}


def network_policy(app):
    draw = app.draw
    selector = {"matchLabels": dict(app.selector)}
    if draw.bad(0.15):
        selector["matchLabels"]["app.kubernetes.io/instance"] += "-gone"
    spec = {"podSelector": selector, "policyTypes": ["Ingress"] if draw.bad() else ["Ingress", "Egress"]}
    if draw.bad(0.3):
        spec["ingress"] = [{}]
    else:
        own_namespace = {"matchLabels": {"kubernetes.io/metadata.name": app.namespace}}
        own_platform = {"matchLabels": {"app.kubernetes.io/part-of": f"{app.area}-platform"}}
        spec["ingress"] = [{"from": [{"namespaceSelector": own_namespace}, {"podSelector": own_platform}],
                            "ports": [{"port": app.port, "protocol": "TCP"}]}]
    if "Egress" in spec["policyTypes"]:
        spec["egress"] = [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]},
                          {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": app.metadata(), "spec": spec}


def rules(draw, cluster_wide):
    if draw.bad(0.12):
        return [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    made = [{"apiGroups": [""], "resources": ["configmaps", "endpoints", "services"], "verbs": READ},
            {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": [*READ, "patch"]},
            {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create", "get", "update"]}]
    if draw.bad(0.5):
        made.append({"apiGroups": [""], "resources": ["secrets"], "verbs": READ})
    if draw.bad(0.2):
        made.append({"apiGroups": [""], "resources": ["pods/exec", "pods/attach"], "verbs": ["create"]})
    if draw.bad(0.2):
        made.append({"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "delete", "*"]})
    if draw.bad(0.12):
        made.append({"apiGroups": [RBAC], "resources": ["roles", "clusterroles"],
                     "verbs": ["bind", "escalate", "impersonate"]})
    if cluster_wide:
        nodes = ["nodes", "nodes/proxy"] if draw.bad(0.2) else ["nodes"]
        made.append({"apiGroups": [""], "resources": nodes, "verbs": READ})
        made.append({"nonResourceURLs": ["/metrics"], "verbs": ["get"]})
    return made


def role(app, kind):
    cluster_wide = kind == "ClusterRole"
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": app.metadata(namespaced=not cluster_wide),
            "rules": rules(app.draw, cluster_wide)}


def role_binding(app, kind):
    draw = app.draw
    cluster_wide = kind == "ClusterRoleBinding"
    if draw.bad(0.12):
        reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"}
    else:
        reference = {"apiGroup": RBAC, "kind": "ClusterRole" if cluster_wide else "Role",
                     "name": app.name + ("-gone" if draw.bad(0.1) else "")}
    subject = {"kind": "ServiceAccount", "name": app.account, "namespace": app.namespace}
    if draw.bad(0.08):
        subject = {"kind": "Group", "apiGroup": RBAC, "name": "system:authenticated"}
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": app.metadata(namespaced=not cluster_wide),
            "roleRef": reference, "subjects": [subject]}


def claim(app):
    draw = app.draw
    spec = {"accessModes": [draw.one(("ReadWriteOnce", "ReadWriteMany"))],
            "storageClassName": draw.one(("gp3", "efs", "standard")),
            "resources": {"requests": {"storage": f"{draw.number_from(1, 500)}Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": app.metadata("-data"), "spec": spec}


def autoscaler(app, target):
    draw = app.draw
    metrics = [{"type": "Resource", "resource": {"name": name, "target": {
        "type": "Utilization", "averageUtilization": draw.number_from(50, 90)}}} for name in ("cpu", "memory")]
    spec = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": target,
                               "name": app.name + ("-gone" if draw.bad(0.1) else "")},
            "minReplicas": 1 if draw.bad() else draw.number_from(2, 4), "maxReplicas": draw.number_from(5, 30),
            "metrics": metrics,
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300,
                                       "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}]}}}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": app.metadata(),
            "spec": spec}


def disruption_budget(app):
    draw = app.draw
    bound = "maxUnavailable" if draw.chance(0.5) else "minAvailable"
    spec = {"selector": {"matchLabels": dict(app.selector)}, bound: 0 if draw.bad(0.3) else draw.one((1, "50%"))}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": app.metadata(), "spec": spec}
