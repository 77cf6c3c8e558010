//! What people wrote into a cluster over the weeks: the files, and what a test did on top.

use crate::data;
use crate::error::WorldError;
use crate::overlay::{self, Change, Moment, Objects};

/// One act of writing.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// An object, and who wrote it if it was not the cluster's usual writer.
    Put(serde_json::Value, Option<&'static str>),
    Change(Change),
}

/// All that was written to a cluster, in order.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The files: the base is week 0.
    files: Vec<(Moment, Step)>,
    /// What tests did on top.
    extra: Vec<(Moment, Step)>,
}

impl History {
    /// Reads the files of a cluster, all weeks at once, so that a broken one shows at the start.
    pub(crate) fn read(folder: &str, include: &[String]) -> Result<Self, WorldError> {
        let mut history = Self::default();
        for set in include {
            history.read_folder(&format!("shared/{set}"), 0)?;
        }
        history.read_folder(&format!("{folder}/base"), 0)?;
        for week in data::weeks(folder) {
            history.read_folder(&format!("{folder}/week-{week}"), week)?;
        }
        history.objects(u32::MAX, 0)?;
        Ok(history)
    }

    fn read_folder(&mut self, folder: &str, week: u32) -> Result<(), WorldError> {
        let at = Moment { week, edition: 0 };
        for path in data::files(folder) {
            let text = data::text(&path)?;
            if path.ends_with("/changes.yaml") {
                let changes = overlay::changes(&path, &text)?.into_iter();
                self.files
                    .extend(changes.map(|change| (at, Step::Change(change))));
            } else {
                let by = folder.starts_with("shared/").then_some("eks");
                let documents = data::documents(&path, &text)?.into_iter();
                self.files
                    .extend(documents.map(|value| (at, Step::Put(value, by))));
            }
        }
        Ok(())
    }

    /// How often tests have written.
    pub(crate) fn edition(&self) -> u32 {
        u32::try_from(self.extra.len()).unwrap_or(u32::MAX)
    }

    /// Writes on top of the files. If one step fails, none is taken.
    pub(crate) fn extend(
        &mut self,
        steps: impl Iterator<Item = Step>,
        week: u32,
    ) -> Result<(), WorldError> {
        let before = self.extra.len();
        for step in steps {
            let edition = self.edition().saturating_add(1);
            self.extra.push((Moment { week, edition }, step));
        }
        let checked = self.objects(week, before).map(|_| ());
        if checked.is_err() {
            self.extra.truncate(before);
        }
        checked
    }

    /// The state of a week: what there is, and when somebody last wrote. An older step of a test
    /// may have lost its object to a later week; it is passed over, as nobody would repeat it.
    pub(crate) fn at(&self, week: u32) -> Result<(Objects, Moment), WorldError> {
        self.objects(week, usize::MAX)
    }

    /// As [`History::at`], but steps of tests from `strict` on must fit.
    fn objects(&self, week: u32, strict: usize) -> Result<(Objects, Moment), WorldError> {
        let mut objects = Objects::new();
        let mut last = Moment::default();
        let files = self.files.iter().filter(|(at, _)| at.week <= week);
        let files = files.map(|step| (true, step));
        let extra = self.extra.iter().enumerate();
        let extra = extra.map(|(index, step)| (index >= strict, step));
        for (must_fit, (at, step)) in files.chain(extra) {
            let result = match step {
                Step::Put(value, by) => overlay::put(&mut objects, value.clone(), *at, *by),
                Step::Change(change) => overlay::apply(&mut objects, change, *at),
            };
            match result {
                Err(reason) if must_fit => {
                    return Err(WorldError::data(&format!("week {}", at.week), reason));
                }
                Err(reason) => tracing::debug!(reason, "example world: a step no longer fits"),
                Ok(()) => {}
            }
            last.week = last.week.max(at.week);
            last.edition = last.edition.max(at.edition);
        }
        Ok((objects, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_lost_its_object_does_not_take_the_cluster_along() {
        let include = ["defaults".to_owned(), "access".to_owned()];
        let mut history = History::read("acme/prod-eu-1", &include).unwrap();
        let text = "[{ object: DaemonSet ops/agent, why: test, set: { /metadata/labels/x: y } }]";
        let changes = || overlay::changes("test", text).unwrap().into_iter();
        assert!(history.extend(changes().map(Step::Change), 0).is_err());
        assert_eq!(history.edition(), 0);
        history.extend(changes().map(Step::Change), 1).unwrap();
        let count = |week| history.at(week).unwrap().0.len();
        assert!(
            count(4) > 50,
            "in week 4 the agent is gone, all else is there"
        );
        assert_eq!(
            history.at(1).unwrap().1,
            Moment {
                week: 1,
                edition: 1
            }
        );
    }
}
