//! The installation that is meant: a deployed stack, the names in the environment, or a data folder.

use std::path::Path;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use plimsoll_report::Diagnostic;
use plimsoll_runtime::Environment;
use plimsoll_store::{Store, StoreConfig};

use super::stop::Stop;
use crate::args::TargetArgs;

/// An installation that is open.
pub(super) struct Target {
    pub(super) store: Store,
    /// How AWS is reached; none for a data folder.
    pub(super) sdk: Option<SdkConfig>,
    /// What else is known of it.
    pub(super) about: About,
}

/// What an installation says of itself, as far as it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct About {
    /// For people: the stack, or the folder.
    pub(super) name: String,
    /// Begins the names of the two scanners' roles.
    pub(super) scanner_role_prefix: Option<String>,
    /// The only role in customers' accounts that the scanners may assume.
    pub(super) customer_role: Option<String>,
    /// Where the templates for customers lie.
    pub(super) templates: Option<String>,
    /// Begins the names of tenants' secrets.
    pub(super) secrets_prefix: Option<String>,
    /// How the stack is, in CloudFormation's word.
    pub(super) status: Option<String>,
}

impl Target {
    /// Opens it.
    pub(super) async fn open(args: &TargetArgs, environment: &Environment) -> Result<Self, Stop> {
        if let Some(folder) = &args.data_dir {
            return Self::of_folder(folder).await;
        }
        let sdk = sdk(args).await;
        if sdk.region().is_none() {
            return Err(Stop::usage(
                Diagnostic::error("no-region", "no AWS region is given")
                    .help("--region REGION, or AWS_REGION, or a region in the profile"),
            ));
        }
        let (config, about) = match &args.stack {
            Some(name) => super::stack::read(&sdk, name).await?,
            None => of_environment(environment)?,
        };
        Ok(Self {
            store: Store::aws(&sdk, config),
            sdk: Some(sdk),
            about,
        })
    }

    async fn of_folder(folder: &Path) -> Result<Self, Stop> {
        // Opening makes what is missing, which is not what a mistyped folder asks for.
        if !folder.join("tables.sqlite").is_file() {
            let message = format!("{} holds no data of `plimsoll up`", folder.display());
            return Err(Stop::usage(
                Diagnostic::error("no-data", message)
                    .help("--data-dir takes the folder that `data` in plimsoll.toml names, plimsoll-data unless set"),
            ));
        }
        Ok(Self {
            store: Store::embedded(Some(folder)).await?,
            sdk: None,
            about: About {
                name: folder.display().to_string(),
                ..About::default()
            },
        })
    }

    /// Whether functions do the work, or `plimsoll up` will.
    pub(super) fn is_deployed(&self) -> bool {
        self.sdk.is_some()
    }
}

/// The names as the functions get them.
fn of_environment(environment: &Environment) -> Result<(StoreConfig, About), Stop> {
    let config = StoreConfig::read(|name| environment.get(name)).map_err(|missing| {
        Stop::usage(
            Diagnostic::error("no-installation", format!("it is not said which installation is meant: {missing}"))
                .help("--stack NAME for a deployed one, --data-dir DIR for that of `plimsoll up`, or TABLE, CONTROL_TABLE, BUCKET and the queues' URLs in the environment"),
        )
    })?;
    let about = About {
        name: format!("table {}", config.table),
        customer_role: environment.get("CUSTOMER_ROLE_NAME").map(str::to_owned),
        secrets_prefix: environment.get("SECRETS_PREFIX").map(str::to_owned),
        ..About::default()
    };
    Ok((config, about))
}

async fn sdk(args: &TargetArgs) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(region) = &args.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &args.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(endpoint) = &args.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_missing_is_said_with_the_ways_to_give_it() {
        let environment = Environment::of(&[("TABLE", "t"), ("BUCKET", "b")]);
        let stop = of_environment(&environment).unwrap_err();
        assert_eq!(stop.exit, crate::exit::Exit::Usage);
        let shown = &stop.shown[0];
        assert!(shown.message.contains("CONTROL_TABLE"), "{}", shown.message);
        let help = shown.help.as_deref().unwrap();
        assert!(help.contains("--stack") && help.contains("--data-dir"));
    }
}
