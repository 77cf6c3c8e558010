//! Update and condition expressions with every name and value behind a placeholder, so that no attribute name clashes
//! with a reserved word and no value is ever part of an expression's text.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// What an update changes and what it requires; for puts and checks, only what is required.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
    sets: Vec<String>,
    removes: Vec<String>,
    adds: Vec<String>,
    conditions: Vec<String>,
}

impl Expression {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// Sets an attribute.
    pub(crate) fn set(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.sets.push(format!("{name} = {value}"));
        self
    }

    /// Sets an attribute, or removes it when there is no value.
    pub(crate) fn set_or_remove(self, attribute: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(attribute, value),
            None => self.remove(attribute),
        }
    }

    /// Sets an attribute unless it is there.
    pub(crate) fn set_once(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.sets
            .push(format!("{name} = if_not_exists({name}, {value})"));
        self
    }

    /// Adds to a number, which begins at 0.
    pub(crate) fn add(mut self, attribute: &str, by: u64) -> Self {
        let (name, value) = (
            self.name(attribute),
            self.value(AttributeValue::N(by.to_string())),
        );
        self.adds.push(format!("{name} {value}"));
        self
    }

    /// Removes an attribute.
    pub(crate) fn remove(mut self, attribute: &str) -> Self {
        let name = self.name(attribute);
        self.removes.push(name);
        self
    }

    /// Requires that an attribute has a value.
    pub(crate) fn require_equal(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!("{name} = {value}"));
        self
    }

    /// Requires that an attribute is absent, or less than a value, or equal to it.
    pub(crate) fn require_absent_or_at_most(
        mut self,
        attribute: &str,
        value: AttributeValue,
    ) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!(
            "(attribute_not_exists({name}) OR {name} <= {value})"
        ));
        self
    }

    /// Requires that an attribute is absent or less than a value.
    pub(crate) fn require_absent_or_less(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!(
            "(attribute_not_exists({name}) OR {name} < {value})"
        ));
        self
    }

    /// Requires that an attribute is absent or has a value.
    pub(crate) fn require_absent_or_equal(
        mut self,
        attribute: &str,
        value: AttributeValue,
    ) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!(
            "(attribute_not_exists({name}) OR {name} = {value})"
        ));
        self
    }

    /// Requires that an attribute, hence for a key attribute the item, is absent.
    pub(crate) fn require_absent(mut self, attribute: &str) -> Self {
        let name = self.name(attribute);
        self.conditions
            .push(format!("attribute_not_exists({name})"));
        self
    }

    /// Requires that an attribute, hence for a key attribute the item, is there.
    pub(crate) fn require_present(mut self, attribute: &str) -> Self {
        let name = self.name(attribute);
        self.conditions.push(format!("attribute_exists({name})"));
        self
    }

    /// Whether it changes no attribute.
    pub(crate) fn changes_nothing(&self) -> bool {
        self.sets.is_empty() && self.removes.is_empty() && self.adds.is_empty()
    }

    /// The update expression.
    pub(crate) fn update(&self) -> Option<String> {
        let clause = |word: &str, parts: &[String]| {
            (!parts.is_empty()).then(|| format!("{word} {}", parts.join(", ")))
        };
        let clauses: Vec<String> = [
            clause("SET", &self.sets),
            clause("REMOVE", &self.removes),
            clause("ADD", &self.adds),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    }

    /// The condition expression.
    pub(crate) fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    /// The names behind the placeholders.
    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    /// The values behind the placeholders.
    pub(crate) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}
