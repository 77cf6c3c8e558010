//! Typed configuration from the environment, checked once at start.

/// A variable that is missing or unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not set.
    #[error("environment variable {0} is not set")]
    Missing(&'static str),
    /// Set to something unusable.
    #[error("environment variable {name}: {problem}")]
    Unusable {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// The environment of a function. Only this crate reads the process's.
#[derive(Debug, Clone)]
pub struct Environment(Vec<(String, String)>);

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// One made up, for tests.
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    /// The value of `name`, if it is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn need(&self, name: &'static str) -> Result<&str, ConfigError> {
        self.get(name).ok_or(ConfigError::Missing(name))
    }

    /// The parts of `name`'s value between commas; none if it is not set.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&str> {
        let parts = self.get(name).unwrap_or_default().split(',');
        parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// The value of `name` as a number, or `default`.
    ///
    /// # Errors
    /// When it is no whole number.
    pub fn number(&self, name: &'static str, default: i64) -> Result<i64, ConfigError> {
        self.get(name).map_or(Ok(default), |text| {
            let problem = format!("`{text}` is no whole number");
            text.parse()
                .map_err(|_| ConfigError::Unusable { name, problem })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_missing_and_a_bad_number_is_named() {
        let environment = Environment::of(&[("A", ""), ("N", "ten")]);
        assert_eq!(environment.need("A"), Err(ConfigError::Missing("A")));
        assert_eq!(environment.number("M", 5), Ok(5));
        let several = Environment::of(&[("L", "10.0.0.0/8, 127.0.0.1,")]);
        assert_eq!(several.list("L"), ["10.0.0.0/8", "127.0.0.1"]);
        assert!(several.list("M").is_empty());
        let error = environment.number("N", 5).unwrap_err().to_string();
        assert_eq!(error, "environment variable N: `ten` is no whole number");
    }
}
