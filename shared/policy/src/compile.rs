//! From `policy.yaml` to programs: names, types and paths are checked here, once.

use plimsoll_cel::{Env, Program, Slot, Type};
use serde::{Deserialize, Serialize};

use crate::error::{LoadError, nearest};
use crate::facts;
use crate::file::{ParamType, PolicyFile};
use crate::kinds::{WORKLOAD, group_of_plural, pod_spec_keys};
use crate::parameter::Parameter;
use crate::path::{self, Step};
use crate::schema;

/// The compiled part of a policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Compiled {
    pub(crate) env: Env,
    pub(crate) when: Vec<Program>,
    /// What makes the rule unknowable, with the reason.
    pub(crate) unknown: Vec<(Program, String)>,
    pub(crate) variables: Vec<(Slot, Program)>,
    pub(crate) each: Vec<(Slot, Program)>,
    pub(crate) expression: Program,
    pub(crate) message: Message,
    pub(crate) paths: Vec<PathSpec>,
    /// Parameters with their defaults.
    #[serde(with = "crate::stored::as_json")]
    pub(crate) params: Vec<(Slot, serde_json::Value)>,
    /// Facts it reads.
    pub(crate) facts: Vec<facts::Fact>,
    pub(crate) reads_namespace: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Message {
    Fixed(String),
    Program(Program),
}

/// Where a policy's finding points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PathSpec {
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step<'static>>,
}

/// What a path is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Root {
    Object,
    Element,
    PodSpec,
    PodMetadata,
}

/// The slots that every policy has, at the same index in every policy's environment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standard {
    pub(crate) object: Slot,
    pub(crate) namespace: Slot,
    pub(crate) pod_spec: Slot,
    pub(crate) pod_metadata: Slot,
    pub(crate) containers: Slot,
    pub(crate) cluster_version: Slot,
    pub(crate) git_version: Slot,
    pub(crate) facts: [Slot; facts::Fact::ALL.len()],
}

impl Standard {
    /// The slot of a fact.
    pub(crate) fn fact(&self, fact: facts::Fact) -> Slot {
        self.facts[fact as usize]
    }

    /// Whether a slot holds what is the same for all objects of a scan.
    pub(crate) fn is_of_cluster(&self, slot: Slot) -> bool {
        slot == self.cluster_version || slot == self.git_version
    }
}

/// The variables all policies share, of which nothing is known: for evaluation.
pub(crate) fn standard() -> (Env, Standard) {
    let mut env = Env::new();
    let slots = Standard {
        object: env.declare("object", Type::Dyn),
        namespace: env.declare("namespaceObject", Type::Dyn),
        pod_spec: env.declare("variables.podSpec", Type::Dyn),
        pod_metadata: env.declare("variables.podMetadata", Type::Dyn),
        containers: env.declare("variables.containers", Type::Dyn),
        cluster_version: env.declare("cluster.version", Type::String),
        git_version: env.declare("cluster.gitVersion", Type::String),
        facts: facts::Fact::ALL.map(|fact| env.declare(fact.variable(), Type::Dyn)),
    };
    (env, slots)
}

/// The same variables with the types that they have in a policy about these kinds.
fn typed(kinds: &[String]) -> (Env, Standard) {
    let (mut env, slots) = standard();
    for (name, ty) in [
        ("object", schema::of_kinds(kinds)),
        ("namespaceObject", schema::namespace()),
        ("variables.podSpec", schema::pod_spec()),
        ("variables.podMetadata", schema::metadata()),
        ("variables.containers", Type::list(schema::container())),
    ] {
        env.declare(name, ty);
    }
    (env, slots)
}

