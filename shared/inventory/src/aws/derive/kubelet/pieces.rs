//! User data as its parts: one, or those of a multipart document, as cloud-init and nodeadm take it apart.

use super::super::user_data;
use crate::aws::derive::look::{Known, malformed, unread};

/// What a part of user data is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// For nodeadm.
    NodeConfig,
    /// For a shell.
    Script,
    /// For cloud-init.
    CloudConfig,
    /// Something else, which may do anything.
    Other,
}

/// A part of user data that says something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// The parts of user data as EC2 gives it that are not blank.
///
/// # Errors
/// It does not unpack, or is not of the form that it says it has.
pub(super) fn pieces(user_data: &str) -> Known<Vec<Piece>> {
    let text = user_data::text(user_data)?;
    let all = match multipart(&text) {
        Some((boundary, body)) => split(body, boundary)
            .into_iter()
            .map(piece)
            .collect::<Known<Vec<_>>>()?,
        None => vec![Piece {
            kind: sniffed(&text),
            text,
        }],
    };
    let says = |piece: &Piece| !piece.text.trim().is_empty();
    Ok(all.into_iter().filter(says).collect())
}

/// That cloud-init does nothing by a part: there are only comments in it.
///
/// # Errors
/// It may do something.
pub(super) fn must_be_idle(cloud_config: &str) -> Known<()> {
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    match cloud_config.lines().any(says) {
        true => Err(unread("what cloud-config in the user data does")),
        false => Ok(()),
    }
}

/// Headers, and what follows the empty line after them or, as EKS writes some of its parts, their last line; none where
/// there are no headers.
fn headed(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let (mut headers, mut rest) = (Vec::<(String, String)>::new(), text);
    while let Some((line, more)) = rest.split_once('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return Some((headers, more));
        }
        match (line.strip_prefix([' ', '\t']), named(line)) {
            (Some(continued), _) => headers.last_mut()?.1.push_str(continued),
            (None, Some(header)) => headers.push(header),
            (None, None) if headers.is_empty() => return None,
            (None, None) => break,
        }
        rest = more;
    }
    Some((headers, rest))
}

fn named(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| (name.to_ascii_lowercase(), value.trim().to_owned()))
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// The boundary of a multipart document, and what follows its headers; none where it is none.
fn multipart(text: &str) -> Option<(String, &str)> {
    let (headers, body) = headed(text.trim_start_matches(['\n', '\r']))?;
    let (media, parameters) = header(&headers, "content-type")?.split_once(';')?;
    media
        .trim()
        .to_ascii_lowercase()
        .starts_with("multipart/")
        .then_some(())?;
    let boundary = parameters.split(';').find_map(|one| {
        let (name, value) = one.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"').to_owned())
    })?;
    (!boundary.is_empty()).then_some((boundary, body))
}

/// What lies between the lines of a boundary.
fn split(body: &str, boundary: String) -> Vec<String> {
    let (open, close) = (format!("--{boundary}"), format!("--{boundary}--"));
    let (mut parts, mut within) = (Vec::<String>::new(), false);
    for line in body.split_inclusive('\n') {
        match line.trim_end() {
            end if end == close => break,
            end if end == open => {
                within = true;
                parts.push(String::new());
            }
            _ if within => parts
                .last_mut()
                .into_iter()
                .for_each(|part| part.push_str(line)),
            _ => {}
        }
    }
    parts
}

fn piece(part: String) -> Known<Piece> {
    // A part without headers begins with an empty line.
    let Some((headers, body)) = headed(&part) else {
        return Ok(Piece {
            kind: sniffed(&part),
            text: part,
        });
    };
    let lower = |name: &str| header(&headers, name).map(str::to_ascii_lowercase);
    let text = match lower("content-transfer-encoding").as_deref() {
        None | Some("7bit" | "8bit" | "binary") => user_data::text_of_part(body)?,
        Some("base64") => user_data::text(body)?,
        Some(_) => return Err(malformed("user data in an encoding that is not known")),
    };
    let media = lower("content-type").unwrap_or_default();
    let kind = match media.split(';').next().unwrap_or_default().trim() {
        "application/node.eks.aws" => Kind::NodeConfig,
        "text/x-shellscript" => Kind::Script,
        "text/cloud-config" => Kind::CloudConfig,
        "" | "text/plain" => sniffed(&text),
        _ => Kind::Other,
    };
    Ok(Piece { kind, text })
}

/// What cloud-init takes a part without a type for.
fn sniffed(text: &str) -> Kind {
    match text {
        _ if text.starts_with("#!") => Kind::Script,
        _ if text.starts_with("#cloud-config") => Kind::CloudConfig,
        _ => Kind::Other,
    }
}
