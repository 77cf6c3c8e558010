//! `plimsoll` on the command line: parse, run one command, exit with its code.

mod args;
mod commands;
mod console;
mod crash;
mod demo;
mod exit;
mod interrupt;
mod mistake;
mod parameters;
mod settings;
mod up;

use std::process::ExitCode;

use clap::{FromArgMatches, Parser};

use crate::args::{Cli, Colour, Command, MessageCommand};
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;

fn main() -> ExitCode {
    crash::guarded(|| match Cli::try_parse() {
        Ok(cli) if matches!(cli.command, Command::Scan(_) | Command::Fix(_)) => {
            with_settings(cli.color)
        }
        Ok(cli) => run(&cli),
        Err(error) => refused(&error),
    })
    .into()
}

fn refused(error: &clap::Error) -> Exit {
    // Help and version go to stdout and are no error; a closed pipe is none either.
    let _ = error.print();
    if error.exit_code() == 0 {
        Exit::Done
    } else {
        Exit::Usage
    }
}

/// Reads the command line once more, with the settings of files below it.
fn with_settings(colour: Colour) -> Exit {
    let start = std::env::current_dir().unwrap_or_default();
    let settings = match settings::with_files(&start, settings::user_file()) {
        Ok(settings) => settings,
        Err(diagnostics) => {
            Console::of_process(colour).diagnose(&diagnostics);
            return Exit::Usage;
        }
    };
    let matches = settings.command.try_get_matches();
    match matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(mut cli) => {
            if let Command::Scan(args) = &mut cli.command {
                args.parameters = settings.parameters;
            }
            run(&cli)
        }
        Err(error) => refused(&error),
    }
}

fn run(cli: &Cli) -> Exit {
    let console = Console::of_process(cli.color);
    let interrupt = Interrupt::listen();
    let done = match &cli.command {
        Command::Scan(args) => commands::scan::run(args, cli, &console, &interrupt),
        Command::Fix(args) => commands::fix::run(args, cli, &console, &interrupt),
        Command::Up(args) => up::run(args, &console, &interrupt),
        Command::Demo(args) => demo::run(args, &console, &interrupt),
        Command::Policy(args) => commands::policy::run(args, &console),
        Command::Explain(args) => commands::explain::run(args, &console),
        Command::Access(args) => commands::access::run(args, &console),
        Command::Collector(args) => commands::collector::run(args, &console),
        Command::CollectNode(args) => commands::collector::collect_node(args, &console, &interrupt),
        Command::Service(args) => commands::service::run(args, &console),
        Command::Onboarding(args) => commands::service::onboarding(args, &console),
        Command::Message(args) => match &args.command {
            MessageCommand::Preview { name, channel } => {
                commands::message::preview(name, *channel, &console)
            }
        },
    };
    done.unwrap_or_else(|error| {
        let message = format!("{error:#}");
        console.diagnose(&[plimsoll_report::Diagnostic::error("failed", message)]);
        Exit::Nothing
    })
}