pub(crate) fn compile(
    name: &str,
    text: &str,
    file: &PolicyFile,
) -> Result<Compiled, Vec<LoadError>> {
    let mut errors = Vec::new();
    let (mut env, slots) = typed(&file.matches.kinds);
    let params = declare_params(name, file, &mut env, &mut errors);
    let mut program =
        |env: &Env, source: &serde_saphyr::Spanned<String>| match env.compile(&source.value) {
            Ok(program) => Some(program),
            Err(error) => {
                errors.push(LoadError::of_expression(name, text, source, &error));
                None
            }
        };
    let mut each = Vec::new();
    for (binding, source) in &file.each.0 {
        let list = program(&env, source);
        let element = match list.as_ref().map(Program::result_type) {
            Some(Type::List(element)) => element.as_ref().clone(),
            _ => Type::Dyn,
        };
        let slot = env.declare(binding, element);
        each.extend(list.map(|list| (slot, list)));
    }
    let mut variables = Vec::new();
    for variable in &file.variables {
        let compiled = program(&env, &variable.expression);
        let ty = compiled
            .as_ref()
            .map_or(Type::Dyn, |p| p.result_type().clone());
        let slot = env.declare(&format!("variables.{}", variable.name.value), ty);
        variables.extend(compiled.map(|compiled| (slot, compiled)));
    }
    let when: Vec<Program> = file
        .when
        .iter()
        .filter_map(|source| program(&env, source))
        .collect();
    let unknown: Vec<(Program, String)> = file
        .unknown
        .iter()
        .filter_map(|unknown| Some((program(&env, &unknown.when)?, unknown.reason.clone())))
        .collect();
    let expression = program(&env, &file.expression);
    let message = match (&file.message, &file.message_expression) {
        (Some(fixed), None) => Some(Message::Fixed(fixed.value.clone())),
        (None, Some(source)) => program(&env, source).map(Message::Program),
        _ => {
            errors.push(LoadError::of_file(
                name,
                "exactly one of `message` and `messageExpression` is needed",
            ));
            None
        }
    };
    check_bool(
        name,
        file,
        (&when, &unknown),
        expression.as_ref(),
        &mut errors,
    );
    check_needs(name, file, &mut errors);
    let (Some(expression), Some(message)) = (expression, message) else {
        return Err(errors);
    };

    let programs: Vec<&Program> = when
        .iter()
        .chain(variables.iter().map(|(_, p)| p))
        .chain(each.iter().map(|(_, p)| p))
        .chain(unknown.iter().map(|(p, _)| p))
        .chain([&expression])
        .chain(match &message {
            Message::Program(p) => Some(p),
            Message::Fixed(_) => None,
        })
        .collect();
    let reads = |slot: Slot| programs.iter().any(|p| p.slots_read().contains(&slot));
    let facts: Vec<facts::Fact> = facts::Fact::ALL
        .into_iter()
        .zip(slots.facts)
        .filter(|(_, slot)| reads(*slot))
        .map(|(fact, _)| fact)
        .collect();
    let reads_namespace = reads(slots.namespace);
    let mut wanted: Vec<&str> = facts
        .iter()
        .flat_map(|fact| fact.lists())
        .copied()
        .collect();
    if reads_namespace {
        wanted.push("namespaces");
    }
    for list in wanted {
        if !file.needs.iter().any(|need| need.value == list) {
            errors.push(LoadError::of_file(
                name,
                format!("reads a join over `{list}` but `needs` does not name it"),
            ));
        }
    }
    for list in programs
        .iter()
        .flat_map(|program| counted(program.source()))
    {
        if !file.needs.iter().any(|need| need.value == list) {
            errors.push(LoadError::of_file(
                name,
                format!("counts `{list}` but `needs` does not name it"),
            ));
        }
    }
    if file.matches.owned && (file.matches.kinds != ["Pod"] || !facts.is_empty()) {
        let message = "`match.owned` is for policies about `Pod` alone, without facts";
        errors.push(LoadError::of_file(name, message));
    }
    let paths = paths(name, file, &expression, &mut errors);
    if errors.is_empty() {
        Ok(Compiled {
            env,
            when,
            unknown,
            variables,
            each,
            expression,
            message,
            paths,
            params,
            facts,
            reads_namespace,
        })
    } else {
        Err(errors)
    }
}

/// The lists that an expression counts; something that is none where it reads the counts otherwise than by name.
fn counted(source: &str) -> impl Iterator<Item = &str> {
    let after = source.split(facts::Fact::Counts.variable()).skip(1);
    after.map(|rest| {
        let named = rest.strip_prefix('.').unwrap_or("");
        let end = named.find(|c: char| !c.is_ascii_alphanumeric());
        &named[..end.unwrap_or(named.len())]
    })
}

