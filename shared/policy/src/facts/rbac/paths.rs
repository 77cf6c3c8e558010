//! The shortest way from each account to full control: a search backwards from those that have it.

use std::collections::{HashMap, VecDeque};

use super::holders::Who;
use super::steps::{Space, Step, To, steps};
use super::world::World;

/// A node of the graph.
#[derive(Debug)]
struct Place {
    who: Who,
    /// None while no way is known.
    next: Option<Next>,
}

/// The step to take first, and where it leads, if not to full control at once.
type Next = (Step, Option<usize>);

/// Steps that lead to a place, from whom.
type Arrivals = Vec<(usize, Step)>;

/// The graph, turned round. Steps that lead to whoever is in a namespace are kept by namespace, so that the search costs as
/// much as there are accounts and steps, not as they are multiplied.
#[derive(Debug, Default)]
struct Graph {
    places: Vec<Place>,
    numbers: HashMap<Who, usize>,
    /// The accounts of a namespace, and of all.
    members: HashMap<Space, Vec<usize>>,
    to_holder: HashMap<usize, Arrivals>,
    to_names: HashMap<Space, Arrivals>,
    to_accounts: HashMap<Space, Arrivals>,
    to_running: HashMap<Space, Arrivals>,
    to_nodes: Arrivals,
    to_secrets: HashMap<(Space, Option<String>), Arrivals>,
}

/// The steps of everybody by whom paths may begin and who has a way, in an order that does not depend on how it was read.
pub(super) fn ways(world: &World<'_>) -> Vec<(Who, Vec<String>)> {
    let mut graph = Graph::default();
    let starts = world.accounts();
    for who in &starts {
        graph.number(who);
    }
    let mut reached = VecDeque::new();
    for (from, step) in graph.build(world) {
        graph.reach(from, &(step, None), &mut reached);
    }
    while let Some(number) = reached.pop_front() {
        for (from, step) in graph.arrivals(number, world) {
            graph.reach(from, &(step, Some(number)), &mut reached);
        }
    }
    let places = graph.places.iter().take(starts.len());
    let found = places.filter(|place| place.next.is_some());
    found
        .map(|place| (place.who.clone(), graph.sentences(place)))
        .collect()
}

impl Graph {
    fn number(&mut self, who: &Who) -> usize {
        if let Some(number) = self.numbers.get(who) {
            return *number;
        }
        let number = self.places.len();
        self.places.push(Place {
            who: who.clone(),
            next: None,
        });
        self.numbers.insert(who.clone(), number);
        if let Who::Account(namespace, _) | Who::AnyOf(namespace) = who {
            for space in [None, Some(namespace.clone())] {
                self.members.entry(space).or_default().push(number);
            }
        }
        number
    }

    /// Notes the way of a place that had none, and of everybody in it, if it is a group of accounts.
    fn reach(&mut self, number: usize, next: &Next, reached: &mut VecDeque<usize>) {
        let place = &mut self.places[number];
        if place.next.is_some() {
            return;
        }
        place.next = Some(next.clone());
        reached.push_back(number);
        for member in self.members_of(number) {
            self.reach(member, next, reached);
        }
    }

    /// Finds all steps, and with them others to take steps; gives those to full control.
    fn build(&mut self, world: &World<'_>) -> Arrivals {
        let mut first = Arrivals::new();
        let mut number = 0;
        while number < self.places.len() {
            let who = self.places[number].who.clone();
            let holder = world.holder(&who);
            if !holder.is_harmless() {
                for step in steps(&holder, world) {
                    match &step.to {
                        To::Control(_) => first.push((number, step)),
                        To::Holder(who) => {
                            let to = self.number(&who.clone());
                            self.to_holder.entry(to).or_default().push((number, step));
                        }
                        To::Names(space) => {
                            self.to_names
                                .entry(space.clone())
                                .or_default()
                                .push((number, step));
                        }
                        To::Accounts(space) => {
                            self.to_accounts
                                .entry(space.clone())
                                .or_default()
                                .push((number, step));
                        }
                        To::Running(space) => {
                            self.to_running
                                .entry(space.clone())
                                .or_default()
                                .push((number, step));
                        }
                        To::Nodes => self.to_nodes.push((number, step)),
                        To::Secrets(space, name) => {
                            let secrets = (space.clone(), name.clone());
                            self.to_secrets
                                .entry(secrets)
                                .or_default()
                                .push((number, step));
                        }
                    }
                }
            }
            number += 1;
        }
        first
    }

    /// Takes those who can do whatever the place can, because it is a group they are in.
    fn members_of(&mut self, number: usize) -> Vec<usize> {
        let space = match &self.places[number].who {
            Who::Any => None,
            Who::AnyOf(namespace) => Some(namespace.clone()),
            _ => return Vec::new(),
        };
        self.members.remove(&space).unwrap_or_default()
    }

    /// Takes the steps that lead to a place; what leads to a whole namespace leads to the first place found in it.
    fn arrivals(&mut self, number: usize, world: &World<'_>) -> Arrivals {
        let mut all = self.to_holder.remove(&number).unwrap_or_default();
        let (namespace, name) = match &self.places[number].who {
            Who::Account(namespace, name) => (Some(namespace.clone()), Some(name.clone())),
            Who::AnyOf(namespace) => (Some(namespace.clone()), None),
            Who::Any => (None, None),
            _ => return all,
        };
        // Whoever is reached only by the groups it is in stands for the default account, which is always there.
        let named = namespace.as_deref().zip(name.as_deref());
        let spaces = [None, namespace.clone()];
        let exists = world.has(&self.places[number].who);
        let runs =
            exists && !named.is_some_and(|(namespace, name)| world.is_controller(namespace, name));
        for space in &spaces {
            if exists {
                all.extend(self.to_accounts.remove(space).unwrap_or_default());
            }
            if runs {
                all.extend(self.to_running.remove(space).unwrap_or_default());
            }
            all.extend(self.to_names.remove(space).unwrap_or_default());
        }
        if runs {
            all.append(&mut self.to_nodes);
        }
        if let Some((namespace, name)) = named.filter(|_| exists) {
            let secrets = world.tokens(namespace, name);
            let any = (!secrets.is_empty()).then_some(None);
            for secret in secrets.into_iter().map(Some).chain(any) {
                for space in &spaces {
                    let steps = self.to_secrets.remove(&(space.clone(), secret.clone()));
                    all.extend(steps.unwrap_or_default());
                }
            }
        }
        all.sort_by_key(|(from, _)| *from);
        all
    }

    fn sentences(&self, from: &Place) -> Vec<String> {
        let mut sentences = Vec::new();
        let mut place = Some(from);
        while let Some((step, to)) = place.and_then(|place| place.next.as_ref()) {
            place = to.and_then(|to| self.places.get(to));
            sentences.push(step.sentence(place.map(|place| &place.who)));
        }
        sentences
    }
}
