//! The policies of a kind on one object: conditions, elements, verdicts.

use std::cell::RefCell;

use plimsoll_cel::{Budget, EvalError, Node, Program, Scope, Slot};
use plimsoll_model::{Reason, ReasonCode, Verdict, kind};

use crate::catalogue::Policy;
use crate::evidence::Element;
use crate::facts::Fact;
use crate::group::{Group, Member, Pass};
use crate::lists::Lists;
use crate::parameter;
use crate::path::Step;
use crate::plan::{COST_LIMIT, Plan};
use crate::results::{Results, Verdicts, bit};
use crate::view::View;

/// Everything that judging one object needs.
pub(crate) struct Case<'r, 'p, 'a> {
    pub(crate) plan: &'p Plan<'p>,
    pub(crate) view: &'r View<'a>,
    pub(crate) scope: &'r Scope<'p, 'a>,
    /// How lists went, to explain unknown facts.
    pub(crate) lists: &'r Lists,
    /// How many objects there are of each list.
    pub(crate) counts: Node<'a>,
    /// Which policies of the pass are asked; none for all.
    pub(crate) only: Option<&'r dyn Fn(&Member<'p>) -> bool>,
    /// Why nobody can tell anything of the object.
    pub(crate) untold: Option<&'r Reason>,
    /// By verdict, whether it is written out.
    pub(crate) wants: [bool; Verdict::ALL.len()],
    /// The part of the object that evidence was about last, and the way to it.
    pub(crate) last_part: RefCell<Option<(Node<'a>, Vec<Step<'a>>)>>,
}

/// A policy in force on the object, and what came of it.
#[derive(Debug)]
pub(crate) struct Active<'p> {
    member: &'p Member<'p>,
    /// What it may spend on the object. What policies share is metered by itself, so that no verdict depends on which
    /// other policies run.
    budget: Budget,
    given: Verdicts,
}

impl<'p> Active<'p> {
    fn new(member: &'p Member<'p>) -> Self {
        Self {
            member,
            budget: Budget::new(COST_LIMIT),
            given: 0,
        }
    }
}

/// The pass's conditions that are decided for the object.
pub(crate) type Decided = [Option<Result<bool, Reason>>];

/// The way through the elements of a group.
struct Walk<'w, 'p, 'a> {
    each: &'p [(Slot, Program)],
    budget: Budget,
    chosen: &'w mut Vec<Element<'a>>,
    /// Whether there was anything to judge.
    any: bool,
}

impl<'p: 'a, 'a> Case<'_, 'p, 'a> {
    /// Judges by the policies of one group. `room` and `chosen` are empty before and after.
    pub(crate) fn run(
        &self,
        pass: &Pass<'p>,
        group: &'p Group<'p>,
        decided: &mut Decided,
        room: &mut Vec<Active<'p>>,
        chosen: &mut Vec<Element<'a>>,
        out: &mut Results<'_>,
    ) {
        for member in &group.members {
            if self.only.is_some_and(|only| !only(member)) {
                continue;
            }
            let compiled = &member.policy.compiled;
            for (slot, value) in &compiled.params {
                self.scope
                    .set_node(*slot, parameter::node(value, self.scope.arena()));
            }
            self.set_counts(member.policy);
            if !member.when.is_empty() {
                self.set_variables(member.policy);
            }
            match self.conditions(pass, member, decided) {
                Ok(true) => room.push(Active::new(member)),
                other => self.not_in_force(Active::new(member), other.err(), out),
            }
        }
        self.elements(room, chosen, out);
        for one in room.drain(..) {
            out.done(one.member.index, one.given);
        }
    }

    /// A policy whose conditions do not hold, or cannot be decided for a reason.
    #[inline(never)]
    fn not_in_force(&self, mut one: Active<'p>, reason: Option<Reason>, out: &mut Results<'_>) {
        match reason {
            None => self.give(&mut one, Verdict::NotApplicable, &[], out),
            Some(reason) => self.fall_short(&mut one, &[], reason, out),
        }
        out.done(one.member.index, one.given);
    }

    /// Whether a policy's conditions hold.
    fn conditions(
        &self,
        pass: &Pass<'p>,
        member: &Member<'p>,
        decided: &mut Decided,
    ) -> Result<bool, Reason> {
        if let Some(reason) = self.untold {
            return Err(reason.clone());
        }
        for place in &member.when {
            let condition = pass.conditions[*place];
            let holds = decided[*place]
                .get_or_insert_with(|| self.decide(condition, &Budget::new(COST_LIMIT)));
            match holds {
                Ok(true) => {}
                other => return other.clone(),
            }
        }
        Ok(true)
    }

