//! The picture in the README is what `plimsoll scan` prints.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::Path;

use anstyle::{Color, RgbColor};
use anstyle_svg::{Palette, Term};
use support::{Folder, PAYMENTS};

const DEBUG: &str = "---
apiVersion: v1
kind: Pod
metadata:
  name: debug
  namespace: payments
spec:
  hostPID: true
  containers:
  - name: shell
    image: registry.example/shell:1.0
";

/// What is printed, but for how long it took.
fn printed() -> String {
    let folder = Folder::new();
    folder.write("k8s/payments.yaml", format!("{PAYMENTS}{DEBUG}"));
    let run = folder.run(&[
        "scan",
        "k8s",
        "--framework",
        "pss-baseline",
        "--color",
        "always",
        "--format",
        "table",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let line = |line: &str| match line.split_once(" in 1 file, ") {
        // The longer it took, the further left this begins.
        Some((counts, _)) => {
            let (severities, resources) = counts.split_once("   ").unwrap();
            format!("{severities}    {} in 1 file\n", resources.trim_start())
        }
        None => format!("{line}\n"),
    };
    format!(
        "$ plimsoll scan k8s --framework pss-baseline\n{}",
        run.out.lines().map(line).collect::<String>()
    )
}

/// Colours that can be read on the ground: the terminal's sixteen, then the text's and the ground's.
struct Colours([u32; 16], u32, u32);

const LIGHT: Colours = Colours(
    [
        0x24292f, 0xb31d28, 0x1a7f37, 0x953800, 0x0950ae, 0x822cb0, 0x1b7c83, 0x6e7781, 0x57606a,
        0xcf222e, 0x1a7f37, 0x953800, 0x218bff, 0x822cb0, 0x0b6973, 0x24292f,
    ],
    0x24292f,
    0xffffff,
);
const DARK: Colours = Colours(
    [
        0x484f58, 0xff7b72, 0x3fb950, 0xd29922, 0x58a6ff, 0xd2a8ff, 0x39c5cf, 0xb1bac4, 0x6e7681,
        0xffa198, 0x56d364, 0xe3b341, 0x79c0ff, 0xd2a8ff, 0x56d4dd, 0xffffff,
    ],
    0xe6edf3,
    0x0d1117,
);

fn picture(Colours(palette, text, ground): &Colours) -> String {
    let colour = |hex: u32| {
        let [_, red, green, blue] = hex.to_be_bytes();
        RgbColor(red, green, blue)
    };
    Term::new()
        .palette(Palette(palette.map(colour)))
        .fg_color(Color::Rgb(colour(*text)))
        .bg_color(Color::Rgb(colour(*ground)))
        .render_svg(&printed())
}

#[test]
fn the_pictures_are_what_is_printed() {
    for (name, colours) in [("light", LIGHT), ("dark", DARK)] {
        let file = format!("{}/../docs/scan-{name}.svg", env!("CARGO_MANIFEST_DIR"));
        let picture = picture(&colours);
        if std::env::var_os("PLIMSOLL_WRITE_PICTURES").is_some() {
            std::fs::create_dir_all(Path::new(&file).parent().unwrap()).unwrap();
            std::fs::write(&file, &picture).unwrap();
        }
        assert!(
            std::fs::read_to_string(&file).unwrap() == picture,
            "docs/scan-{name}.svg shows something else: write it with PLIMSOLL_WRITE_PICTURES=1 and look at it"
        );
    }
}
