//! What an expression may cost at most, told when it is loaded from how large the input may be.
//!
//! A loop in a loop over the same list multiplies; a loop over parts of the outer loop's element does not, because
//! those parts are no more than the whole input has. Both are common, and their difference is what the estimate is for.

use crate::error::CompileError;
use crate::program::Program;
use crate::source::Source;
use shape::{Parts, Shape};
use steps::Estimator;

mod calls;
mod loops;
mod shape;
mod steps;

/// How large the input may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The elements of lists and entries of maps, nested ones included, that a variable holds.
    pub items: u64,
    /// The longest text, in bytes.
    pub text: u64,
    /// Variables that hold more or fewer elements than [`Sizes::items`].
    pub variables: Vec<(String, u64)>,
}

impl Sizes {
    /// What a JSON object of so many bytes may hold: an element takes two bytes at least, and a text may be all of it.
    #[must_use]
    pub fn of_json(bytes: u64) -> Sizes {
        Sizes {
            items: bytes / 2 + 1,
            text: bytes,
            variables: Vec::new(),
        }
    }

    /// A variable that is read so many times.
    fn whole(&self, name: &str, times: u64) -> Shape {
        let own = self.variables.iter().find(|(variable, _)| variable == name);
        let items = own.map_or(self.items, |(_, items)| *items);
        Shape {
            items,
            nodes: items,
            text: self.text,
            made: false,
            parts: Some(Parts {
                visits: times,
                of: items,
            }),
        }
    }
}

impl Default for Sizes {
    /// What the objects of a cluster stay below: 10,000 elements, and texts of 4 KiB. An API server would go by the
    /// three megabytes that a request may have, which no loop within a loop survives.
    fn default() -> Sizes {
        Sizes {
            items: 10_000,
            text: 4096,
            variables: Vec::new(),
        }
    }
}

/// What programs that belong together may cost at most, for one evaluation of all of them: each may read what those before
/// it gave.
///
/// ```
/// # use plimsoll_cel::{Env, Estimate, Sizes, Type};
/// let mut env = Env::new();
/// env.declare("object", Type::Dyn);
/// let items = env.compile("object.items")?;
/// env.declare("item", Type::Dyn);
/// let rule = env.compile("item.parts.all(part, part.name != '')")?;
/// let mut estimate = Estimate::new(Sizes::default(), 1_000_000);
/// estimate.each("item", &items)?;
/// // A loop in a loop, but over parts: each is looked at once.
/// estimate.add(&rule)?;
/// # Ok::<(), plimsoll_cel::CompileError>(())
/// ```
#[derive(Debug)]
pub struct Estimate {
    sizes: Sizes,
    limit: u64,
    total: u64,
    /// How often what comes next is evaluated.
    times: u64,
    /// How often the loops around what is looked at go round at most, the outermost first.
    loops: Vec<u64>,
    /// What programs gave, each with the number of loops around it.
    variables: Vec<(String, Shape, usize)>,
}

impl Estimate {
    /// Nothing yet. `limit` is what all programs together may cost.
    #[must_use]
    pub fn new(sizes: Sizes, limit: u64) -> Estimate {
        Estimate {
            sizes,
            limit,
            total: 0,
            times: 1,
            loops: Vec::new(),
            variables: Vec::new(),
        }
    }

    /// The most that all programs so far charge a [`crate::Budget`].
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Adds a program.
    ///
    /// # Errors
    /// The estimate is above the limit: with the place of the program's innermost part that alone is, or of all of it.
    pub fn add(&mut self, program: &Program) -> Result<(), CompileError> {
        self.run(program).map(drop)
    }

    /// Adds a program whose value a variable has: it is evaluated once, however often the variable is read.
    ///
    /// # Errors
    /// As [`Estimate::add`].
    pub fn variable(&mut self, name: &str, program: &Program) -> Result<(), CompileError> {
        let shape = self.run(program)?;
        self.variables
            .push((name.to_owned(), shape, self.loops.len()));
        Ok(())
    }

    /// Adds a program for whose elements, one at a time as this variable, all that comes after is evaluated.
    ///
    /// # Errors
    /// As [`Estimate::add`].
    pub fn each(&mut self, name: &str, program: &Program) -> Result<(), CompileError> {
        let shape = self.run(program)?;
        self.times = shape.elements(self.times);
        self.loops.push(shape.items);
        let place = self.loops.len();
        self.variables
            .push((name.to_owned(), shape.element(), place));
        Ok(())
    }

    fn run(&mut self, program: &Program) -> Result<Shape, CompileError> {
        let (limit, times) = (self.limit, self.times);
        let mut estimator = Estimator::new(program, self);
        let shape = estimator.expr(&program.root, times);
        // The result is gone through once more.
        estimator.add((shape.all_nodes(times) / 4).saturating_add(times));
        let costly = estimator.costly;
        if self.total <= limit {
            return Ok(shape);
        }
        let (at, cost) = costly.unwrap_or((0, self.total));
        let source = Source(program.source());
        let (from, length) = source.name_at(at as usize);
        let message = if cost == u64::MAX {
            "this may run far too long".to_owned()
        } else {
            format!("this may take {cost} steps, and {limit} are allowed")
        };
        let mut error = source.error(from, length, message);
        error.help = Some("a loop within a loop over the same list takes their product".to_owned());
        Err(error)
    }

    fn variable_of(&self, name: &str) -> Option<(Shape, usize)> {
        let found = self.variables.iter().rev().find(|(own, ..)| own == name);
        found.map(|(_, shape, around)| (*shape, *around))
    }

    /// How often the loops go round that began after the first so many: what was there before them is the same one in
    /// each round.
    fn rounds_since(&self, around: usize) -> u64 {
        let since = self.loops.get(around..).unwrap_or_default();
        let times = |all: u64, rounds: &u64| all.saturating_mul(*rounds);
        since.iter().fold(1, times)
    }
}

impl Program {
    /// The most that an evaluation charges a [`crate::Budget`] for input of these sizes. What variables that are
    /// programs themselves cost comes on top of it, once for each: [`Estimate`] adds it.
    #[must_use]
    pub fn estimated_cost(&self, sizes: &Sizes) -> u64 {
        let mut estimate = Estimate::new(sizes.clone(), u64::MAX);
        // Nothing is above that limit.
        let _ = estimate.run(self);
        estimate.total
    }

    /// As [`Program::estimated_cost`].
    ///
    /// # Errors
    /// The estimate is above `limit`: with the place of the innermost part that alone is.
    pub fn check_cost(&self, sizes: &Sizes, limit: u64) -> Result<u64, CompileError> {
        let mut estimate = Estimate::new(sizes.clone(), limit);
        estimate.run(self)?;
        Ok(estimate.total)
    }
}
