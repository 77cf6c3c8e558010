//! Who and what lives in the example world.

use serde::Deserialize;

use crate::cluster;
use crate::data;
use crate::error::WorldError;

/// A customer of the operator, with the AWS accounts to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExampleTenant {
    /// Short name, fit for a configuration file.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Accounts, each with a role to assume.
    pub accounts: Vec<ExampleAccount>,
}

/// An AWS account of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExampleAccount {
    /// Twelve digits.
    pub id: String,
    /// The name of the role to assume; it exists once [`World::trust`](crate::World::trust) made it.
    pub role: String,
    /// What EKS will tell of.
    pub clusters: Vec<ExampleCluster>,
}

/// A cluster and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExampleCluster {
    /// As EKS lists it; unique in the whole world.
    pub name: String,
    /// The AWS region it is in.
    pub region: String,
    /// The value of its tag `env`.
    pub stage: String,
    /// One sentence about it.
    pub story: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantFile {
    id: String,
    name: String,
    accounts: Vec<AccountFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    id: String,
    role: String,
    clusters: Vec<String>,
}

/// The tenants, accounts and clusters of the example world.
///
/// # Errors
/// If the embedded description is broken, which a test of this crate rules out.
pub fn tenants() -> Result<Vec<ExampleTenant>, WorldError> {
    let files: Vec<TenantFile> = data::yaml("tenants.yaml")?;
    files.into_iter().map(tenant).collect()
}

fn tenant(file: TenantFile) -> Result<ExampleTenant, WorldError> {
    let mut accounts = Vec::new();
    for account in file.accounts {
        let clusters = account.clusters.into_iter().map(|name| {
            let description = cluster::describe(&file.id, &name)?;
            let (region, stage, story) = (description.region, description.stage, description.story);
            Ok(ExampleCluster {
                name,
                region,
                stage,
                story,
            })
        });
        let clusters = clusters.collect::<Result<_, WorldError>>()?;
        accounts.push(ExampleAccount {
            id: account.id,
            role: account.role,
            clusters,
        });
    }
    Ok(ExampleTenant {
        id: file.id,
        name: file.name,
        accounts,
    })
}