    fn elements(
        &self,
        active: &mut [Active<'p>],
        chosen: &mut Vec<Element<'a>>,
        out: &mut Results<'_>,
    ) {
        let Some(first) = active.first() else {
            return;
        };
        let mut walk = Walk {
            each: &first.member.policy.compiled.each,
            budget: Budget::new(COST_LIMIT),
            chosen,
            any: false,
        };
        self.each(&mut walk, active, out);
        if !walk.any {
            for one in active {
                self.give(one, Verdict::NotApplicable, &[], out);
            }
        }
    }

    fn each(&self, walk: &mut Walk<'_, 'p, 'a>, active: &mut [Active<'p>], out: &mut Results<'_>) {
        let Some((slot, program)) = walk.each.get(walk.chosen.len()) else {
            walk.any = true;
            return self.verdicts(active, walk.chosen, out);
        };
        let list = match program.eval(self.scope, &walk.budget) {
            Ok(list) => list,
            Err(error) => {
                walk.any = true;
                for one in active {
                    self.fall_short(one, walk.chosen, self.reason(&error), out);
                }
                return;
            }
        };
        for (index, value) in list.items().enumerate() {
            self.scope.set(*slot, value);
            walk.chosen.push(Element {
                value,
                siblings: list,
                index,
            });
            self.each(walk, active, out);
            walk.chosen.pop();
        }
        self.scope.clear(*slot);
    }

    /// One verdict of each policy about the chosen element, or the whole object.
    fn verdicts(&self, active: &mut [Active<'p>], chosen: &[Element<'a>], out: &mut Results<'_>) {
        for one in active {
            self.set_variables(one.member.policy);
            let compiled = &one.member.policy.compiled;
            if let Some(reason) = self.unknowable(&compiled.unknown, &one.budget) {
                self.fall_short(one, chosen, reason, out);
                continue;
            }
            match compiled.expression.test(self.scope, &one.budget) {
                Ok(true) => self.give(one, Verdict::Pass, chosen, out),
                Ok(false) => self.give(one, Verdict::Fail, chosen, out),
                Err(error) => self.fall_short(one, chosen, self.reason(&error), out),
            }
        }
    }

    #[inline]
    fn give(
        &self,
        one: &mut Active<'p>,
        verdict: Verdict,
        chosen: &[Element<'a>],
        out: &mut Results<'_>,
    ) {
        if self.wants[verdict as usize] {
            return self.give_in_full(one, verdict, chosen, None, out);
        }
        out.count(one.member.index, verdict);
        one.given |= bit(verdict);
    }

    /// Gives *not evaluated*, which is always written out, for its reason.
    #[cold]
    fn fall_short(
        &self,
        one: &mut Active<'p>,
        chosen: &[Element<'a>],
        reason: Reason,
        out: &mut Results<'_>,
    ) {
        self.give_in_full(one, Verdict::NotEvaluated, chosen, Some(reason), out);
    }

    #[inline(never)]
    fn give_in_full(
        &self,
        one: &mut Active<'p>,
        verdict: Verdict,
        chosen: &[Element<'a>],
        reason: Option<Reason>,
        out: &mut Results<'_>,
    ) {
        let judgement = self.judgement(one.member.policy, verdict, chosen, reason, &one.budget);
        if out.judgement(one.member.index, judgement) {
            one.given |= bit(verdict);
        }
    }

    /// Why the policy cannot say anything about the element, if it cannot.
    #[inline]
    fn unknowable(&self, unknown: &[(Program, String)], budget: &Budget) -> Option<Reason> {
        unknown
            .iter()
            .find_map(|(program, reason)| match program.test(self.scope, budget) {
                Ok(false) => None,
                Ok(true) => Some(Reason::new(ReasonCode::RouteNotChosen, reason.clone())),
                Err(error) => Some(self.reason(&error)),
            })
    }

    /// The counts of lists are known to a policy when all lists that it needs are.
    fn set_counts(&self, policy: &'p Policy) {
        if !policy.compiled.facts.contains(&Fact::Counts) {
            return;
        }
        let slot = self.plan.slots.fact(Fact::Counts);
        let gap = |list: &&String| self.lists.gap_beside(list, None).is_some();
        match policy.needs.iter().find(gap) {
            Some(list) => self.scope.set_unknown(slot, list),
            None => self.scope.set_node(slot, self.counts),
        }
    }

    fn set_variables(&self, policy: &'p Policy) {
        for (slot, program) in &policy.compiled.variables {
            self.scope.set_lazy(*slot, program);
        }
    }

    fn decide(&self, program: &Program, budget: &Budget) -> Result<bool, Reason> {
        program
            .test(self.scope, budget)
            .map_err(|error| self.reason(&error))
    }

    #[cold]
    fn reason(&self, error: &EvalError) -> Reason {
        match error {
            EvalError::Unknown { reason } if kind::of_plural(reason).is_none() => {
                Reason::of_unknown(reason)
            }
            EvalError::Unknown { reason } => self
                .lists
                .gap_beside(reason, None)
                .unwrap_or_else(|| Reason::new(ReasonCode::InputUnread, format!("list {reason}"))),
            EvalError::CostLimit => Reason::new(
                ReasonCode::CostLimit,
                "the expression costs more than it may",
            ),
            EvalError::Failed { message, .. } => {
                Reason::new(ReasonCode::EvaluationError, message.clone())
            }
        }
    }
}
