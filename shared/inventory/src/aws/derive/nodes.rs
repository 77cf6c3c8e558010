//! What is derived of instances and launch templates.

use jiff::Timestamp;
use serde_json::Value;

use super::lists::Lists;
use super::look::{self, Known, unread};
use super::{moments, templates, user_data};

/// Where user data is kept until it was looked at.
pub(super) const USER_DATA: &str = "Properties.UserData";
pub(super) const OF_TEMPLATE: &str = "Properties.LaunchTemplateData.UserData";
const FOUND: &str = "Derived.UserDataSecrets";

/// The names of secrets in the user data of a launch template.
pub(super) fn template_secrets(template: &Value) -> Known<Option<Value>> {
    match look::text(template, OF_TEMPLATE)? {
        Some(data) => Ok(Some(user_data::secrets(data)?.into())),
        // It was looked at before, or there is none.
        None => Ok(Some(found(template)?)),
    }
}

/// Those of an instance: its own, else those of the launch template that made it.
pub(super) fn instance_secrets(instance: &Value, lists: &Lists<'_>) -> Known<Option<Value>> {
    if let Some(data) = look::text(instance, USER_DATA)? {
        return Ok(Some(user_data::secrets(data)?.into()));
    }
    match look::at(instance, "Properties.LaunchTemplate")? {
        Some(of) => match templates::named(of, lists)? {
            Some(template) => template_secrets(template),
            None => Err(unread("user data of a launch template that is gone")),
        },
        None => Ok(Some(found(instance)?)),
    }
}

fn found(object: &Value) -> Known<Value> {
    let found = look::at(object, FOUND)?;
    Ok(found.cloned().unwrap_or_else(|| Value::Array(Vec::new())))
}

/// User data out of an object. What was not read stays: it is no text.
pub(super) fn without_user_data(object: &mut Value) {
    for path in ["/Properties", "/Properties/LaunchTemplateData"] {
        if let Some(members) = object.pointer_mut(path).and_then(Value::as_object_mut)
            && members.get("UserData").is_some_and(Value::is_string)
        {
            members.remove("UserData");
        }
    }
}

/// Whether the image of an instance is one that its maker has deprecated.
pub(super) fn image_deprecated(
    instance: &Value,
    lists: &Lists<'_>,
    read_at: Timestamp,
) -> Known<Option<Value>> {
    let Some(id) = look::text(instance, "Properties.ImageId")? else {
        return Ok(None);
    };
    let image = lists.the("AwsImage", id)?;
    let since = look::text(image, "Live.DeprecationTime")?;
    let since = since.map(moments::moment).transpose()?;
    Ok(Some(since.is_some_and(|since| since <= read_at).into()))
}
