//! The policies of a kind, put together by what they go through: an object's elements are then found, and conditions that
//! several policies share decided, once for all of them.

use plimsoll_cel::{Program, Slot};

use crate::catalogue::{Catalogue, Policy};
use crate::facts::Fact;

/// What runs on one kind.
#[derive(Debug, Default)]
pub(crate) struct KindPlan {
    /// Without joins.
    pub(crate) first: Pass,
    /// With joins.
    pub(crate) second: Pass,
}

/// What runs on one kind in one pass.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    pub(crate) groups: Vec<Group>,
    /// Every condition once, as the policy (its index in the catalogue) that has it and its place in the policy's `when`.
    pub(crate) conditions: Vec<(usize, usize)>,
    /// The facts that some policy reads.
    pub(crate) facts: Vec<Fact>,
}

/// Policies with the same `each`.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) members: Vec<Member>,
}

/// One policy in a group.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its index in the catalogue.
    pub(crate) policy: usize,
    /// Its conditions, by their place in [`Pass::conditions`].
    pub(crate) when: Vec<usize>,
}

impl Pass {
    /// Adds a policy by its index; `standard` is how many slots all policies have in common.
    pub(crate) fn add(&mut self, catalogue: &Catalogue, index: usize, standard: usize) {
        let policy = &catalogue.policies[index];
        let when = policy.compiled.when.iter().enumerate();
        let when = when
            .map(|(place, condition)| {
                self.condition(catalogue, (index, place), condition, standard)
            })
            .collect();
        let member = Member {
            policy: index,
            when,
        };
        let of = |group: &Group| &catalogue.policies[group.members[0].policy];
        match self
            .groups
            .iter_mut()
            .find(|g| same_elements(of(g), policy))
        {
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

    fn condition(
        &mut self,
        catalogue: &Catalogue,
        at: (usize, usize),
        condition: &Program,
        standard: usize,
    ) -> usize {
        let of =
            |(policy, place): &(usize, usize)| &catalogue.policies[*policy].compiled.when[*place];
        let shared = condition
            .slots_read()
            .iter()
            .all(|slot| slot.index() < standard);
        let known = self.conditions.iter();
        let known = known
            .enumerate()
            .find(|(_, known)| shared && of(known).source() == condition.source());
        match known {
            Some((place, _)) => place,
            None => {
                self.conditions.push(at);
                self.conditions.len() - 1
            }
        }
    }
}

/// Whether two policies go through the same elements. Those with parameters keep to themselves: what they go through may
/// depend on them.
fn same_elements(a: &Policy, b: &Policy) -> bool {
    let (a, b) = (&a.compiled, &b.compiled);
    let same =
        |((a, x), (b, y)): (&(Slot, Program), &(Slot, Program))| a == b && x.source() == y.source();
    a.params.is_empty()
        && b.params.is_empty()
        && a.each.len() == b.each.len()
        && a.each.iter().zip(&b.each).all(same)
}