fn declare_params(
    name: &str,
    file: &PolicyFile,
    env: &mut Env,
    errors: &mut Vec<LoadError>,
) -> Vec<(Slot, serde_json::Value)> {
    let mut params = Vec::new();
    for (param, spec) in &file.params {
        let ty = match spec.kind {
            ParamType::List => Type::List(Box::new(Type::String)),
            ParamType::Int => Type::Int,
            ParamType::String => Type::String,
            ParamType::Bool => Type::Bool,
        };
        if let Err(wrong) = Parameter::of(param, spec).check(&spec.default) {
            let message = format!("the default of parameter `{param}`: {wrong}");
            errors.push(LoadError::of_file(name, message));
        }
        params.push((
            env.declare(&format!("params.{param}"), ty),
            spec.default.clone(),
        ));
    }
    params
}

fn check_bool(
    name: &str,
    file: &PolicyFile,
    (when, unknown): (&[Program], &[(Program, String)]),
    expression: Option<&Program>,
    errors: &mut Vec<LoadError>,
) {
    if when.len() != file.when.len() || unknown.len() != file.unknown.len() {
        return;
    }
    let unknown = unknown.iter().map(|(program, _)| program);
    let sources = file.when.iter();
    let sources = sources.chain(file.unknown.iter().map(|unknown| &unknown.when));
    let sources = sources.chain([&file.expression]);
    for (program, source) in when.iter().chain(unknown).chain(expression).zip(sources) {
        if !matches!(program.result_type(), Type::Bool | Type::Dyn) {
            let message = format!("gives {}, but must give a bool", program.result_type());
            errors.push(LoadError::at(name, source, message));
        }
    }
}

fn check_needs(name: &str, file: &PolicyFile, errors: &mut Vec<LoadError>) {
    for need in &file.needs {
        if group_of_plural(&need.value).is_none() {
            errors.push(LoadError::at(
                name,
                need,
                format!("`needs` names `{}`, which is no list we read", need.value),
            ));
        }
    }
    for kind in &file.matches.kinds {
        let known = || crate::kinds::workload_kinds().chain([WORKLOAD]);
        if kind != WORKLOAD && crate::kinds::plural(kind).is_none() {
            let mut error = LoadError::of_file(
                name,
                format!("`match.kinds` names `{kind}`, which is no kind we read"),
            );
            if let Some(near) = nearest(kind, known()) {
                error = error.help(format!("did you mean `{near}`?"));
            }
            errors.push(error);
        }
    }
}

/// The places to report: those written, or the one field chain that the expression reads.
fn paths(
    name: &str,
    file: &PolicyFile,
    expression: &Program,
    errors: &mut Vec<LoadError>,
) -> Vec<PathSpec> {
    let innermost = file.each.0.last().map(|(binding, _)| binding.as_str());
    let Some(written) = &file.path else {
        let inferred = expression.single_chain().and_then(|(variable, keys)| {
            let root = match variable.as_str() {
                v if Some(v) == innermost => Root::Element,
                "object" => Root::Object,
                "variables.podSpec" => Root::PodSpec,
                "variables.podMetadata" => Root::PodMetadata,
                _ => return None,
            };
            (!keys.is_empty()).then(|| PathSpec {
                root,
                steps: keys.into_iter().map(|key| Step::Key(key.into())).collect(),
            })
        });
        if inferred.is_none() {
            let message =
                "`path` is missing, and the expression does not read exactly one field chain";
            errors.push(
                LoadError::at(name, &file.expression, message)
                    .help("name the field to report in `path`"),
            );
        }
        return inferred.into_iter().collect();
    };
    let workload = file
        .matches
        .kinds
        .iter()
        .all(|kind| kind == WORKLOAD || pod_spec_keys(kind).is_some());
    let mut specs = Vec::new();
    for text in written.list() {
        let (root, rest) = if let Some(rest) = text.strip_prefix("podSpec.").filter(|_| workload) {
            (Root::PodSpec, rest)
        } else if let Some(rest) = text.strip_prefix("podMetadata.").filter(|_| workload) {
            (Root::PodMetadata, rest)
        } else if innermost.is_some() {
            (Root::Element, text.as_str())
        } else {
            (Root::Object, text.as_str())
        };
        match path::parse(rest) {
            Ok(steps) => specs.push(PathSpec { root, steps }),
            Err(message) => errors.push(LoadError::of_file(name, format!("`path`: {message}"))),
        }
    }
    specs
}
