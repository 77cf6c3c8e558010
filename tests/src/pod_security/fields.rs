//! The fields that the Pod Security Standards read in any version, with values on both sides of the line, and beside them
//! some that they do not read. Values are JSON. `standard.rs` says which are which.
//!
//! Source: the documentation page "Pod Security Standards" of Kubernetes and the API reference of Pod.

/// A field and its values.
pub(super) type Field = (&'static str, &'static [&'static str]);

const YES_NO: &[&str] = &["true", "false", "null"];
const PROFILES: &[&str] = &[
    r#"{"type":"Unconfined"}"#,
    r#"{"type":"RuntimeDefault"}"#,
    r#"{"type":"Localhost","localhostProfile":"own.json"}"#,
    "null",
];
const SELINUX_TYPES: &[&str] = &[
    r#""spc_t""#,
    r#""container_t""#,
    r#""container_init_t""#,
    r#""container_kvm_t""#,
    r#""container_engine_t""#,
    r#""container_logreader_t""#,
    r#""""#,
];
const SELINUX_NAMES: &[&str] = &[r#""system_u""#, r#""""#];
const USERS: &[&str] = &["0", "1", "1000", "null"];

/// Fields of the pod. A `~` in a name stands for a dot.
pub(super) const POD: &[Field] = &[
    ("spec.hostNetwork", YES_NO),
    ("spec.hostPID", YES_NO),
    ("spec.hostIPC", YES_NO),
    ("spec.hostUsers", &["false", "true", "null"]),
    ("spec.os", &[r#"{"name":"windows"}"#, r#"{"name":"linux"}"#]),
    ("spec.securityContext", &["null", "{}"]),
    (
        "spec.securityContext.runAsNonRoot",
        &["false", "true", "null"],
    ),
    ("spec.securityContext.runAsUser", USERS),
    ("spec.securityContext.seccompProfile", PROFILES),
    ("spec.securityContext.appArmorProfile", PROFILES),
    ("spec.securityContext.seLinuxOptions.type", SELINUX_TYPES),
    ("spec.securityContext.seLinuxOptions.user", SELINUX_NAMES),
    ("spec.securityContext.seLinuxOptions.role", SELINUX_NAMES),
    (
        "spec.securityContext.seLinuxOptions.level",
        &[r#""s0:c1,c2""#],
    ),
    ("spec.securityContext.windowsOptions.hostProcess", YES_NO),
    (
        "spec.securityContext.windowsOptions.runAsUserName",
        &[r#""ContainerUser""#],
    ),
    (
        "spec.securityContext.sysctls",
        &[
            r#"[{"name":"kernel.msgmax","value":"65536"}]"#,
            r#"[{"name":"kernel.shm_rmid_forced","value":"1"}]"#,
            r#"[{"name":"net.ipv4.ip_local_port_range","value":"1024 65535"}]"#,
            r#"[{"name":"net.ipv4.ip_unprivileged_port_start","value":"80"}]"#,
            r#"[{"name":"net.ipv4.tcp_syncookies","value":"1"},{"name":"net.ipv4.ping_group_range","value":"0 1"}]"#,
            r#"[{"name":"net.ipv4.ip_local_reserved_ports","value":"8080"}]"#,
            r#"[{"name":"net.ipv4.tcp_keepalive_time","value":"60"},{"name":"net.ipv4.tcp_fin_timeout","value":"60"}]"#,
            r#"[{"name":"net.ipv4.tcp_keepalive_intvl","value":"60"},{"name":"net.ipv4.tcp_keepalive_probes","value":"9"}]"#,
            r#"[{"name":"net.ipv4.tcp_rmem","value":"4096 1 2"},{"name":"net.ipv4.tcp_wmem","value":"4096 1 2"}]"#,
            r#"[{"name":"net.ipv4.tcp_notsent_lowat","value":"16384"}]"#,
            r#"[{"name":"net.ipv4.tcp_slow_start_after_idle","value":"0"}]"#,
            r#"[{"name":"net.core.somaxconn","value":"1024"}]"#,
            r#"[{"name":"net/ipv4/tcp_syncookies","value":"1"}]"#,
            r#"[{"name":"net.ipv4.tcp_rmem","value":"4096 1 2"},{"name":"net.ipv4.ip_forward","value":"1"}]"#,
            "[]",
        ],
    ),
    (
        "metadata.annotations.seccomp~security~alpha~kubernetes~io/pod",
        &[
            r#""unconfined""#,
            r#""runtime/default""#,
            r#""docker/default""#,
            r#""localhost/own""#,
        ],
    ),
    (
        "metadata.annotations.container~seccomp~security~alpha~kubernetes~io/nobody",
        &[r#""unconfined""#],
    ),
    ("spec.shareProcessNamespace", &["true"]),
    ("spec.automountServiceAccountToken", &["true"]),
];

/// One more volume of each kind.
pub(super) const VOLUMES: &[Field] = &[
    ("hostPath", &[r#"{"hostPath":{"path":"/var/log"}}"#]),
    (
        "gcePersistentDisk",
        &[r#"{"gcePersistentDisk":{"pdName":"disk"}}"#],
    ),
    (
        "awsElasticBlockStore",
        &[r#"{"awsElasticBlockStore":{"volumeID":"vol-1"}}"#],
    ),
    (
        "gitRepo",
        &[r#"{"gitRepo":{"repository":"https://git.example.com/a"}}"#],
    ),
    (
        "nfs",
        &[r#"{"nfs":{"server":"nfs.example.com","path":"/share"}}"#],
    ),
    (
        "iscsi",
        &[
            r#"{"iscsi":{"targetPortal":"192.0.2.1:3260","iqn":"iqn.2001-04.com.example:a","lun":0}}"#,
        ],
    ),
    (
        "glusterfs",
        &[r#"{"glusterfs":{"endpoints":"gluster","path":"a"}}"#],
    ),
    (
        "rbd",
        &[r#"{"rbd":{"monitors":["192.0.2.1:6789"],"image":"a"}}"#],
    ),
    (
        "flexVolume",
        &[r#"{"flexVolume":{"driver":"example.com/driver"}}"#],
    ),
    ("cinder", &[r#"{"cinder":{"volumeID":"a"}}"#]),
    ("cephfs", &[r#"{"cephfs":{"monitors":["192.0.2.1:6789"]}}"#]),
    ("flocker", &[r#"{"flocker":{"datasetName":"a"}}"#]),
    (
        "fc",
        &[r#"{"fc":{"targetWWNs":["500a0982991b8dc5"],"lun":2}}"#],
    ),
    (
        "azureFile",
        &[r#"{"azureFile":{"secretName":"a","shareName":"b"}}"#],
    ),
    (
        "azureDisk",
        &[r#"{"azureDisk":{"diskName":"a","diskURI":"https://blob.example.com/a.vhd"}}"#],
    ),
    (
        "vsphereVolume",
        &[r#"{"vsphereVolume":{"volumePath":"[store] a"}}"#],
    ),
    (
        "quobyte",
        &[r#"{"quobyte":{"registry":"192.0.2.1:7861","volume":"a"}}"#],
    ),
    (
        "portworxVolume",
        &[r#"{"portworxVolume":{"volumeID":"a"}}"#],
    ),
    (
        "photonPersistentDisk",
        &[r#"{"photonPersistentDisk":{"pdID":"a"}}"#],
    ),
    (
        "scaleIO",
        &[
            r#"{"scaleIO":{"gateway":"https://192.0.2.1/api","system":"a","volumeName":"b","secretRef":{"name":"c"}}}"#,
        ],
    ),
    ("storageos", &[r#"{"storageos":{"volumeName":"a"}}"#]),
    ("configMap", &[r#"{"configMap":{"name":"a"}}"#]),
    ("csi", &[r#"{"csi":{"driver":"csi.example.com"}}"#]),
    (
        "downwardAPI",
        &[r#"{"downwardAPI":{"items":[{"path":"a","fieldRef":{"fieldPath":"metadata.name"}}]}}"#],
    ),
    ("emptyDir", &[r#"{"emptyDir":{"medium":"Memory"}}"#]),
    (
        "ephemeral",
        &[
            r#"{"ephemeral":{"volumeClaimTemplate":{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}}}"#,
        ],
    ),
    (
        "image",
        &[r#"{"image":{"reference":"registry.example.com/data:1"}}"#],
    ),
    (
        "persistentVolumeClaim",
        &[r#"{"persistentVolumeClaim":{"claimName":"a"}}"#],
    ),
    (
        "projected",
        &[r#"{"projected":{"sources":[{"secret":{"name":"a"}}]}}"#],
    ),
    ("secret", &[r#"{"secret":{"secretName":"a"}}"#]),
    ("(no source)", &["{}"]), // an emptyDir, by default
];

/// Fields of every kind of container.
pub(super) const CONTAINER: &[Field] = &[
    ("securityContext", &["null", "{}"]),
    ("securityContext.privileged", YES_NO),
    ("securityContext.allowPrivilegeEscalation", YES_NO),
    (
        "securityContext.capabilities.add",
        &[
            r#"["SYS_ADMIN"]"#,
            r#"["NET_BIND_SERVICE"]"#,
            r#"["CHOWN"]"#,
            r#"["AUDIT_WRITE","DAC_OVERRIDE","FOWNER","FSETID","KILL"]"#,
            r#"["MKNOD","SETFCAP","SETGID","SETPCAP","SETUID","SYS_CHROOT"]"#,
            r#"["NET_RAW"]"#,
            r#"["ALL"]"#,
            r#"["NET_BIND_SERVICE","CAP_NET_BIND_SERVICE"]"#,
            r#"["chown"]"#,
            "[]",
            "null",
        ],
    ),
    (
        "securityContext.capabilities.drop",
        &[
            r#"["NET_RAW"]"#,
            r#"["NET_RAW","ALL"]"#,
            r#"["all"]"#,
            "[]",
            "null",
        ],
    ),
    ("securityContext.capabilities", &["null", "{}"]),
    (
        "securityContext.procMount",
        &[r#""Unmasked""#, r#""Default""#, "null"],
    ),
    ("securityContext.runAsNonRoot", &["false", "true", "null"]),
    ("securityContext.runAsUser", USERS),
    ("securityContext.seccompProfile", PROFILES),
    ("securityContext.appArmorProfile", PROFILES),
    ("securityContext.seLinuxOptions.type", SELINUX_TYPES),
    ("securityContext.seLinuxOptions.user", SELINUX_NAMES),
    ("securityContext.seLinuxOptions.role", SELINUX_NAMES),
    ("securityContext.windowsOptions.hostProcess", YES_NO),
    ("securityContext.readOnlyRootFilesystem", &["false"]),
    ("securityContext.runAsGroup", &["0"]),
];

/// Fields of the containers that may have ports, probes and lifecycle hooks. The part in brackets names
/// the field below the object that is set.
pub(super) const ON_PROBES: &[Field] = &[
    ("ports.0.hostPort", &["containerPort", "0", "null"]),
    ("livenessProbe(httpGet.host)", HTTP),
    ("readinessProbe(httpGet.host)", HTTP),
    ("startupProbe(httpGet.host)", HTTP),
    ("livenessProbe(tcpSocket.host)", TCP),
    ("readinessProbe(tcpSocket.host)", TCP),
    ("startupProbe(tcpSocket.host)", TCP),
    ("lifecycle.postStart(httpGet.host)", HTTP),
    ("lifecycle.preStop(httpGet.host)", HTTP),
    ("lifecycle.postStart(tcpSocket.host)", TCP),
    ("lifecycle.preStop(tcpSocket.host)", TCP),
    ("livenessProbe(exec)", &[r#"{"exec":{"command":["true"]}}"#]),
    ("lifecycle.preStop(sleep)", &[r#"{"sleep":{"seconds":1}}"#]),
];

const HTTP: &[&str] = &[
    r#"{"httpGet":{"port":80,"host":"192.0.2.1"}}"#,
    r#"{"httpGet":{"port":80,"host":"127.0.0.1"}}"#,
    r#"{"httpGet":{"port":80,"host":""}}"#,
    r#"{"httpGet":{"port":80}}"#,
];
const TCP: &[&str] = &[
    r#"{"tcpSocket":{"port":80,"host":"db.example.com"}}"#,
    r#"{"tcpSocket":{"port":80}}"#,
];
