//! What fields a pod has, so that a misspelt one is refused when a policy is loaded.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use plimsoll_cel::{Schema, Type};

/// The fields by object, as in the `core/v1` of Kubernetes 1.33 to 1.37; an object stands before those that have it.
/// After a colon stands what a field holds, `[x]` a list of it; without one it may hold anything. A container has the
/// fields of an ephemeral one, too, because expressions see both in one list.
const OBJECTS: &[(&str, &str)] = &[
    ("AppArmor profile", "localhostProfile type"),
    ("capabilities", "add:[] drop:[]"),
    ("SELinux options", "level role type user"),
    ("seccomp profile", "localhostProfile type"),
    (
        "Windows options",
        "gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName",
    ),
    (
        "security context",
        "allowPrivilegeEscalation appArmorProfile:AppArmor_profile capabilities:capabilities privileged procMount \
         readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxOptions:SELinux_options \
         seccompProfile:seccomp_profile windowsOptions:Windows_options",
    ),
    ("sysctl", "name value"),
    (
        "pod security context",
        "appArmorProfile:AppArmor_profile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser \
         seLinuxChangePolicy seLinuxOptions:SELinux_options seccompProfile:seccomp_profile supplementalGroups:[] \
         supplementalGroupsPolicy sysctls:[sysctl] windowsOptions:Windows_options",
    ),
    ("key reference", "key name optional"),
    ("field reference", "apiVersion fieldPath"),
    ("resource reference", "containerName divisor resource"),
    ("file reference", "key optional path volumeName"),
    (
        "value source",
        "configMapKeyRef:key_reference fieldRef:field_reference fileKeyRef:file_reference \
         resourceFieldRef:resource_reference secretKeyRef:key_reference",
    ),
    ("environment variable", "name value valueFrom:value_source"),
    ("source reference", "name optional"),
    (
        "environment source",
        "configMapRef:source_reference prefix secretRef:source_reference",
    ),
    ("exec action", "command:[]"),
    ("HTTP header", "name value"),
    (
        "HTTP action",
        "host httpHeaders:[HTTP_header] path port protocol scheme",
    ),
    ("sleep action", "seconds"),
    ("TCP action", "host port"),
    ("gRPC action", "mode port service"),
    (
        "lifecycle handler",
        "exec:exec_action httpGet:HTTP_action sleep:sleep_action tcpSocket:TCP_action",
    ),
    (
        "lifecycle",
        "postStart:lifecycle_handler preStop:lifecycle_handler stopSignal",
    ),
    (
        "probe",
        "exec:exec_action failureThreshold grpc:gRPC_action httpGet:HTTP_action initialDelaySeconds periodSeconds \
         successThreshold tcpSocket:TCP_action terminationGracePeriodSeconds timeoutSeconds",
    ),
    (
        "container port",
        "containerPort hostIP hostPort name protocol",
    ),
    ("resources", "claims:[] limits requests"),
    ("volume device", "devicePath name"),
    (
        "volume mount",
        "bindMountOptions:[] mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr",
    ),
    (
        "container",
        "args:[] command:[] env:[environment_variable] envFrom:[environment_source] image imagePullPolicy \
         lifecycle:lifecycle livenessProbe:probe name ports:[container_port] readinessProbe:probe resizePolicy:[] \
         resources:resources restartPolicy restartPolicyRules:[] securityContext:security_context startupProbe:probe \
         stdin stdinOnce targetContainerName terminationMessagePath terminationMessagePolicy tty \
         volumeDevices:[volume_device] volumeMounts:[volume_mount] workingDir",
    ),
    ("host path", "path type"),
    (
        "volume",
        "awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc \
         flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath:host_path image iscsi name nfs \
         persistentVolumeClaim photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret storageos \
         vsphereVolume",
    ),
    ("host alias", "hostnames:[] ip"),
    ("object reference", "name"),
    ("pod operating system", "name"),
    ("toleration", "effect key operator tolerationSeconds value"),
    (
        "pod spec",
        "activeDeadlineSeconds affinity automountServiceAccountToken containers:[container] dnsConfig dnsPolicy \
         enableServiceLinks ephemeralContainers:[container] evictionResponders:[] hostAliases:[host_alias] hostIPC \
         hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets:[object_reference] \
         initContainers:[container] nodeName nodeSelector os:pod_operating_system overhead preemptionPolicy priority \
         priorityClassName readinessGates:[] resourceClaims:[] resources:resources restartPolicy runtimeClassName \
         schedulerName schedulingGates:[] schedulingGroup securityContext:pod_security_context serviceAccount \
         serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds \
         tolerations:[toleration] topologySpreadConstraints:[] volumes:[volume] workloadRef",
    ),
    (
        "pod metadata",
        "annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers:[] generateName \
         generation labels managedFields:[] name namespace ownerReferences:[] resourceVersion selfLink uid",
    ),
];

static TYPES: LazyLock<BTreeMap<&str, Type>> = LazyLock::new(|| {
    let mut types = BTreeMap::new();
    for (name, fields) in OBJECTS {
        let fields = fields.split_whitespace().map(|field| {
            let (field, holds) = field.split_once(':').unwrap_or((field, ""));
            (field.to_owned(), holding(&types, holds))
        });
        let schema = Schema {
            name: (*name).to_owned(),
            fields: fields.collect(),
            open: false,
        };
        types.insert(*name, Type::object(schema));
    }
    types
});

/// The type of an object of the table; none if there is no such object.
pub(crate) fn object(name: &str) -> Type {
    TYPES.get(name).cloned().unwrap_or(Type::Dyn)
}

/// What stands after a field's colon.
fn holding(types: &BTreeMap<&str, Type>, text: &str) -> Type {
    let element = text
        .strip_prefix('[')
        .and_then(|list| list.strip_suffix(']'));
    if let Some(element) = element {
        return Type::list(holding(types, element));
    }
    let name = text.replace('_', " ");
    types.get(name.as_str()).cloned().unwrap_or(Type::Dyn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_that_a_field_names_stands_before_it() {
        let mut known: Vec<&str> = Vec::new();
        for (name, fields) in OBJECTS {
            for field in fields.split_whitespace() {
                let holds = field.split_once(':').map_or("", |(_, holds)| holds);
                let holds = holds.trim_matches(['[', ']']).replace('_', " ");
                assert!(
                    holds.is_empty() || known.contains(&holds.as_str()),
                    "{name}: {field}"
                );
            }
            known.push(name);
        }
    }

    #[test]
    fn the_objects_expressions_begin_with_are_there() {
        for name in ["pod spec", "pod metadata", "container"] {
            assert!(matches!(object(name), Type::Object(_)), "{name}");
        }
    }
}
