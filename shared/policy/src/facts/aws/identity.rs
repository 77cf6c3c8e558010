//! As which IAM roles pods may act: by a role that their ServiceAccount names (IRSA), or by an association (EKS Pod Identity).

use plimsoll_cel::{Bump, Node};

use super::super::table::Texts;
use super::super::{Joins, name, namespace, service_accounts};
use super::roles::{self, Found};
use super::trust::{self, Answer, Caller};
use super::{Border, account_of, part_in, part_of, property, said, unread};

/// The role and the audience that a ServiceAccount names (amazon-eks-pod-identity-webhook, README).
const ROLE_ARN: &str = "eks.amazonaws.com/role-arn";
const AUDIENCE: &str = "eks.amazonaws.com/audience";
const STS: &str = "sts.amazonaws.com";

/// Who asks STS on behalf of pods (Amazon EKS user guide, "EKS Pod Identity role").
const PODS: &str = "pods.eks.amazonaws.com";

/// Keeps of an account that names a role namespace, name, role, audience.
pub(super) fn gather_account(border: &mut Border, object: &Node<'_>) {
    let note = |key| said(object, &["metadata", "annotations", key]);
    let role = note(ROLE_ARN);
    if role.is_empty() {
        return;
    }
    let audience = match note(AUDIENCE) {
        "" => STS,
        audience => audience,
    };
    border
        .accounts
        .push(|out| out.texts([namespace(object), name(object), role, audience]));
}

/// Keeps namespace and name of the account, then as parts role, target, whether there are session tags.
pub(super) fn gather_association(border: &mut Border, object: &Node<'_>) {
    let part = |key| part_of(object, &["Properties", key]);
    border.associations.push(|out| {
        out.texts([
            property(object, "Namespace"),
            property(object, "ServiceAccount"),
        ]);
        out.text(&part("RoleArn"));
        out.text(&part("TargetRoleArn"));
        out.text(&part("DisableSessionTags"));
    });
}

/// Keeps ARN, name, and as a part the issuer of tokens.
pub(super) fn gather_cluster(border: &mut Border, object: &Node<'_>) {
    border.clusters.push(|out| {
        out.texts([said(object, &["metadata", "arn"]), name(object)]);
        out.text(&part_of(object, &["Properties", "OpenIdConnectIssuerUrl"]));
    });
}

/// A list of `{via, roleArn, name, exists, admitted, grants}`; the name, by which findings are told apart, is the ARN. `via` is `irsa` or `podIdentity`; `exists` is unknown of roles of other
/// accounts; `admitted` says whether the role's trust policy lets this very account in; `grants` is what the role may do.
pub(in super::super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let account = match kind {
        "ServiceAccount" => name(object),
        _ => {
            let spec = crate::kinds::pod_spec_keys(kind).and_then(|keys| object.at(keys));
            service_accounts::used(&spec.unwrap_or(Node::Null))
        }
    };
    let caller = Account {
        joins,
        arena,
        namespace: namespace(object),
        name: account,
    };
    let border = &joins.border;
    if let Some(texts) = border
        .associations
        .all()
        .find(|texts| (*texts).take(2).any(str::is_empty))
    {
        let lost = texts
            .skip(2)
            .find_map(|part| part_in(arena, part).unknown());
        let unread = || "inputUnread eks:DescribePodIdentityAssociation";
        return Node::Unknown(lost.unwrap_or_else(unread));
    }
    let key = [caller.namespace, caller.name];
    let by_note = border.accounts.beginning_with(key).last();
    let mut routes: Vec<Node<'a>> = by_note
        .map(|texts| caller.by_note(texts))
        .into_iter()
        .collect();
    for texts in border.associations.beginning_with(key) {
        routes.extend(caller.by_association(texts));
    }
    Node::list_in(arena, routes)
}

/// `{name, exists}` of the account that an association is for.
pub(in super::super) fn associated<'a>(
    joins: &Joins,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let part = |key| super::look(object, &["Properties", key]);
    let (namespace, name) = (part("Namespace"), part("ServiceAccount"));
    let exists = match [namespace, name] {
        [lost @ Node::Unknown(_), _] | [_, lost @ Node::Unknown(_)] => lost,
        named => {
            let named = named.map(|part| part.as_str().unwrap_or(""));
            let mut found = joins.service_accounts.beginning_with(named);
            Node::Bool(found.next().is_some())
        }
    };
    Node::map_in(arena, vec![("exists", exists), ("name", name)])
}

/// The account that acts as a role.
struct Account<'f, 'a> {
    joins: &'f Joins,
    arena: &'a Bump,
    namespace: &'f str,
    name: &'f str,
}

