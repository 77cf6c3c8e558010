//! Launch templates: an object for each version that was read, called `ID:VERSION`.

use serde_json::Value;

use super::lists::Lists;
use super::look::{self, Known};

pub(super) const TEMPLATE: &str = "AWS::EC2::LaunchTemplate";

/// The template that something names, by id or name, in the version that it names: a number, the latest or the default one,
/// which nobody needs to name. None if it is there no more: instances outlive the template that made them.
pub(super) fn named<'a>(specification: &Value, lists: &Lists<'a>) -> Known<Option<&'a Value>> {
    let id = look::first(
        specification,
        &["LaunchTemplateId", "Id", "LaunchTemplateName", "Name"],
    )?;
    let Some(id) = id.and_then(Value::as_str) else {
        return Ok(None);
    };
    let version = look::text(specification, "Version")?.unwrap_or("$Default");
    if let [template, ..] = lists.named(TEMPLATE, &format!("{id}:{version}")) {
        return Ok(Some(template));
    }
    let versions = lists.named(TEMPLATE, id).iter().copied();
    let number = |template: &Value| -> Known<u64> {
        let number = look::text(template, "Live.Version")?;
        Ok(number.and_then(|number| number.parse().ok()).unwrap_or(0))
    };
    let mut found: Option<(u64, &Value)> = None;
    for template in versions {
        let own = number(template)?;
        let fits = match version {
            "$Latest" => found.is_none_or(|(known, _)| known < own),
            "$Default" => look::at(template, "Properties.DefaultVersionNumber")?.is_some(),
            other => other.parse() == Ok(own),
        };
        if fits {
            found = Some((own, template));
        }
    }
    if found.is_none() {
        lists.all(TEMPLATE)?;
    }
    Ok(found.map(|(_, template)| template))
}

/// Where an object names launch templates: a node group, a group of instances, an instance.
pub(super) fn specifications(object: &Value) -> Known<Vec<&Value>> {
    let mut found = Vec::new();
    found.extend(look::at(object, "Properties.LaunchTemplate")?);
    if let Some(mixed) = look::at(object, "Properties.MixedInstancesPolicy.LaunchTemplate")? {
        found.extend(look::at(mixed, "LaunchTemplateSpecification")?);
        for other in look::items(mixed, "Overrides")? {
            found.extend(look::at(other, "LaunchTemplateSpecification")?);
        }
    }
    Ok(found)
}
