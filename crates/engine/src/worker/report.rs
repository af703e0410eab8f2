//! What the *Test* button says: a probe's findings, reduced to the one thing that stands in the
//! way and what is worth a warning.

use sheaf_couch::Probe;
use sheaf_ipc::{ErrorCode, RemoteProblem, RemoteReport, RemoteWarning};
use sheaf_net::RemoteUrl;

use super::trouble::{code, detail};

pub(super) fn report(url: &RemoteUrl, probe: &Probe) -> RemoteReport {
    let mut warnings = Vec::new();
    let mut warn = |when: bool, warning| {
        if when {
            warnings.push(warning);
        }
    };
    warn(probe.open_to_everybody, RemoteWarning::OpenToEverybody);
    warn(
        url.server.is_plain_http_elsewhere(),
        RemoteWarning::PlainHttp,
    );
    warn(probe.foreign_documents, RemoteWarning::ForeignDocuments);
    RemoteReport {
        problem: problem(probe),
        warnings,
        server: probe.server.clone(),
        answered_in_ms: probe.latency.map(|latency| latency.as_millis() as u32),
        signed_in_as: probe.signed_in_as.clone(),
        documents: probe.documents,
        can_create: probe.can_create,
        encrypted: probe.lock.is_some(),
        host: url.server.host_and_port(),
        database: url.database.clone(),
    }
}

/// For a target whose test could not even begin.
pub(super) fn cannot_test(url: &RemoteUrl, code: ErrorCode, detail: String) -> RemoteReport {
    let probe = Probe {
        database_exists: true,
        can_write: true,
        ..Probe::default()
    };
    RemoteReport {
        problem: Some(RemoteProblem { code, detail }),
        ..report(url, &probe)
    }
}

fn problem(probe: &Probe) -> Option<RemoteProblem> {
    let found = |code, detail: &str| {
        Some(RemoteProblem {
            code,
            detail: detail.to_owned(),
        })
    };
    match &probe.problem {
        Some(error) => Some(RemoteProblem {
            code: code(error),
            detail: detail(error),
        }),
        None if !probe.database_exists => found(ErrorCode::DatabaseMissing, ""),
        None if !probe.can_write => found(ErrorCode::ReadOnly, ""),
        None => None,
    }
}

/// Problems that go away by themselves; a target may be put into force in spite of them.
pub(super) fn is_unreachable(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::HostNotFound
            | ErrorCode::ConnectionRefused
            | ErrorCode::TimedOut
            | ErrorCode::Unreachable
            | ErrorCode::ServerFault
            | ErrorCode::RateLimited
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::target::of_form;

    fn url(address: &str) -> RemoteUrl {
        let fields = sheaf_ipc::CouchFields {
            address: address.into(),
            ..Default::default()
        };
        of_form(&sheaf_ipc::RemoteForm {
            fields,
            password: None,
            vault: None,
        })
        .unwrap()
        .url
    }

    #[test]
    fn a_database_that_can_be_read_and_written_has_no_problem() {
        let probe = Probe {
            database_exists: true,
            can_write: true,
            ..Probe::default()
        };
        let report = report(&url("https://host:6984/db"), &probe);
        assert_eq!((report.problem, report.warnings), (None, vec![]));
        assert_eq!(
            (report.host.as_str(), report.database.as_str()),
            ("host:6984", "db")
        );
    }

    #[test]
    fn missing_comes_before_read_only() {
        let probe = Probe {
            can_create: true,
            ..Probe::default()
        };
        let report = report(&url("http://host/db"), &probe);
        assert_eq!(report.problem.unwrap().code, ErrorCode::DatabaseMissing);
        assert_eq!(report.warnings, [RemoteWarning::PlainHttp]);
    }

    #[test]
    fn what_a_person_must_put_right_is_never_overridden() {
        for code in [
            ErrorCode::Unauthorised,
            ErrorCode::DatabaseMissing,
            ErrorCode::Certificate,
        ] {
            assert!(!is_unreachable(code), "{code:?}");
        }
        assert!(is_unreachable(ErrorCode::TimedOut));
    }
}
