//! Reads the lines of the table; the README of `wire` tells their form.

use super::{Global, Operation, Paging, Partition, Protocol, Service, Table};
use crate::aws::wire::form::Form;

impl Table {
    pub(crate) fn parse(text: &'static str) -> Result<Self, String> {
        let mut table = Table::default();
        let mut current = None;
        for line in logical_lines(text) {
            if line.starts_with('#') {
                continue;
            }
            table
                .line(line, &mut current)
                .map_err(|why| format!("{why}, in `{line}`"))?;
        }
        Ok(table)
    }

    fn line(
        &mut self,
        line: &'static str,
        current: &mut Option<(&'static str, &'static str)>,
    ) -> Result<(), String> {
        let mut words = line.split_whitespace();
        let mut word = || words.next().ok_or("a word is missing");
        if !line.starts_with(' ') {
            match word()? {
                "partition" => {
                    let (name, begins, suffix) = (word()?, word()?, word()?);
                    let begins = if begins == "*" { "" } else { begins };
                    self.partitions.push(Partition {
                        name,
                        begins,
                        suffix,
                    });
                }
                "service" => {
                    *current = None;
                    let (name, protocol) = (word()?, word()?);
                    let (version, prefix) = (word()?, word()?);
                    let (signing, id) = (word()?, word()?);
                    let (protocol, target) = match protocol {
                        "ec2" => (Protocol::Ec2, ""),
                        "query" => (Protocol::Query, ""),
                        "json" => (Protocol::Json(word()?), word()?),
                        "rest-json" => (Protocol::RestJson, ""),
                        "rest-xml" => (Protocol::RestXml, ""),
                        other => return Err(format!("`{other}` is no protocol")),
                    };
                    self.services.push(Service {
                        name,
                        protocol,
                        version,
                        prefix,
                        signing,
                        id,
                        target,
                        global: Vec::new(),
                    });
                }
                name => {
                    let index = self.services.len().checked_sub(1).ok_or("no service yet")?;
                    let service = self.services[index].name;
                    let operation = Operation {
                        name,
                        service: index,
                        method: word()?,
                        uri: word()?,
                        host: None,
                        input: Form::Record(Vec::new()),
                        output: Form::Record(Vec::new()),
                        root: None,
                        payload: None,
                        paging: None,
                        absent: Vec::new(),
                        unsubscribed: Vec::new(),
                        action: None,
                    };
                    let known = self.operations.entry(service).or_default();
                    if known.insert(name, operation).is_some() {
                        return Err(format!("{name} is there twice"));
                    }
                    *current = Some((service, name));
                }
            }
            return Ok(());
        }
        let key = word()?;
        let operation =
            current.and_then(|(service, name)| self.operations.get_mut(service)?.get_mut(name));
        let Some(operation) = operation else {
            let service = self.services.last_mut().ok_or("no service yet")?;
            if key != "endpoint" {
                return Err(format!("`{key}` belongs to an operation"));
            }
            service.global.push(Global {
                partition: word()?,
                host: word()?,
                region: word()?,
            });
            return Ok(());
        };
        operation.detail(key, line)
    }
}

impl Operation {
    fn detail(&mut self, key: &str, line: &'static str) -> Result<(), String> {
        let rest = line.trim_start().split_at(key.len()).1.trim();
        match key {
            "in" => self.input = Form::parse(rest)?,
            "out" => self.output = Form::parse(rest)?,
            "host" => self.host = Some(rest),
            "root" => self.root = Some(rest),
            "payload" => self.payload = Some(rest),
            "action" => self.action = Some(rest),
            "absent" => self.absent = rest.split_whitespace().collect(),
            "unsubscribed" => self.unsubscribed = rest.split_whitespace().collect(),
            "page" => self.paging = Some(Paging::parse(rest)?),
            other => return Err(format!("`{other}` says nothing")),
        }
        Ok(())
    }
}

impl Paging {
    /// `NextToken<NextToken MaxResults:1000 Vpcs`, with `-` for what there is not.
    fn parse(text: &'static str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let token = match words.next() {
            Some("-") | None => None,
            Some(word) => Some(word.split_once('<').ok_or("no token in the output")?),
        };
        let size = match words.next() {
            Some("-") | None => None,
            Some(word) => {
                let (member, size) = word.split_once(':').ok_or("no size")?;
                let size = size.parse().map_err(|_| format!("`{size}` is no size"))?;
                Some((member, size))
            }
        };
        let results: Vec<_> = words.collect();
        if results.is_empty() {
            return Err("no member holds the items".to_owned());
        }
        Ok(Paging {
            token,
            size,
            results,
        })
    }
}

/// Lines, each with those after it that are indented by six: they go on with it.
fn logical_lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches('\n');
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            end += rest[end..].find('\n').unwrap_or(rest.len() - end);
            if !rest[end..].starts_with("\n      ") {
                break;
            }
            end += 1;
        }
        let (line, after) = rest.split_at(end);
        rest = after;
        Some(line)
    })
}
