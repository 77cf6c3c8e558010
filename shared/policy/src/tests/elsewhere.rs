//! Controls some of whose policies are about AWS resources that a scan of a cluster does not have.

use plimsoll_model::Verdict;
use plimsoll_model::aws::Home;

use super::built_in;
use crate::{AwsPart, Plan, PlanOptions, Session, outcome};

/// A control of NIST 800-53 after a scan that found nothing: its verdict, and what it asks for.
fn judged(id: &str, aws: AwsPart, git_version: &str) -> (Verdict, Option<String>) {
    let catalogue = built_in();
    let options = PlanOptions {
        frameworks: vec!["nist-800-53-r5".into()],
        git_version: Some(git_version.into()),
        aws,
        ..PlanOptions::default()
    };
    let plan = Plan::new(&catalogue, options);
    let session = Session::new(&plan);
    let frameworks = outcome::frameworks(&plan, &session.tally);
    let mut controls = frameworks[0].controls.iter();
    let control = controls.find(|one| one.control.id == id).unwrap();
    let need = control.reasons.first().map(|reason| reason.need.clone());
    (control.verdict, need)
}

const EKS: &str = "v1.34.2-eks-abc1234";

/// SC-12 has a policy on keys alone, SC-7 policies on Kubernetes objects beside those on AWS resources.
#[test]
fn what_is_no_eks_needs_no_account() {
    for id in ["SC-12", "SC-7"] {
        let (verdict, need) = judged(id, AwsPart::None, "v1.34.2");
        assert_eq!((verdict, need), (Verdict::NotApplicable, None), "{id}");
        let (verdict, need) = judged(id, AwsPart::None, EKS);
        assert_eq!(verdict, Verdict::NotEvaluated, "{id}");
        assert_eq!(need.unwrap(), "the cluster's AWS account");
    }
}

/// AU-6 is about the region, CM-3 about pods.
#[test]
fn what_an_account_has_as_a_whole_counts_with_the_account() {
    let none = (Verdict::NotApplicable, None);
    assert_eq!(judged("AU-6", AwsPart::Of(Home::Cluster), EKS), none);
    assert_eq!(judged("CM-3", AwsPart::Of(Home::Region), EKS), none);
    let (verdict, need) = judged("AU-6", AwsPart::None, EKS);
    assert_eq!(verdict, Verdict::NotEvaluated);
    assert_eq!(need.unwrap(), "the cluster's AWS account");
}

#[test]
fn a_framework_without_policies_on_accounts_has_no_say_in_one() {
    let catalogue = built_in();
    let options = PlanOptions {
        aws: AwsPart::Of(Home::Account),
        ..PlanOptions::default()
    };
    let plan = Plan::new(&catalogue, options);
    let frameworks = outcome::frameworks(&plan, &Session::new(&plan).tally);
    let ids = frameworks.iter().map(|one| one.score.id.as_str());
    assert_eq!(ids.collect::<Vec<_>>(), Vec::<&str>::new());
}
