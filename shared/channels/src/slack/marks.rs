//! The emoji of our messages as small drawings.

/// One of Slack's names for an emoji, what a screen reader says, and its drawing on a field of 20 by 20.
pub(super) struct Mark {
    pub(super) name: &'static str,
    says: &'static str,
    shapes: &'static str,
}

impl Mark {
    /// The drawing as inline SVG.
    pub(super) fn drawn(&self) -> String {
        format!(
            "<svg class=\"mark\" viewBox=\"0 0 20 20\" role=\"img\" aria-label=\"{}\">{}</svg>",
            self.says, self.shapes
        )
    }
}

const fn mark(name: &'static str, says: &'static str, shapes: &'static str) -> Mark {
    Mark { name, says, shapes }
}

/// All marks that our templates use.
pub(super) const MARKS: [Mark; 9] = [
    mark(
        ":octagonal_sign:",
        "critical",
        "<path fill=\"#d8342c\" d=\"M6 1h8l5 5v8l-5 5H6l-5-5V6z\"/><path fill=\"#fff\" d=\"M5 9h10v2.5H5z\"/>",
    ),
    mark(
        ":warning:",
        "warning",
        "<path fill=\"#f0a30a\" d=\"M10 1l9.5 18H.5z\"/><path fill=\"#3b2a00\" d=\"M9 7h2v6H9zM9 14.5h2v2H9z\"/>",
    ),
    mark(
        ":large_orange_diamond:",
        "medium",
        "<path fill=\"#e8871e\" d=\"M10 1l9 9-9 9-9-9z\"/>",
    ),
    mark(
        ":small_blue_diamond:",
        "low",
        "<path fill=\"#3f8ed0\" d=\"M10 5l5 5-5 5-5-5z\"/>",
    ),
    mark(
        ":information_source:",
        "info",
        "<circle cx=\"10\" cy=\"10\" r=\"8\" fill=\"none\" stroke=\"#7a8089\" stroke-width=\"2.5\"/>",
    ),
    mark(
        ":eyes:",
        "acknowledged",
        "<g fill=\"#fff\" stroke=\"#5b6169\" stroke-width=\"1.5\"><ellipse cx=\"5.5\" cy=\"10\" rx=\"4\" ry=\"6.5\"/>\
         <ellipse cx=\"14.5\" cy=\"10\" rx=\"4\" ry=\"6.5\"/></g>\
         <g fill=\"#2b2f33\"><circle cx=\"7\" cy=\"11\" r=\"2\"/><circle cx=\"16\" cy=\"11\" r=\"2\"/></g>",
    ),
    mark(
        ":arrow_double_up:",
        "escalated",
        "<rect x=\"1\" y=\"1\" width=\"18\" height=\"18\" rx=\"3\" fill=\"#3f8ed0\"/>\
         <path fill=\"none\" stroke=\"#fff\" stroke-width=\"2.5\" d=\"M5 10l5-5 5 5M5 15.5l5-5 5 5\"/>",
    ),
    mark(
        ":white_check_mark:",
        "resolved",
        "<rect x=\"1\" y=\"1\" width=\"18\" height=\"18\" rx=\"3\" fill=\"#2f9e5b\"/>\
         <path fill=\"none\" stroke=\"#fff\" stroke-width=\"2.5\" d=\"M5 10.5l3.5 3.5L15 6.5\"/>",
    ),
    mark(
        ":zzz:",
        "snoozed",
        "<path fill=\"none\" stroke=\"#3f8ed0\" stroke-width=\"2\" d=\"M2 10h6l-6 8h6M11 3h6l-6 8h6\"/>",
    ),
];
