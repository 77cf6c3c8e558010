//! CronJobs with their last job, and jobs with their pod.

use serde_json::{Value, json};

use super::pods::Owner;
use super::stamp::letters;
use super::{Garden, owner};
use crate::defaults;
use crate::overlay::{Authored, Key, Moment};

impl Garden<'_> {
    pub(super) fn cron_job(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        defaults::pod_spec(&mut value["spec"]["jobTemplate"]["spec"]["template"]["spec"]);
        for (field, default) in [
            ("concurrencyPolicy", json!("Allow")),
            ("failedJobsHistoryLimit", json!(1)),
            ("successfulJobsHistoryLimit", json!(3)),
            ("suspend", json!(false)),
        ] {
            if value["spec"].get(field).is_none() {
                value["spec"][field] = default;
            }
        }
        let job = value["spec"]["jobTemplate"]["spec"].clone();
        let uid = self.add(key, value, authored);
        // The controller names a job after the minute it was due.
        let due = self.soil.first_night.as_second() / 60 - 120;
        let due = due + i64::from(authored.changed.week) * 7 * 1_440;
        let name = format!("{}-{due}", key.name);
        let owners = owner("batch/v1", "CronJob", &key.name, &uid);
        let value = json!({ "metadata": { "ownerReferences": owners } });
        self.finished_job(&key.namespace, &name, value, job, authored.changed);
    }

    pub(super) fn job(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        defaults::workload(&mut value);
        value["status"] = done();
        let template = value["spec"]["template"].clone();
        let uid = self.add(key, value, authored);
        self.job_pod(&key.namespace, &key.name, &uid, &template, authored.born);
    }

    fn finished_job(
        &mut self,
        namespace: &str,
        name: &str,
        mut value: Value,
        mut spec: Value,
        born: Moment,
    ) {
        spec["template"]["metadata"]["labels"]["batch.kubernetes.io/job-name"] = json!(name);
        let template = spec["template"].clone();
        value["spec"] = spec;
        value["status"] = done();
        let uid = self.derive("Job", namespace, name, value, born);
        self.job_pod(namespace, name, &uid, &template, born);
    }

    fn job_pod(&mut self, namespace: &str, name: &str, uid: &str, template: &Value, born: Moment) {
        let owner = Owner {
            api_version: "batch/v1",
            kind: "Job",
            name,
            uid,
            namespace,
        };
        let pod = format!("{name}-{}", letters(name, 5));
        let node = self.node_for(&pod);
        self.pod(&owner, &pod, template, &node, "Succeeded", born);
    }
}

fn done() -> Value {
    json!({ "succeeded": 1, "conditions": [{ "type": "Complete", "status": "True" }] })
}
