//! Turns "tell these people this" into deliveries: who is reached where, what is posted, what is edited, what continues a
//! thread.

use plimsoll_model::{Delivery, DeliveryId, DeliveryState, Destination, Incident, Thread};

use super::draft::{delivery, destination_of, is_channel};
use super::{Scene, Topic};
use crate::chain::Chain;
use crate::context::{
    IncidentContext, Mention, NextWords, Saying, StepWords, When, incident_context,
};
use crate::decide::Reason;
use crate::document::Target;
use crate::step::{Position, notification_number, upcoming};

/// Findings by name in Slack: three, then a link.
const IN_SLACK: usize = 3;
/// Findings by name in a mail.
const IN_MAIL: usize = 40;
/// Findings with their evidence in the one reply that shows details.
const IN_DETAILS: usize = 15;

/// Collects the deliveries of one transition.
pub(super) struct Teller<'a> {
    pub(super) before: &'a Incident,
    pub(super) topic: &'a Topic<'a>,
    pub(super) scene: &'a Scene<'a>,
    pub(super) chain: Chain,
    pub(super) reason: Reason,
    pub(super) step: Option<StepWords>,
    pub(super) deliveries: Vec<Delivery>,
}

/// Whom a step reaches.
pub(super) struct Reached {
    pub(super) destinations: Vec<Destination>,
    pub(super) mentions: Vec<Mention>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        before: &'a Incident,
        topic: &'a Topic<'a>,
        scene: &'a Scene<'a>,
        reason: Reason,
    ) -> Self {
        Self {
            before,
            topic,
            scene,
            chain: Chain::kept_in(before),
            reason,
            step: None,
            deliveries: Vec::new(),
        }
    }

    /// Where `targets` are reached. A person with a Slack id is addressed in the threads of the incident's Slack
    /// channels, or directly where there is none; a person without one is sent mail.
    pub(super) fn reach(&self, incident: &Incident, targets: &[Target]) -> Reached {
        let zone = self.chain.zone();
        let channel = |destination: &Destination| is_channel(destination);
        let has_channel = incident.audience.iter().any(|t| channel(&t.destination))
            || targets.iter().any(
                |target| matches!(target, Target::Slack(to) if channel(&Destination::Slack(to.clone()))),
            );
        let mut reached = Reached {
            destinations: Vec::new(),
            mentions: Vec::new(),
        };
        for target in targets {
            let (person, duty) = match target {
                Target::Slack(to) => {
                    add(&mut reached.destinations, Destination::Slack(to.clone()));
                    continue;
                }
                Target::Email(to) => {
                    add(&mut reached.destinations, Destination::Email(to.clone()));
                    continue;
                }
                Target::Person(person) => (Some(person), None),
                Target::Schedule(schedule) => {
                    let person = schedule.on_duty(self.scene.now, &zone);
                    (person, Some(schedule.name.clone()))
                }
            };
            let Some(person) = person else { continue };
            add(
                &mut reached.mentions,
                Mention {
                    name: person.name.clone(),
                    slack: person.slack.clone(),
                    duty,
                },
            );
            match destination_of(person) {
                Some(Destination::Slack(_)) if has_channel => {}
                Some(destination) => add(&mut reached.destinations, destination),
                None => {}
            }
        }
        reached
    }

    /// Tells `targets` the next step of the chain, and shows it to everybody who has a Slack message already. Updates
    /// the audience and what people were told.
    pub(super) fn tell_step(&mut self, incident: &mut Incident, targets: &[Target]) {
        let reached = self.reach(incident, targets);
        let position = Position {
            step: incident.step,
            round: incident.round,
        };
        self.step = Some(StepWords {
            number: notification_number(&self.chain, position),
            chain: self.chain.name.clone(),
            mentions: reached.mentions.clone(),
        });
        let name = format!("r{}s{}", incident.round, incident.step);
        let had = incident.audience.clone();
        let addressed = reached
            .mentions
            .iter()
            .any(|mention| mention.slack.is_some());
        let message = match self.reason {
            Reason::Escalated => "incident-escalated",
            _ => "incident-reminded",
        };
        for thread in &had {
            match &thread.destination {
                Destination::Slack(_) => {
                    self.edit(incident, thread);
                    let wanted = reached.destinations.contains(&thread.destination);
                    if wanted || (addressed && is_channel(&thread.destination)) {
                        self.post(
                            incident,
                            &name,
                            message,
                            thread.destination.clone(),
                            Some(&thread.root),
                        );
                    }
                }
                Destination::Email(_) if reached.destinations.contains(&thread.destination) => {
                    self.post(
                        incident,
                        &name,
                        message,
                        thread.destination.clone(),
                        Some(&thread.root),
                    );
                }
                Destination::Email(_) => {}
            }
        }
        for destination in reached.destinations {
            if had.iter().any(|thread| thread.destination == destination) {
                continue;
            }
            self.begin_thread(incident, &name, destination);
        }
        incident.told.clone_from(&incident.open);
        incident.told_at = Some(self.scene.now);
    }

    /// The first message to `destination`, and in a channel the reply with the details.
    fn begin_thread(&mut self, incident: &mut Incident, step: &str, destination: Destination) {
        let slack = matches!(destination, Destination::Slack(_));
        let message = match (incident.policy.is_some(), self.reason) {
            (false, _) if incident.connection.is_some() => "connection-broken",
            (false, _) => "cluster-unreadable",
            (true, Reason::First) => "incident-opened",
            (true, _) if slack => "incident-opened",
            (true, Reason::Escalated) => "incident-escalated",
            (true, _) => "incident-reminded",
        };
        let root = self.post(incident, step, message, destination.clone(), None);
        if is_channel(&destination) && incident.policy.is_some() {
            self.post(
                incident,
                "details",
                "incident-details",
                destination.clone(),
                Some(&root),
            );
        }
        incident.audience.push(Thread { destination, root });
    }

    /// Shows the incident as it is now in the Slack message that `thread` began with. Tells nobody.
    pub(super) fn edit(&mut self, incident: &Incident, thread: &Thread) {
        let message = match incident.policy {
            Some(_) if self.reason == Reason::AllResolved => "incident-resolved",
            Some(_) => "incident-changed",
            None => match (&incident.connection, self.reason) {
                (Some(_), Reason::ReadableAgain) => "connection-works",
                (Some(_), _) => "connection-broken",
                (None, Reason::ReadableAgain) => "cluster-readable",
                (None, _) => "cluster-unreadable",
            },
        };
        let step = format!("e{}", incident.revision);
        let context = self.context(incident, IN_SLACK);
        let destination = thread.destination.clone();
        let mut delivery = delivery(
            incident,
            &step,
            destination,
            message,
            &context,
            self.scene.now,
        );
        delivery.content.edits = Some(thread.root.clone());
        self.deliveries.push(delivery);
    }

    /// Edits every Slack message of the incident.
    pub(super) fn edit_all(&mut self, incident: &Incident) {
        for thread in &incident.audience {
            if matches!(thread.destination, Destination::Slack(_)) {
                self.edit(incident, thread);
            }
        }
    }

    /// Sends `message` to everybody who gets mail about the incident.
    pub(super) fn mail_all(&mut self, incident: &Incident, step: &str, message: &str) {
        for thread in &incident.audience {
            if matches!(thread.destination, Destination::Email(_)) {
                self.post(
                    incident,
                    step,
                    message,
                    thread.destination.clone(),
                    Some(&thread.root),
                );
            }
        }
    }

    /// Sends `message` to everybody: replies in Slack, mail in its thread.
    pub(super) fn reply_all(&mut self, incident: &Incident, step: &str, message: &str) {
        for thread in &incident.audience {
            self.post(
                incident,
                step,
                message,
                thread.destination.clone(),
                Some(&thread.root),
            );
        }
    }

    fn post(
        &mut self,
        incident: &Incident,
        step: &str,
        message: &str,
        destination: Destination,
        thread: Option<&DeliveryId>,
    ) -> DeliveryId {
        let list = match (&destination, message) {
            (_, "incident-details") => IN_DETAILS,
            (Destination::Slack(_), _) => IN_SLACK,
            (Destination::Email(_), _) => IN_MAIL,
        };
        let context = self.context(incident, list);
        let mut delivery = delivery(
            incident,
            step,
            destination,
            message,
            &context,
            self.scene.now,
        );
        delivery.content.thread = thread.cloned();
        let id = delivery.id.clone();
        self.deliveries.push(delivery);
        id
    }

    /// Mail that is not urgent waits for the hours of work as the chain does.
    pub(super) fn hold_mail(&mut self) {
        let zone = self.chain.zone();
        let Some(hours) = &self.chain.quiet else {
            return;
        };
        if hours.hold(self.scene.now, &zone) {
            return;
        }
        let not_before = hours.next_start(self.scene.now, &zone);
        for delivery in &mut self.deliveries {
            if matches!(delivery.destination, Destination::Email(_)) {
                delivery.state = DeliveryState::Pending { not_before };
            }
        }
    }

    fn context(&self, incident: &Incident, list: usize) -> IncidentContext {
        let saying = Saying {
            reason: self.reason,
            before: self.before,
            step: self.step.clone(),
            next: self.next(incident),
            list,
        };
        incident_context(incident, self.topic, self.scene, saying)
    }

    /// What happens by itself, in words, while the incident is open.
    fn next(&self, incident: &Incident) -> Option<NextWords> {
        if incident.state != plimsoll_model::IncidentState::Open {
            return None;
        }
        let position = Position {
            step: incident.step,
            round: incident.round,
        };
        let (targets, again) = upcoming(&self.chain, position);
        let mut names: Vec<String> = Vec::new();
        for target in targets {
            add(
                &mut names,
                match target {
                    Target::Slack(to) | Target::Email(to) => to,
                    Target::Person(person) => person.name,
                    Target::Schedule(schedule) => schedule.name,
                },
            );
        }
        let last = names.pop()?;
        let who = if names.is_empty() {
            last
        } else {
            format!("{} and {last}", names.join(", "))
        };
        Some(NextWords {
            at: When::of(incident.chain_at?, &self.chain.zone()),
            who,
            again,
        })
    }
}

pub(super) fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
