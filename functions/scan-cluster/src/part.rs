//! What was read on a part of the way, as a file: for each list one line that says how it went, then, if it was read to its
//! end, what was gathered of it, its redacted objects and its judgements. Everything passes through files; of what is read
//! back, only what joins need is in memory, as if it had been read from the cluster.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek, SeekFrom, Write};
use std::path::Path;

use plimsoll_model::kind;
use plimsoll_policy::{ListState, Owners, Plan, Session};
use serde_json::json;
use tempfile::NamedTempFile;

use crate::attempt::Ended;
use crate::kept::Kept;
use crate::lists::{Read, Reading, Refused};

/// Plural; how it went; the server's words and the refused user; bytes of what follows: gathered, objects, judgements.
type Head = (
    String,
    ListState,
    Option<(String, Option<String>)>,
    Option<[u64; 3]>,
);

/// The line behind the last list: how many bytes the owners have that follow it.
type Tail = (u64,);

/// Writes the lists that this attempt read, and whose pods are whose.
///
/// # Errors
/// The disk of this machine fails.
pub(crate) fn pack(reading: &mut Reading<'_, Kept>) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    for read in reading.read.iter_mut().filter(|read| !read.earlier) {
        write(&mut file, read)?;
    }
    let owners = reading.owners.stored().map_err(io::Error::other)?;
    line(&mut file, &json!([owners.len()]).to_string())?;
    file.write_all(&owners)?;
    file.flush()?;
    Ok(file)
}

fn write(to: &mut NamedTempFile, read: &mut Read<'_, Kept>) -> io::Result<()> {
    let refused = read.refused.as_ref();
    let refused = refused.map(|refused| (&refused.message, &refused.user));
    let plural = read.spec.plural;
    let Some(ended) = &mut read.ended else {
        return line(to, &json!([plural, read.state, refused, null]).to_string());
    };
    let gathered = ended.session.stored().map_err(io::Error::other)?;
    let objects = ended.spool.seek(SeekFrom::End(0))?;
    ended.spool.seek(SeekFrom::Start(0))?;
    let judgements = ended.sink.lines()?;
    let judged = judgements.seek(SeekFrom::End(0))?;
    judgements.seek(SeekFrom::Start(0))?;
    let bytes = [gathered.len() as u64, objects, judged];
    line(to, &json!([plural, read.state, refused, bytes]).to_string())?;
    to.write_all(&gathered)?;
    io::copy(&mut ended.spool, to)?;
    io::copy(judgements, to)?;
    Ok(())
}

fn line(to: &mut NamedTempFile, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.write_all(b"\n")
}

/// Reads a part back, behind those that came before it.
///
/// # Errors
/// It is not whole, or of another version: then nothing of it counts.
pub(crate) fn unpack<'c>(
    plan: &'c Plan<'c>,
    path: &Path,
    reading: &mut Reading<'c, Kept>,
) -> io::Result<()> {
    let mut from = BufReader::new(File::open(path)?);
    let mut head = Vec::new();
    loop {
        head.clear();
        from.read_until(b'\n', &mut head)?;
        if let Ok((owners,)) = serde_json::from_slice::<Tail>(&head) {
            let owners = bytes(&mut from, owners)?;
            reading.owners = Owners::from_stored(&owners).map_err(io::Error::other)?;
            return Ok(());
        }
        let (plural, state, refused, sizes): Head = serde_json::from_slice(&head)?;
        let unknown = || io::Error::other(format!("no list is called {plural}"));
        let spec = kind::of_plural(&plural).ok_or_else(unknown)?;
        let ended = match sizes {
            None => None,
            Some([gathered, objects, judged]) => {
                let gathered = bytes(&mut from, gathered)?;
                let session = Session::from_stored(plan, &gathered).map_err(io::Error::other)?;
                let mut spool = tempfile::tempfile()?;
                whole(
                    io::copy(&mut (&mut from).take(objects), &mut spool)?,
                    objects,
                )?;
                let before = from.stream_position()?;
                let sink = Kept::of_lines((&mut from).take(judged))?;
                whole(from.stream_position()? - before, judged)?;
                Some(Ended {
                    session,
                    sink,
                    spool,
                })
            }
        };
        let refused = refused.map(|(message, user)| Refused { message, user });
        reading.read.push(Read {
            spec,
            state,
            refused,
            ended,
            earlier: true,
        });
    }
}

fn bytes(from: &mut impl io::Read, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    whole(from.take(count).read_to_end(&mut bytes)? as u64, count)?;
    Ok(bytes)
}

fn whole(read: u64, expected: u64) -> io::Result<()> {
    if read == expected {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::UnexpectedEof,
        format!("{read} of {expected} bytes"),
    ))
}
