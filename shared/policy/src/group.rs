//! The policies of a kind, put together by what they go through: an object's elements are then found, and conditions that
//! several policies share decided, once for all of them.

use plimsoll_cel::{Program, Slot};

use crate::catalogue::Policy;
use crate::compile::Compiled;
use crate::facts::Fact;

/// What runs on one kind.
#[derive(Debug, Default)]
pub(crate) struct KindPlan<'c> {
    /// Without joins.
    pub(crate) first: Pass<'c>,
    /// With joins.
    pub(crate) second: Pass<'c>,
    /// On pods that a built-in owner made, where they differ from its template.
    pub(crate) owned: Pass<'c>,
}

/// What runs on one kind in one pass.
#[derive(Debug, Default)]
pub(crate) struct Pass<'c> {
    pub(crate) groups: Vec<Group<'c>>,
    /// The conditions of all policies; one that several have stands here once.
    pub(crate) conditions: Vec<&'c Program>,
    /// The facts that some policy reads.
    pub(crate) facts: Vec<Fact>,
}

/// Policies with the same `each`.
#[derive(Debug)]
pub(crate) struct Group<'c> {
    pub(crate) members: Vec<Member<'c>>,
}

/// One policy in a group.
#[derive(Debug)]
pub(crate) struct Member<'c> {
    pub(crate) policy: &'c Policy,
    /// Its index in the catalogue.
    pub(crate) index: usize,
    /// Its conditions, by their place in [`Pass::conditions`], but for those that hold whatever the object is.
    pub(crate) when: Vec<usize>,
}

impl<'c> Pass<'c> {
    /// Adds the policy at an index of the catalogue; `standard` is how many slots all policies have in common, `holds`
    /// tells whether a condition holds in the whole scan.
    pub(crate) fn add(
        &mut self,
        index: usize,
        policy: &'c Policy,
        standard: usize,
        holds: impl Fn(&Program) -> bool,
    ) {
        let when = policy.compiled.when.iter();
        let when = when.filter(|condition| !holds(condition));
        let member = Member {
            policy,
            index,
            when: when
                .map(|condition| self.condition(condition, standard))
                .collect(),
        };
        let same = |group: &&mut Group<'c>| {
            let first = group.members.first();
            first.is_some_and(|first| same_elements(first.policy, policy))
        };
        match self.groups.iter_mut().find(same) {
            Some(group) => group.members.push(member),
            None => self.groups.push(Group {
                members: vec![member],
            }),
        }
        for fact in &policy.compiled.facts {
            if !self.facts.contains(fact) {
                self.facts.push(*fact);
            }
        }
    }

    /// The place of a condition. It may be shared if it reads only what is the same for all policies.
    fn condition(&mut self, condition: &'c Program, standard: usize) -> usize {
        let mut reads = condition.slots_read().into_iter();
        let shared = reads.all(|slot| slot.index() < standard);
        let same = |known: &&Program| shared && known.source() == condition.source();
        self.conditions.iter().position(same).unwrap_or_else(|| {
            self.conditions.push(condition);
            self.conditions.len() - 1
        })
    }
}

/// Whether two policies go through the same elements. Those with parameters keep to themselves: what they go through may
/// depend on them. So do those that count lists, because the counts are known or not by what a policy needs.
fn same_elements(a: &Policy, b: &Policy) -> bool {
    let (a, b) = (&a.compiled, &b.compiled);
    let same =
        |((a, x), (b, y)): (&(Slot, Program), &(Slot, Program))| a == b && x.source() == y.source();
    let alone = |one: &Compiled| !one.params.is_empty() || one.facts.contains(&Fact::Counts);
    !alone(a) && !alone(b) && a.each.len() == b.each.len() && a.each.iter().zip(&b.each).all(same)
}
