//! Spilled and unspilled sorts give the same.

use super::*;

fn sorted(limit: usize, records: &[(String, String)]) -> Vec<(String, String)> {
    let mut spill = Spill::new(limit);
    for (key, value) in records {
        spill
            .push(
                |out| out.extend_from_slice(key.as_bytes()),
                |out| {
                    out.extend_from_slice(value.as_bytes());
                    Ok(())
                },
            )
            .unwrap();
    }
    let all = Spill::finish(vec![spill]);
    let mut reader = all.reader().unwrap();
    let mut out = Vec::new();
    while let Some((key, value)) = reader.next().unwrap() {
        out.push((
            String::from_utf8(key.to_vec()).unwrap(),
            String::from_utf8(value.to_vec()).unwrap(),
        ));
    }
    out
}

#[test]
fn spilled_and_unspilled_sorts_agree_whatever_the_order() {
    let mut records: Vec<_> = (0..5_000_u32)
        .map(|i| {
            let mixed = i.wrapping_mul(2_654_435_761) % 5_000;
            (
                format!("{:04}\0", mixed / 3),
                "x".repeat(mixed as usize % 90),
            )
        })
        .collect();
    let in_memory = sorted(CHUNK_BYTES, &records);
    assert!(in_memory.is_sorted());
    assert_eq!(in_memory.len(), 5_000);
    assert_eq!(sorted(1_000, &records), in_memory, "many chunks");
    records.reverse();
    assert_eq!(sorted(7_777, &records), in_memory, "another order");
}

#[test]
fn a_record_larger_than_every_buffer_survives_and_reading_twice_gives_the_same() {
    let big = "y".repeat(READ_BYTES * 3 + 17);
    let mut spill = Spill::new(64);
    for value in [&big, "a", &big, "b"] {
        spill
            .push(
                |out| out.push(b'k'),
                |out| {
                    out.extend_from_slice(value.as_bytes());
                    Ok(())
                },
            )
            .unwrap();
    }
    let all = Spill::finish(vec![spill]);
    for _ in 0..2 {
        let mut reader = all.reader().unwrap();
        let mut lengths = Vec::new();
        while let Some((_, value)) = reader.next().unwrap() {
            lengths.push(value.len());
        }
        assert_eq!(lengths, [1, 1, big.len(), big.len()]);
    }
}

#[test]
fn several_workers_records_merge_into_one_order() {
    let part = |numbers: std::ops::Range<u32>, limit| {
        let mut spill = Spill::new(limit);
        for number in numbers.rev().step_by(2) {
            let key = format!("{number:05}");
            spill
                .push(|out| out.extend_from_slice(key.as_bytes()), |_| Ok(()))
                .unwrap();
        }
        spill
    };
    let all = Spill::finish(vec![
        part(0..1_001, 100),
        part(0..1_000, 1 << 20),
        Spill::new(1),
    ]);
    let mut reader = all.reader().unwrap();
    let mut keys = Vec::new();
    while let Some((key, _)) = reader.next().unwrap() {
        keys.push(String::from_utf8(key.to_vec()).unwrap());
    }
    assert_eq!(keys.len(), 1_001);
    assert!(keys.is_sorted());
}

#[test]
fn nothing_in_nothing_out() {
    assert_eq!(sorted(10, &[]), []);
}

#[test]
fn what_rests_leaves_memory_and_is_still_merged_in_order() {
    let mut parts = Vec::new();
    for part in 0..3_u32 {
        let mut spill = Spill::new(1 << 20);
        for number in (0..2_000_u32).rev() {
            let key = format!("{:06}", number * 3 + part);
            let value = [b'v'; 100];
            spill
                .push(
                    |out| out.extend_from_slice(key.as_bytes()),
                    |out| io::Write::write_all(out, &value),
                )
                .unwrap();
        }
        spill.rest().unwrap();
        assert_eq!((spill.bytes.capacity(), spill.index.capacity()), (0, 0));
        parts.push(spill);
    }
    let mut few = Spill::new(1 << 20);
    few.push(|out| out.push(b'z'), |_| Ok(())).unwrap();
    few.rest().unwrap();
    assert!(few.file.is_none() && few.held() > 0, "no file for a record");
    parts.push(few);
    let all = Spill::finish(parts);
    let mut reader = all.reader().unwrap();
    let mut keys = Vec::new();
    while let Some((key, _)) = reader.next().unwrap() {
        keys.push(String::from_utf8(key.to_vec()).unwrap());
    }
    let mut expected: Vec<_> = (0..6_000).map(|number| format!("{number:06}")).collect();
    expected.push("z".to_owned());
    assert_eq!(keys, expected);
}

#[test]
fn memory_stays_below_the_limit_and_read_buffers_share_theirs() {
    let limit = 10_000;
    let mut spill = Spill::new(limit);
    for number in 0..10_000_u32 {
        let value = number.to_be_bytes();
        spill
            .push(|_| (), |out| io::Write::write_all(out, &value))
            .unwrap();
        assert!(spill.held() <= limit + size_of::<Span>() + value.len());
    }
    for chunks in [1, 10, 100, 512] {
        assert!(read_bytes(chunks) * chunks <= MERGE_BYTES, "{chunks}");
    }
    assert_eq!(read_bytes(100_000), LEAST_READ_BYTES);
}
