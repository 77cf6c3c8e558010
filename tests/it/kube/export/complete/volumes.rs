//! Volumes: each with a source, the source with what it needs, and one for each mount.

use serde_json::{Map, Value, json};

use super::{default, items};

/// Completes the volumes of a pod spec; `mounted` are the names that containers mount.
pub(super) fn complete(spec: &mut Value, mounted: &[Value]) {
    for volume in items(spec, "volumes") {
        self::volume(volume);
    }
    for name in mounted {
        let volumes = &mut spec["volumes"];
        if volumes.is_null() {
            *volumes = json!([]);
        }
        let Some(volumes) = volumes.as_array_mut() else {
            continue;
        };
        if !volumes.iter().any(|volume| volume["name"] == *name) {
            volumes.push(json!({ "name": name, "emptyDir": {} }));
        }
    }
}

fn volume(volume: &mut Map<String, Value>) {
    default(volume, "name", json!("added"));
    if volume.len() == 1 {
        volume.insert("emptyDir".to_owned(), json!({}));
    }
    let claim = json!({ "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } },
    } });
    let needed = json!({
        "hostPath": { "path": "/added" },
        "configMap": { "name": "added" },
        "secret": { "secretName": "added" },
        "persistentVolumeClaim": { "claimName": "added" },
        "csi": { "driver": "added.example" },
        "ephemeral": { "volumeClaimTemplate": claim },
        "awsElasticBlockStore": { "volumeID": "added" },
        "gcePersistentDisk": { "pdName": "added" },
        "azureDisk": { "diskName": "added", "diskURI": "/subscriptions/added" },
        "azureFile": { "secretName": "added", "shareName": "added" },
        "cephfs": { "monitors": ["added"] },
        "cinder": { "volumeID": "added" },
        "fc": { "targetWWNs": ["added"], "lun": 1 },
        "flexVolume": { "driver": "added/driver" },
        "flocker": { "datasetName": "added" },
        "gitRepo": { "repository": "https://added.example" },
        "glusterfs": { "endpoints": "added", "path": "added" },
        "iscsi": { "targetPortal": "127.0.0.1", "iqn": "iqn.2001-04.com.example:added", "lun": 0 },
        "nfs": { "server": "added", "path": "/added" },
        "photonPersistentDisk": { "pdID": "added" },
        "portworxVolume": { "volumeID": "added" },
        "quobyte": { "registry": "added:1", "volume": "added" },
        "rbd": { "image": "added", "monitors": ["added"] },
        "scaleIO": { "gateway": "added", "system": "added", "volumeName": "added", "secretRef": { "name": "added" } },
        "storageos": { "volumeName": "added" },
        "vsphereVolume": { "volumePath": "added" },
    });
    for (source, fields) in needed.as_object().into_iter().flatten() {
        let Some(source) = volume.get_mut(source).and_then(Value::as_object_mut) else {
            continue;
        };
        for (field, value) in fields.as_object().into_iter().flatten() {
            default(source, field, value.clone());
        }
    }
}
