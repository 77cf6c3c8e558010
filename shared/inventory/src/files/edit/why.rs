//! What must not be changed where it stands, and how that is said.

use super::super::marked::{Extent, Marked, Sharing};
use super::draft::{Draft, Part};
use super::shared::Uses;

/// Why something cannot be changed, and where.
#[derive(Debug, Clone)]
pub(super) struct Why {
    pub(super) message: String,
    pub(super) at: Extent,
}

/// That the part stands here and is not taken over through `<<`.
pub(super) fn own(part: &Part<'_>, uses: &Uses<'_>) -> Result<(), Why> {
    let Some(child) = part.was else {
        return Ok(());
    };
    if child.merged {
        return Err(Why {
            message: "it comes in through the merge key `<<`: change it where it stands".to_owned(),
            at: child.key.map_or(child.value.extent, |key| key.extent),
        });
    }
    if child.value.sharing == Sharing::Alias && matches!(part.now, Some(Draft::Kept(_))) {
        return Err(Why {
            message: "it comes from an alias: change it where its anchor stands".to_owned(),
            at: child.value.extent,
        });
    }
    if uses.elsewhere(&child.value) {
        return Err(shared(&child.value));
    }
    Ok(())
}

/// That nothing else uses what is in the part.
pub(super) fn removable(part: &Part<'_>, uses: &Uses<'_>) -> Result<(), Why> {
    match part.was.and_then(|child| uses.inside(&child.value)) {
        Some(used) => Err(shared(&used)),
        None => Ok(()),
    }
}

pub(super) fn shared(value: &Marked<'_>) -> Why {
    Why {
        message: "other places use it through its anchor".to_owned(),
        at: value.extent,
    }
}

/// The extent of the value at `path`, or of its nearest parent.
pub(super) fn nearest(object: &Marked<'_>, path: &[String]) -> Extent {
    let mut at = *object;
    let mut extent = at.extent;
    for segment in path {
        let child = at
            .entry(segment)
            .or_else(|| at.element(segment.parse().ok()?));
        let Some(child) = child else { break };
        at = child.value;
        extent = child.key.map_or(at.extent, |key| key.extent);
    }
    extent
}
