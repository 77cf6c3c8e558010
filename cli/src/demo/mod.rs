//! `plimsoll demo`: example tenants through four simulated weeks, everything real but the far ends.

mod ending;
mod files;
mod results;
mod stage;
mod story;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use plimsoll_model::{Cluster, ClusterId, Readable};

use crate::args::DemoArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;

/// Plays it.
///
/// # Errors
/// The folder cannot be written, or a step of the story fails.
pub(crate) fn run(args: &DemoArgs, console: &Console, _interrupt: &Interrupt) -> Result<Exit> {
    plimsoll_runtime::start_logs_for_people("error");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(play(args, console))
}

async fn play(args: &DemoArgs, console: &Console) -> Result<Exit> {
    let _another_is_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let started = Instant::now();
    let (slack, mail) = (args.out.join("slack"), args.out.join("mail"));
    begin_afresh(&args.out)?;
    let stage = stage::set(&slack, &mail).await?;
    let (service, world) = (&stage.service, &stage.world);
    let acme = stage
        .tenants
        .iter()
        .find(|(_, example)| example.id == "acme")
        .map(|(id, _)| id.clone());
    let acme = acme.context("the example world has no tenant acme")?;
    let mut counted: BTreeMap<ClusterId, story::Counted> = BTreeMap::new();
    let mut unreadable: BTreeMap<ClusterId, u32> = BTreeMap::new();
    let mut first_scores: BTreeMap<ClusterId, f64> = BTreeMap::new();
    let progress = ending::progress(console, u64::from(story::WEEKS));
    for week in 0..story::WEEKS {
        progress.set_message(format!("week {} of {}", week + 1, story::WEEKS));
        story::scan(service, world, week).await?;
        results::write(world, week + 1, &args.out)?;
        story::go_on(service, week, &acme).await?;
        for (tenant, _) in &stage.tenants {
            let all = service.store.of(tenant).list_clusters().await?.into_iter();
            for cluster in all.filter(Cluster::is_cluster) {
                if matches!(cluster.readable, Readable::No { .. }) {
                    unreadable.entry(cluster.id.clone()).or_insert(week + 1);
                } else if week == 0 {
                    first_scores
                        .extend(ending::score(&cluster).map(|score| (cluster.id.clone(), score)));
                } else {
                    story::count(
                        service,
                        tenant,
                        &cluster.id,
                        counted.entry(cluster.id.clone()).or_default(),
                    )
                    .await?;
                }
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let slugs: Vec<_> = stage
        .tenants
        .iter()
        .map(|(id, example)| (id.clone(), example.id.clone()))
        .collect();
    let written = files::number(&service.store, &slugs, &slack, &mail).await?;
    let summary = ending::Ending {
        stage: &stage,
        counted,
        unreadable,
        first_scores,
        written,
        out: &args.out,
        seconds: started.elapsed().as_secs(),
    };
    let lines = summary.lines().await?;
    console.print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    if !args.exit {
        console.print(|out| writeln!(out, "Running until Ctrl-C. Next: plimsoll scan PATH · plimsoll explain privileged-container"))?;
        tokio::signal::ctrl_c().await?;
    }
    stage.world.shutdown().await;
    Ok(Exit::Done)
}

/// An earlier demo's folder is replaced; a folder that holds anything else is not touched.
fn begin_afresh(out: &Path) -> Result<()> {
    let marker = out.join(".plimsoll-demo");
    let is_empty = std::fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty && !marker.exists() {
        bail!(
            "{} holds something else; --out DIR names another folder",
            out.display()
        );
    }
    if !is_empty {
        std::fs::remove_dir_all(out)
            .with_context(|| format!("cannot replace {}", out.display()))?;
    }
    std::fs::create_dir_all(out.join("slack"))?;
    std::fs::create_dir_all(out.join("mail"))?;
    std::fs::write(marker, "made by plimsoll demo\n")
        .with_context(|| format!("cannot write to {}", out.display()))
}
