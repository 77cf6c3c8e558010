//! Documents, good and bad.

use super::*;

fn decode<'a>(arena: &'a Bump, json: &str) -> Result<Node<'a>, DecodeError> {
    decode_json(arena, json.as_bytes())
}

#[test]
fn keys_are_sorted_and_numbers_typed() {
    let arena = Bump::new();
    let node = decode(
        &arena,
        r#"{"b":[1,-2,1.5,18446744073709551615,null],"a":"x","c":{}}"#,
    )
    .unwrap();
    let keys: Vec<_> = node.entries().iter().map(|entry| entry.key).collect();
    assert_eq!(keys, ["a", "b", "c"]);
    let items = node.get("b").unwrap().items();
    assert_eq!(items[..3], [Node::Int(1), Node::Int(-2), Node::Double(1.5)]);
    assert_eq!(items[3], Node::Double(18_446_744_073_709_551_615.0));
    assert_eq!(items[4], Node::Null);
}

#[test]
fn a_round_trip_keeps_the_document() {
    let arena = Bump::new();
    let json = r#"{"a":{"x":[[],[{"y":1}],true]},"b":"é\n","c":2.5,"d":null}"#;
    let node = decode(&arena, json).unwrap();
    assert_eq!(serde_json::to_string(&node).unwrap(), json);
}

#[test]
fn errors_have_a_place() {
    let arena = Bump::new();
    let twice = decode(&arena, "{\"a\": 1,\n \"a\": 2}").unwrap_err();
    assert_eq!(
        (twice.line, twice.message.as_str()),
        (2, "the key `a` is given twice")
    );
    let broken = decode(&arena, "{\n\"a\": }").unwrap_err();
    assert_eq!((broken.line, broken.column), (2, 6));
    assert_eq!(broken.to_string(), "line 2, column 6: expected value");
    assert!(decode(&arena, "1 2").is_err());
    assert!(decode(&arena, "").is_err());
}

#[test]
fn a_repeated_key_is_found_in_a_large_map() {
    let arena = Bump::new();
    let mut keys: Vec<_> = (0..500).map(|n| format!("\"k{n}\":0")).collect();
    keys.push("\"k3\":0".to_owned());
    let error = decode(&arena, &format!("{{{}}}", keys.join(","))).unwrap_err();
    assert_eq!(error.message, "the key `k3` is given twice");
}

#[test]
fn nesting_is_bounded_on_a_small_stack() {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let run = move || {
        let arena = Bump::new();
        assert!(decode(&arena, &deep(256)).is_ok());
        assert!(
            decode(&arena, &deep(257))
                .unwrap_err()
                .message
                .contains("nested deeper")
        );
        assert!(decode(&arena, &deep(1_000_000)).is_err());
    };
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn nulls_can_be_left_out() {
    let arena = Bump::new();
    let mut json = serde_json::Deserializer::from_str(r#"{"a":null,"b":[null,{"c":null}]}"#);
    let node = NodeSeed::without_nulls(&arena)
        .deserialize(&mut json)
        .unwrap();
    assert_eq!(serde_json::to_string(&node).unwrap(), r#"{"b":[null,{}]}"#);
}

#[test]
fn keys_of_other_formats_become_text() {
    use serde::de::value::{Error as ValueError, MapDeserializer};
    let arena = Bump::new();
    let numbers = MapDeserializer::<_, ValueError>::new([(10_u64, 1_u64), (9, 2)].into_iter());
    let node = NodeSeed::new(&arena).deserialize(numbers).unwrap();
    assert_eq!(serde_json::to_string(&node).unwrap(), r#"{"10":1,"9":2}"#);
    let units = MapDeserializer::<_, ValueError>::new([((), 1_u64)].into_iter());
    assert!(NodeSeed::new(&arena).deserialize(units).is_err());
}
