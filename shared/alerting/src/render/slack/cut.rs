//! Cuts texts without leaving half of anything.

/// `text` with at most `max` characters, line feeds kept; what was cut is marked by `…`.
pub(super) fn plain(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Like [`plain`] for mrkdwn: neither an entity (`&amp;`) nor a date or link in angle brackets is cut in two.
pub(super) fn mrkdwn(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
    if let Some(open) = cut.rfind('<')
        && !cut[open..].contains('>')
    {
        cut.truncate(open);
    }
    if let Some(open) = cut.rfind('&')
        && !cut[open..].contains(';')
    {
        cut.truncate(open);
    }
    cut.push('…');
    cut
}

/// `text` without AWS account ids, which do not belong into a channel: twelve digits in a row become `…`. What a message
/// is about is named in short: `AWS 4711…0815` ([`plimsoll_model::Cluster::shown_name`]).
pub(super) fn discreet(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[start..]
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len() - start);
        kept.push_str(&rest[..start]);
        let number = &rest[start..start + digits];
        kept.push_str(if digits == 12 { "…" } else { number });
        rest = &rest[start + digits..];
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_are_left_out() {
        assert_eq!(
            discreet("arn:aws:iam::471100000815:role/R 1.34 1795227000"),
            "arn:aws:iam::…:role/R 1.34 1795227000"
        );
        assert_eq!(discreet("1234567890123"), "1234567890123");
        let region = "AWS 4711…0815, eu-central-1 cannot be read";
        assert_eq!(discreet(region), region);
        assert_eq!(discreet(""), "");
    }

    #[test]
    fn nothing_is_cut_in_two() {
        assert_eq!(plain("äöü", 3), "äöü");
        assert_eq!(plain("äöüx", 3), "äö…");
        assert_eq!(mrkdwn("a &amp; b", 5), "a …");
        assert_eq!(mrkdwn("a <!date^1^{time}|x> b", 10), "a …");
        assert_eq!(mrkdwn("<x|y> and more", 9), "<x|y> an…");
    }
}
