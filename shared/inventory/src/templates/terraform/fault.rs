//! What keeps a plan from being read, or from telling all.

use plimsoll_cel::Node;

use crate::files::marked::Marked;
use crate::files::problem::{Fault, ProblemCode, on_line};

/// What is wrong with a plan, if it is one: a format that nobody has described yet, or less in it than there is to be.
pub(crate) fn fault(root: &Marked<'_>) -> Option<Fault> {
    if !super::is_plan(&root.node) {
        return None;
    }
    let about = |key: &str, code, label: String, help: &str| {
        let child = root.entry(key)?;
        let start = child
            .key
            .map_or(child.value.extent.start, |key| key.extent.start);
        let length = u32::try_from(key.len()).unwrap_or(0) + 2;
        let mut fault = Fault::new(code, label, on_line(start.line, start.column, length));
        fault.help = Some(help.to_owned());
        Some(fault)
    };
    let text = root.node.get("format_version")?;
    let version = text.as_str()?;
    if !matches!(version.split('.').next(), Some("0" | "1")) {
        let label = format!("Terraform's JSON format {version} is not known, only 0.x and 1.x");
        let help = "make the JSON with a Terraform whose `terraform show -json` prints format 1.x";
        return about("format_version", ProblemCode::PlanFormat, label, help);
    }
    let is = |key: &str, value: bool| root.node.get(key) == Some(Node::Bool(value));
    if is("errored", true) {
        let label = "planning ended with an error, so that resources may be missing".to_owned();
        let help = "mend what `terraform plan` says, and plan again";
        return about("errored", ProblemCode::PlanIncomplete, label, help);
    }
    if is("complete", false) {
        let label = "the plan leaves resources out: it was made with -target, or some are deferred"
            .to_owned();
        let help = "plan without -target, so that all resources are judged";
        return about("complete", ProblemCode::PlanIncomplete, label, help);
    }
    None
}