impl<'a> Account<'_, 'a> {
    fn by_note(&self, mut texts: Texts<'_>) -> Node<'a> {
        let (role, audience) = (texts.text(), texts.text());
        self.route("irsa", role, &|trust| {
            let Some((cluster, _, issuer)) = self.cluster() else {
                return Err(format!("inputUnread {}", super::CLUSTER));
            };
            let issuer = match issuer {
                Node::Str(url) => url.trim_start_matches("https://"),
                Node::Unknown(reason) => return Err(reason.to_owned()),
                _ => return Err("inputUnread issuer of the cluster".to_owned()),
            };
            let partition = cluster.split(':').nth(1).unwrap_or("aws");
            let home = account_of(role);
            let provider = format!("arn:{partition}:iam::{home}:oidc-provider/{issuer}");
            let subject = format!("system:serviceaccount:{}:{}", self.namespace, self.name);
            let issuer = issuer.to_ascii_lowercase();
            let keys = [
                (format!("{issuer}:sub"), Some(subject.as_str())),
                (format!("{issuer}:aud"), Some(audience)),
            ];
            trust::admits(
                trust,
                &Caller {
                    principal: ("Federated", &provider),
                    action: "sts:assumerolewithwebidentity",
                    keys: &keys,
                },
            )
        })
    }

    fn by_association(&self, texts: Texts<'_>) -> Vec<Node<'a>> {
        let mut parts = texts.map(|part| part_in(self.arena, part));
        let mut next = || parts.next().unwrap_or(Node::Null);
        let (role, target, untagged) = (next(), next(), next());
        let tags = match untagged {
            Node::Bool(true) => None,
            Node::Unknown(reason) => Some(Err(reason)),
            _ => Some(Ok(())),
        };
        let own = match role {
            Node::Str(arn) => self.route("podIdentity", arn, &|trust| self.by_pods(trust, tags)),
            Node::Unknown(_) => self.unknown_route("podIdentity", role),
            _ => self.unknown_route("podIdentity", unread(self.arena, "role of the association")),
        };
        let chained = match target {
            Node::Str(arn) => Some(self.route("podIdentity", arn, &|_| {
                Err(format!("inputUnread trust of {arn} in the role before it"))
            })),
            Node::Unknown(_) => Some(self.unknown_route("podIdentity", target)),
            _ => None,
        };
        [Some(own), chained].into_iter().flatten().collect()
    }

    /// `tags` are those that EKS adds to the session, unless the association leaves them out.
    fn by_pods(&self, trust: &Node<'_>, tags: Option<Result<(), &str>>) -> Answer {
        let Some((cluster, cluster_name, _)) = self.cluster() else {
            return Err(format!("inputUnread {}", super::CLUSTER));
        };
        if let Some(Err(reason)) = tags {
            return Err(reason.to_owned());
        }
        let tag = |key: &str, value| (format!("aws:requesttag/{key}"), tags.and(Some(value)));
        let keys = [
            ("aws:sourceaccount".to_owned(), Some(account_of(cluster))),
            tag("eks-cluster-arn", cluster),
            tag("eks-cluster-name", cluster_name),
            tag("kubernetes-namespace", self.namespace),
            tag("kubernetes-service-account", self.name),
        ];
        let may = |action| {
            let principal = ("Service", PODS);
            trust::admits(
                trust,
                &Caller {
                    principal,
                    action,
                    keys: &keys,
                },
            )
        };
        let tagging = tags.map(|_| may("sts:tagsession"));
        trust::all([may("sts:assumerole")].into_iter().chain(tagging))
    }

    fn cluster(&self) -> Option<(&str, &str, Node<'a>)> {
        let mut texts = self.joins.border.clusters.all().next()?;
        let named = (texts.text(), texts.text());
        Some((named.0, named.1, part_in(self.arena, texts.text())))
    }

    fn route(
        &self,
        via: &'static str,
        arn: &str,
        admits: &dyn Fn(&Node<'_>) -> Answer,
    ) -> Node<'a> {
        let arena = self.arena;
        let (exists, admitted, grants) = match roles::find(self.joins, arn) {
            Found::Role(mut texts) => {
                let trust = part_in(arena, texts.text());
                let admitted = match admits(&trust) {
                    Ok(is) => Node::Bool(is),
                    Err(open) => opened(arena, &open),
                };
                (
                    Node::Bool(true),
                    admitted,
                    roles::grants_in(arena, texts.text()),
                )
            }
            Found::Nowhere => (Node::Bool(false), Node::Bool(false), Node::Null),
            Found::Unknown(what) => {
                let unknown = unread(arena, &what);
                (unknown, unknown, unknown)
            }
        };
        self.made(via, Node::text_in(arena, arn), exists, admitted, grants)
    }

    fn unknown_route(&self, via: &'static str, role: Node<'a>) -> Node<'a> {
        self.made(via, role, role, role, role)
    }

    fn made(
        &self,
        via: &'static str,
        role: Node<'a>,
        exists: Node<'a>,
        admitted: Node<'a>,
        grants: Node<'a>,
    ) -> Node<'a> {
        let fields = vec![
            ("admitted", admitted),
            ("exists", exists),
            ("grants", grants),
            ("name", role),
            ("roleArn", role),
            ("via", Node::Str(via)),
        ];
        Node::map_in(self.arena, fields)
    }
}

/// What is open, as a reason: either it is one, or it is what would have to be read.
fn opened<'a>(arena: &'a Bump, open: &str) -> Node<'a> {
    match open.starts_with("condition ") {
        true => unread(arena, &format!("{open} in the trust policy")),
        false => Node::Unknown(arena.alloc_str(open)),
    }
}
