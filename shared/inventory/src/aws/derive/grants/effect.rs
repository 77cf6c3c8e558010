//! Whether rules allow an action, as IAM decides: some rule allows it, the boundary does, and none denies it.

use serde_json::Value;

/// A statement, with its patterns.
pub(super) struct Rule {
    denies: bool,
    is_conditional: bool,
    actions: Vec<String>,
    not_actions: Vec<String>,
    resources: Vec<String>,
    not_resources: Vec<String>,
}

impl Rule {
    /// From the statements of a document.
    pub(super) fn of(statements: &Value) -> Vec<Self> {
        let statements = statements.as_array().map_or(&[][..], Vec::as_slice);
        statements.iter().map(Self::one).collect()
    }

    fn one(statement: &Value) -> Self {
        let texts = |key: &str| -> Vec<String> {
            let texts = statement[key].as_array().into_iter().flatten();
            texts.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self {
            denies: statement["Effect"] != "Allow",
            is_conditional: statement["Conditions"]
                .as_array()
                .is_some_and(|c| !c.is_empty()),
            actions: texts("Actions"),
            not_actions: texts("NotActions"),
            resources: texts("Resources"),
            not_resources: texts("NotResources"),
        }
    }

    fn is_about(&self, action: &str) -> bool {
        match self.actions.is_empty() {
            true => {
                !self.not_actions.is_empty() && !self.not_actions.iter().any(|a| matches(a, action))
            }
            false => self.actions.iter().any(|pattern| matches(pattern, action)),
        }
    }

    fn covers(&self, resource: &str) -> bool {
        match self.resources.is_empty() {
            true => {
                let excepted = self.not_resources.iter().any(|r| matches(r, resource));
                !self.not_resources.is_empty() && !excepted
            }
            false => self
                .resources
                .iter()
                .any(|pattern| matches(pattern, resource)),
        }
    }
}

/// The rules of a role.
pub(super) struct Effect {
    partition: String,
    account: String,
    arn: String,
    rules: Vec<Rule>,
    boundary: Option<Vec<Rule>>,
}

impl Effect {
    pub(super) fn new(arn: &str, rules: Vec<Rule>, boundary: Option<Vec<Rule>>) -> Self {
        let part = |i: usize, or: &str| {
            let part = arn.split(':').nth(i).filter(|part| !part.is_empty());
            part.unwrap_or(or).to_owned()
        };
        Self {
            partition: part(1, "aws"),
            account: part(4, "000000000000"),
            arn: arn.to_owned(),
            rules,
            boundary,
        }
    }

    /// Whether the action is allowed without conditions, whatever it is done to: to a resource nobody thought of.
    pub(super) fn allows_any(&self, action: &str) -> bool {
        self.allows(action, &self.anything(action))
    }

    /// The same of what an action can do to the role itself.
    pub(super) fn allows_on_itself(&self, action: &str) -> bool {
        self.allows(action, &self.arn)
    }

    /// Whether the action is allowed for anything at all, perhaps under conditions.
    pub(super) fn allows_some(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let anything = self.anything(&action);
        let mut places = Vec::new();
        for rule in self
            .rules
            .iter()
            .filter(|rule| !rule.denies && rule.is_about(&action))
        {
            match rule.resources.is_empty() {
                true => places.push(anything.as_str()),
                false => places.extend(rule.resources.iter().map(String::as_str)),
            }
        }
        places.iter().any(|place| {
            let kept_back = |rules: &Vec<Rule>| {
                let mut allowing = rules.iter().filter(|r| !r.denies && r.is_about(&action));
                let allowed = allowing.any(|rule| meets(rule, place));
                !allowed || denied(rules, &action, place)
            };
            !denied(&self.rules, &action, place) && !self.boundary.as_ref().is_some_and(kept_back)
        })
    }

    fn allows(&self, action: &str, resource: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let allow = |rules: &Vec<Rule>| {
            let allowing = |rule: &&Rule| !rule.denies && !rule.is_conditional;
            let mut allowing = rules.iter().filter(allowing);
            allowing.any(|rule| rule.is_about(&action) && rule.covers(resource))
                && !denied(rules, &action, resource)
        };
        allow(&self.rules) && self.boundary.as_ref().is_none_or(allow)
    }

    /// An ARN of the form that resources of an action have, and of nothing that there is.
    fn anything(&self, action: &str) -> String {
        let (service, name) = action.split_once(':').unwrap_or((action, ""));
        let name = name.to_ascii_lowercase();
        let (region, resource) = match service {
            "iam" if name.ends_with("policyversion") || name.contains("defaultpolicy") => {
                ("", "policy/any-unthought-of")
            }
            "iam" if name.contains("role") => ("", "role/any-unthought-of"),
            "iam" if name.contains("group") => ("", "group/any-unthought-of"),
            "iam" => ("", "user/any-unthought-of"),
            "ecr" => ("any-region-0", "repository/any-unthought-of"),
            "lambda" => ("any-region-0", "function:any-unthought-of"),
            "eks" => ("any-region-0", "cluster/any-unthought-of"),
            "ssm" | "ec2" => ("any-region-0", "instance/any-unthought-of"),
            _ => ("any-region-0", "any/any-unthought-of"),
        };
        let service = if service == "ssm" { "ec2" } else { service };
        let Self {
            partition, account, ..
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// Whether a rule that holds without conditions denies it.
fn denied(rules: &[Rule], action: &str, resource: &str) -> bool {
    let denying = |rule: &&Rule| rule.denies && !rule.is_conditional;
    let mut denying = rules.iter().filter(denying);
    denying.any(|rule| rule.is_about(action) && rule.covers(resource))
}

/// Whether a rule is about some of what a pattern is about.
fn meets(rule: &Rule, place: &str) -> bool {
    rule.covers(place) || rule.resources.iter().any(|pattern| matches(place, pattern))
}

/// IAM's patterns: `*` is any text, `?` any character.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(own) if *own == b'?' || own == byte => {
                p += 1;
                t += 1;
            }
            _ => match star {
                None => return false,
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}
