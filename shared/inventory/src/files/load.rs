//! From bytes to text: size, encoding, and what is no text at all.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::discover::{FileEntry, plain_io};
use super::problem::{FileProblem, ProblemCode, on_line};

/// The largest file that is read, in bytes. Larger than any manifest we know of, and small enough for a laptop.
pub const MAX_BYTES: u64 = 100 << 20;

/// Reads a file, or standard input for `-`, as text without a byte order mark.
///
/// # Errors
/// The file cannot be read, is larger than [`MAX_BYTES`], or is not text.
pub fn load(entry: &FileEntry) -> Result<String, FileProblem> {
    let bytes = if entry.path == Path::new("-") {
        read_bounded(std::io::stdin().lock(), 0)
    } else {
        std::fs::File::open(&entry.path).and_then(|file| {
            let size = file.metadata().map_or(0, |m| m.len());
            read_bounded(file, size)
        })
    };
    let file = &entry.display_path;
    let bytes = bytes.map_err(|error| {
        let message = format!("{file} cannot be read: {}", plain_io(error.kind()));
        FileProblem::of_file(ProblemCode::Unreadable, file, message)
    })?;
    decode(bytes, file)
}

/// One byte more than allowed at most, so that too much can be told from enough.
fn read_bounded(source: impl Read, expected: u64) -> std::io::Result<Vec<u8>> {
    let expected = usize::try_from(expected.min(MAX_BYTES) + 1).unwrap_or(0);
    let mut bytes = Vec::with_capacity(expected);
    source.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Turns a file's bytes into text without a byte order mark.
///
/// # Errors
/// Too large, binary, or neither UTF-8 nor UTF-16 with a byte order mark (which a Windows shell writes).
pub fn decode(bytes: Vec<u8>, file: &Arc<str>) -> Result<String, FileProblem> {
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("{file} is larger than {} MiB", MAX_BYTES >> 20);
        let help = "split it into several files";
        return Err(FileProblem::of_file(ProblemCode::TooLarge, file, message).with_help(help));
    }
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes, file),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes, file),
        _ => {}
    }
    if is_archive(&bytes) && bytes.windows(7).any(|name| name == b"tfstate") {
        let message = format!("{file} is a binary plan of Terraform's");
        let help = format!("terraform show -json {file} > plan.json && plimsoll scan plan.json");
        return Err(FileProblem::of_file(ProblemCode::Binary, file, message).with_help(help));
    }
    if bytes.contains(&0) {
        let message = format!("{file} is a binary file");
        return Err(FileProblem::of_file(ProblemCode::Binary, file, message));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(without_mark(text)),
        Err(error) => Err(not_utf8(
            error.as_bytes(),
            error.utf8_error().valid_up_to(),
            file,
        )),
    }
}

/// Whether it is a zip archive, as plans are that `terraform plan -out` writes.
fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

fn without_mark(text: String) -> String {
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    // To YAML a carriage return alone ends a line, to editors it does not: make lines the same for both.
    if text.contains('\r') && text.replace("\r\n", "").contains('\r') {
        return text.replace("\r\n", "\n").replace('\r', "\n");
    }
    text
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, file: &Arc<str>) -> Result<String, FileProblem> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>();
    match text {
        Ok(text) if rest.is_empty() && !text.contains('\0') => Ok(without_mark(text)),
        _ => Err(FileProblem::of_file(
            ProblemCode::Binary,
            file,
            format!("{file} is a binary file"),
        )),
    }
}

fn not_utf8(bytes: &[u8], at: usize, file: &Arc<str>) -> FileProblem {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    let mut problem = FileProblem::of_file(
        ProblemCode::Encoding,
        file,
        format!("{file} is not UTF-8 text"),
    );
    "this byte belongs to no UTF-8 character".clone_into(&mut problem.label);
    problem.place = Some(on_line(narrow(line), narrow(column), 1));
    problem.with_help("save it as UTF-8")
}

/// A count that fits a [`plimsoll_model::Place`]; files are far smaller than 4 GiB.
pub(crate) fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Arc<str> {
        "x.yaml".into()
    }

    #[test]
    fn text_comes_in_utf_8_and_marked_utf_16() {
        assert_eq!(
            decode(b"a: \xc3\xa9\n".to_vec(), &file()).unwrap(),
            "a: é\n"
        );
        assert_eq!(
            decode(b"\xef\xbb\xbfa: 1\n".to_vec(), &file()).unwrap(),
            "a: 1\n"
        );
        assert_eq!(
            decode(b"\xff\xfea\0:\0 \0\xe9\0".to_vec(), &file()).unwrap(),
            "a: é"
        );
        assert_eq!(
            decode(b"\xfe\xff\0a\0:\0 \0\xe9".to_vec(), &file()).unwrap(),
            "a: é"
        );
    }

    #[test]
    fn what_is_no_text_is_said() {
        let binary = decode(b"\x7fELF\0\0".to_vec(), &file()).unwrap_err();
        assert_eq!(
            (binary.code, binary.message.as_str()),
            (ProblemCode::Binary, "x.yaml is a binary file")
        );
        let latin = decode(b"a: 1\nb: caf\xe9\n".to_vec(), &file()).unwrap_err();
        assert_eq!(
            (latin.code, latin.place),
            (ProblemCode::Encoding, Some(on_line(2, 7, 1)))
        );
        let odd = decode(b"\xff\xfea".to_vec(), &file()).unwrap_err();
        assert_eq!(odd.code, ProblemCode::Binary);
    }

    #[test]
    fn size_is_bounded() {
        let large =
            decode(vec![b'#'; usize::try_from(MAX_BYTES).unwrap() + 1], &file()).unwrap_err();
        assert_eq!(large.code, ProblemCode::TooLarge);
        assert_eq!(large.message, "x.yaml is larger than 100 MiB");
    }

    #[test]
    fn a_file_that_cannot_be_read_says_why() {
        let gone = FileEntry {
            display_path: "gone.yaml".into(),
            path: "gone.yaml".into(),
            named: true,
            chart: None,
        };
        let problem = load(&gone).unwrap_err();
        assert_eq!(problem.code, ProblemCode::Unreadable);
        assert_eq!(problem.message, "gone.yaml cannot be read: it is gone");
    }
}
