//! What a kubelet is set to, made of its command line and its files as it makes it: flags beat drop-ins, drop-ins beat the
//! file, and what nobody set is as the kubelet has it. Only the settings that policies read, each only in the form that it
//! has: nothing else of a node or of user data is kept.
//!
//! Source: `cmd/kubelet/app/server.go`, `cmd/kubelet/app/options/options.go` and
//! `pkg/kubelet/apis/config/v1beta1/defaults.go` of Kubernetes, the same from 1.30 to 1.36.

mod flags;
mod form;
mod settings;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use self::flags::Flags;
pub(crate) use self::settings::{Settings, stands_at};
pub(crate) use self::table::{CLIENT_CA, SETTINGS};
