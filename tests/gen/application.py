"""What the objects of one application have in common: names, labels, namespace."""

AREAS = ("accounts", "basket", "claims", "dispatch", "exports", "forecast", "guests", "harbour", "invoices",
         "journal", "kitchen", "loyalty", "maps", "notices", "orders", "parcels", "quotes", "returns",
         "stock", "tariffs", "uploads", "vouchers", "weather", "yield")
PARTS = ("api", "worker", "web", "sync", "proxy", "cache", "index", "agent", "relay", "store")
APPLICATIONS_PER_NAMESPACE = 25


class Application:
    def __init__(self, draw):
        self.draw = draw
        self.area, self.part = draw.one(AREAS), draw.one(PARTS)
        self.chart = f"{self.area}-{self.part}"
        self.name = f"{self.chart}-{draw.number:05d}"
        team = AREAS[draw.number // APPLICATIONS_PER_NAMESPACE % len(AREAS)]
        self.namespace = "default" if draw.bad(0.12) else f"team-{team}"
        self.version = f"{draw.number_from(0, 4)}.{draw.number_from(0, 30)}.{draw.number_from(0, 9)}"
        self.account = "default" if draw.bad(0.4) else self.name
        self.port = draw.one((8080, 8443, 9090, 3000, 5432, 6379))
        self.selector = {"app.kubernetes.io/instance": self.name, "app.kubernetes.io/name": self.chart}

    def labels(self):
        return {
            "app.kubernetes.io/component": self.part,
            "app.kubernetes.io/instance": self.name,
            "app.kubernetes.io/managed-by": "Helm",
            "app.kubernetes.io/name": self.chart,
            "app.kubernetes.io/part-of": f"{self.area}-platform",
            "app.kubernetes.io/version": self.version,
            "helm.sh/chart": f"{self.chart}-{self.version}",
        }

    def metadata(self, suffix="", namespaced=True, annotations=()):
        metadata = {"name": self.name + suffix}
        if namespaced:
            metadata["namespace"] = self.namespace
        metadata["labels"] = self.labels()
        metadata["annotations"] = {
            "meta.helm.sh/release-name": self.name,
            "meta.helm.sh/release-namespace": self.namespace,
            **dict(annotations),
        }
        return metadata

    def namespace_object(self):
        labels = {"kubernetes.io/metadata.name": self.namespace, "team": self.namespace.removeprefix("team-")}
        if not self.draw.bad(1.1):
            level = self.draw.one(("baseline", "restricted"))
            for mode in ("enforce", "warn", "audit"):
                labels[f"pod-security.kubernetes.io/{mode}"] = level
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace, "labels": labels}}
