//! Does the address make sense, and what does the name stand for?

use std::net::IpAddr;

use sheaf_net::{LookupFault, Pasted};
use tokio::time::{Instant, timeout};

use super::target;
use crate::{Code, Context, Finding, Fix, Kind, Subject};

pub(super) fn spelling(context: &Context) -> Finding {
    match &context.subject {
        Subject::Nothing => Finding::new(Code::AddressEmpty),
        Subject::Unreadable(problem) => {
            Finding::new(Code::AddressUnreadable).with("problem", problem)
        }
        Subject::NoDatabase(server) => {
            Finding::new(Code::AddressNoDatabase).with("address", server)
        }
        Subject::Target(target) => {
            let database = &target.database;
            if target.kind == Kind::Couchdb && !is_legal(database) {
                let suggestion = legal(database);
                return Finding::new(Code::AddressDatabaseName)
                    .with("database", database)
                    .with("suggestion", &suggestion)
                    .fix(Fix::UseDatabase { name: suggestion });
            }
            let address = match target.kind {
                Kind::Couchdb => format!("{}/{database}", target.server),
                Kind::Hosted => target.server.to_string(),
            };
            Finding::new(Code::AddressGood).with("address", address)
        }
    }
}

fn is_legal(name: &str) -> bool {
    let pasted = Pasted::parse(&format!("http://h/{}", name.replace('/', "%2F")));
    pasted.is_ok_and(|pasted| !pasted.hints.contains(&sheaf_net::Hint::DatabaseName))
        && !name.is_empty()
}

/// The nearest name that CouchDB takes.
fn legal(name: &str) -> String {
    let mapped: String = name
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '_' | '$' | '(' | ')' | '+' | '/' | '-' => c,
            _ => '-',
        })
        .collect();
    let words = mapped.split('-').filter(|word| !word.is_empty());
    let tidy = words.collect::<Vec<_>>().join("-");
    match tidy.chars().next() {
        Some('a'..='z') => tidy,
        Some(_) => format!("notes-{tidy}"),
        None => "notes".to_owned(),
    }
}

pub(super) async fn name(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let host = target.server.host();
    if context.known().proxy.is_some() {
        return Finding::new(Code::NameByProxy);
    }
    let literal = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    if let Ok(address) = literal {
        context.known().addresses = vec![address];
        return Finding::new(Code::NameNotNeeded).with("host", host);
    }
    let begun = Instant::now();
    let found = timeout(context.patience.lookup, context.client.lookup(host)).await;
    let took = begun.elapsed();
    let failed = |code| {
        Finding::new(code)
            .with("host", host)
            .saw(format!("looked up {host} for {} ms", took.as_millis()))
    };
    let addresses = match found {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(LookupFault::Unknown)) => return failed(Code::NameUnknown),
        Ok(Err(LookupFault::NoAnswer)) | Err(_) => return failed(Code::NameNoAnswer),
    };
    let shown = super::connection::list(&addresses);
    context.known().addresses.clone_from(&addresses);
    let finding = if took >= context.patience.slow_lookup {
        Finding::new(Code::NameSlow).with("seconds", format!("{:.1}", took.as_secs_f64()))
    } else {
        Finding::new(Code::NameResolved)
    };
    finding.with("host", host).with("addresses", shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_database_can_have_is_turned_into_one_it_can() {
        for (name, suggestion) in [
            ("My Notes", "my-notes"),
            ("2025", "notes-2025"),
            ("Größe", "gr-e"),
            ("…", "notes"),
        ] {
            assert!(!is_legal(name), "{name}");
            assert_eq!(legal(name), suggestion);
            assert!(is_legal(suggestion));
        }
        assert!(is_legal("team/notes") && !is_legal(""));
    }
}
