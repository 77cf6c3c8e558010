//! Any text as a source: it is taken or refused with a place within it, and both readers agree which.

use plimsoll_cel::{CompileError, Env, Limits, Readings, Type};

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut env = Env::new();
    for name in ["object", "params", "variables.x", "x"] {
        env.declare(name, Type::Dyn);
    }
    let program = env.compile(text);
    let readings = Readings::of(text, Limits::default());
    match &program {
        Ok(program) => {
            assert_eq!(program.source(), text);
            assert!(readings.is_ok(), "{readings:?}");
            assert_ne!(program.result_type(), &Type::Free);
            let (slots, chains) = (program.slots_read(), program.chains());
            assert!(
                chains
                    .iter()
                    .all(|(name, _)| slots.contains(&env.slot(name).unwrap()))
            );
        }
        Err(error) => place(text, error),
    }
    match readings {
        Ok(readings) => {
            for reading in &readings.names {
                let name = reading.path.first().unwrap();
                let written = text[reading.start..]
                    .trim_start_matches(|c: char| c == '.' || c.is_whitespace());
                let led = text[reading.start..].starts_with('.');
                assert!(
                    written.starts_with(name) || led && written.starts_with("//"),
                    "{reading:?}"
                );
                assert_eq!(reading.ends.len(), reading.path.len(), "{reading:?}");
                assert!(
                    reading.ends.iter().all(|end| text.is_char_boundary(*end)),
                    "{reading:?}"
                );
                assert!(
                    reading.ends.is_sorted() && reading.ends[0] > reading.start,
                    "{reading:?}"
                );
            }
        }
        Err(error) => place(text, &error),
    }
}

/// The place of an error lies within the text, or right after its end.
fn place(text: &str, error: &CompileError) {
    let line = text.split('\n').nth(error.line as usize - 1);
    let columns = line.map(|line| line.chars().count());
    assert!(
        columns.is_some_and(|columns| error.column as usize <= columns + 1),
        "{error:?}"
    );
    assert!(error.length >= 1 && !error.message.is_empty(), "{error:?}");
}
