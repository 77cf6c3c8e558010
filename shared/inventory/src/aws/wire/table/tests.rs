//! The table as it is, and tables that are none.

use super::super::form::Place;
use super::*;

#[test]
fn the_whole_table_is_read() {
    let table = table().unwrap();
    assert_eq!(table.partitions.len(), 8);
    assert_eq!(
        table.partitions.last().map(|p| p.begins),
        Some(""),
        "what fits every region comes last"
    );
    assert!(table.services.len() >= 24, "{}", table.services.len());
    let operations: usize = table.operations.values().map(BTreeMap::len).sum();
    assert!(operations > 80, "{operations}");
}

#[test]
fn an_operation_is_found_with_what_it_needs() {
    let table = table().unwrap();
    let (service, operation) = table.find("eks", "DescribeNodegroup").unwrap();
    assert_eq!(service.protocol, Protocol::RestJson);
    assert_eq!(
        operation.uri,
        "/clusters/{name}/node-groups/{nodegroupName}"
    );
    let cluster = &operation.input.members()[0];
    assert_eq!(
        (cluster.name, cluster.wire, cluster.place),
        ("clusterName", "name", Place::Uri)
    );
    let (service, operation) = table.find("s3control", "GetPublicAccessBlock").unwrap();
    assert_eq!((service.signing, service.id), ("s3", "S3_Control"));
    assert_eq!(operation.host, Some("{AccountId}."));
    assert_eq!(operation.absent, ["NoSuchPublicAccessBlockConfiguration"]);
    assert!(table.find("ec2", "RunInstances").is_none());
}

#[test]
fn what_lists_are_made_of_is_read() {
    let services = table().unwrap().operations.iter();
    for (service, (name, operation)) in
        services.flat_map(|(s, all)| all.iter().map(move |o| (s, o)))
    {
        let Some(paging) = &operation.paging else {
            continue;
        };
        let has = |form: &Form, name| form.members().iter().any(|m| m.name == name);
        for result in &paging.results {
            assert!(has(&operation.output, *result), "{service} {name} {result}");
        }
        if let Some((input, output)) = paging.token {
            assert!(has(&operation.input, input), "{service} {name}");
            assert!(has(&operation.output, output), "{service} {name}");
        }
        if let Some((member, size)) = paging.size {
            assert!(has(&operation.input, member), "{service} {name}");
            assert!(size >= 50, "{service} {name}: small pages mean many calls");
        }
    }
}

#[test]
fn a_broken_table_says_where() {
    for (text, says) in [
        ("service s soap 1 p p P", "`soap` is no protocol"),
        ("Op POST /", "no service yet"),
        (
            "service s query 1 p p P\nOp POST /\n  in {A",
            "in `  in {A`",
        ),
        (
            "service s query 1 p p P\nOp POST /\n  page - -",
            "no member",
        ),
        ("service s query 1 p p P\nOp POST /\nOp POST /", "twice"),
        (
            "service s query 1 p p P\n  in {A:s}",
            "belongs to an operation",
        ),
        ("service s query 1 p", "a word is missing"),
    ] {
        let error = Table::parse(text).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
}

/// The README says of each operation where it was proven, once.
#[test]
fn the_readme_tells_of_every_operation_once() {
    let text = include_str!("../../../../README.md");
    let (_, section) = text.split_once("## Where each call was proven").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in section.lines() {
        let Some((service, cells)) = line
            .strip_prefix("| `")
            .and_then(|line| line.split_once('`'))
        else {
            continue;
        };
        let (_, cells) = cells.split_once('|').unwrap();
        let names = cells
            .split(['|', ',', ' '])
            .filter(|name| name.starts_with(char::is_uppercase));
        let of_service = told.entry(service.to_owned()).or_default();
        of_service.extend(names.map(str::to_owned));
    }
    told.values_mut().for_each(|names| names.sort());
    let services = table().unwrap().operations.iter();
    let known: BTreeMap<String, Vec<String>> = services
        .map(|(service, all)| {
            let names = all.keys().map(|name| (*name).to_owned());
            ((*service).to_owned(), names.collect())
        })
        .collect();
    for (service, names) in &known {
        assert_eq!(told.get(service), Some(names), "{service}");
    }
    assert_eq!(told.len(), known.len(), "{:?}", told.keys());
}
