//! What has to be there before objects can be judged: namespaces, classes that pods name, kinds that a server does not have.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use plimsoll_model::kind::{self, Kind};
use serde_json::json;

use super::{IN_FORCE_WITHIN, Server};
use crate::export::cases::{Question, STAND_INS};

impl Server {
    /// Makes the namespaces that the questions name, and the kinds that a server does not have by itself.
    pub(crate) async fn prepare(
        &self,
        questions: impl Iterator<Item = &Question>,
    ) -> anyhow::Result<()> {
        let (mut namespaces, mut kinds) = (BTreeSet::new(), BTreeSet::new());
        let mut classes = BTreeSet::new();
        for question in questions {
            let object = &question.object;
            namespaces.extend(object["metadata"]["namespace"].as_str());
            kinds.extend(object["kind"].as_str());
            let pods = [
                "/spec",
                "/spec/template/spec",
                "/spec/jobTemplate/spec/template/spec",
            ];
            for (kind, field) in [
                ("PriorityClass", "priorityClassName"),
                ("RuntimeClass", "runtimeClassName"),
            ] {
                let names = pods
                    .iter()
                    .filter_map(|pod| object.pointer(&format!("{pod}/{field}"))?.as_str());
                classes.extend(names.map(|name| (kind, name.to_owned())));
            }
        }
        for (kind, name) in classes {
            self.class(kind, &name).await?;
        }
        for namespace in namespaces {
            let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } });
            let answer = self.api.post("/api/v1/namespaces", &object).await?;
            if !matches!(answer.status, 201 | 409) {
                bail!("namespace {namespace}: {}", answer.message());
            }
        }
        for name in kinds {
            let kind = kind::named(name).with_context(|| format!("no kind {name}"))?;
            if self.api.get(&kind.list_path(None)).await?.status == 404 {
                self.define(kind, kind.group, kind.version).await?;
            }
        }
        Ok(())
    }

    /// Makes a class that pods name, which the server looks up.
    async fn class(&self, kind: &str, name: &str) -> anyhow::Result<()> {
        let (version, field, value) = match kind {
            "PriorityClass" => ("scheduling.k8s.io/v1", "value", json!(1)),
            _ => ("node.k8s.io/v1", "handler", json!("added")),
        };
        let mut class =
            json!({ "apiVersion": version, "kind": kind, "metadata": { "name": name } });
        class[field] = value;
        let path = kind::named(kind).context("no kind")?.list_path(None);
        let answer = self.api.post(&path, &class).await?;
        // Names that no class can have, and classes that every server has.
        if !matches!(answer.status, 201 | 403 | 409 | 422) {
            bail!("{kind} {name}: {}", answer.message());
        }
        Ok(())
    }

    /// Defines a kind, in its group or another, that takes everything.
    async fn define(&self, kind: &Kind, group: &str, version: &str) -> anyhow::Result<()> {
        let anything = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
        let definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {
                "name": format!("{}.{group}", kind.plural),
                "annotations": { "api-approved.kubernetes.io": "unapproved, for tests" },
            },
            "spec": {
                "group": group,
                "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
                "names": { "kind": kind.name, "plural": kind.plural, "singular": kind.name.to_lowercase() },
                "versions": [{
                    "name": version, "served": true, "storage": true,
                    "schema": { "openAPIV3Schema": anything },
                }],
            },
        });
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let answer = self.api.post(path, &definition).await?;
        if answer.status != 201 {
            bail!("{}: {}", kind.name, answer.message());
        }
        let list = format!("/apis/{group}/{version}/{}", kind.plural);
        let started = Instant::now();
        while self.api.get(&list).await?.status != 200 {
            if started.elapsed() > IN_FORCE_WITHIN {
                bail!("{} is not served", kind.name);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Defines the stand-ins of these kinds.
    pub(crate) async fn prepare_stand_ins(&self, kinds: &BTreeSet<String>) -> anyhow::Result<()> {
        for name in kinds {
            let kind = kind::named(name).with_context(|| format!("no kind {name}"))?;
            self.define(kind, STAND_INS, "v1").await?;
        }
        Ok(())
    }
}
