//! The *Test* button: the first half of the checks, run to its end, and what came of it in the
//! terms of whoever puts a target into force.

use sheaf_diagnosis::{CheckId, Code, Fix, Line, Report, Severity, Subject};
use sheaf_ipc::{
    ApiError, DiagnosisSubject, ErrorCode, HostedAccount, RemoteForm, RemoteProblem, RemoteReport,
    RemoteWarning, StartDiagnosis,
};

use super::{Examined, shown};
use crate::Engine;

impl Engine {
    /// What stands between this computer and a database. Changes nothing.
    pub(crate) async fn test(&self, form: RemoteForm) -> Result<RemoteReport, ApiError> {
        self.first_half(DiagnosisSubject::Form { form }).await
    }

    /// The same for the server of an account, as far as can be told without signing in.
    pub(crate) async fn test_server(
        &self,
        account: HostedAccount,
    ) -> Result<RemoteReport, ApiError> {
        self.first_half(DiagnosisSubject::Account { account }).await
    }

    async fn first_half(&self, subject: DiagnosisSubject) -> Result<RemoteReport, ApiError> {
        let asked = StartDiagnosis {
            subject,
            deep: false,
            half: true,
        };
        let prepared = self.prepare_diagnosis(&asked).await?;
        let report = sheaf_diagnosis::run(
            &prepared.context,
            &prepared.plan,
            &prepared.probes,
            &|_| {},
            std::future::pending(),
        )
        .await;
        Ok(reported(&prepared.examined, &report))
    }
}

fn reported(examined: &Examined, report: &Report) -> RemoteReport {
    let failed = report.lines.iter().find(|line| stands_in_the_way(line));
    let remarks = report.lines.iter().filter(|line| {
        !stands_in_the_way(line)
            && matches!(line.severity(), Some(Severity::Warning | Severity::Failure))
    });
    let value = |check: CheckId, name: &str| {
        let finding = report.line(check)?.finding()?;
        (finding.severity() == Severity::Pass).then(|| finding.values.get(name).cloned())?
    };
    let (host, database) = match &examined.subject {
        Subject::Target(target) => (target.server.host_and_port(), target.database.clone()),
        Subject::NoDatabase(server) => (server.host_and_port(), String::new()),
        Subject::Nothing | Subject::Unreadable(_) => (String::new(), String::new()),
    };
    let missing = report.line(CheckId::Database).and_then(Line::finding);
    RemoteReport {
        problem: failed.map(problem),
        warnings: remarks.clone().filter_map(warning).collect(),
        server: value(CheckId::Http, "server"),
        answered_in_ms: report
            .line(CheckId::Database)
            .filter(|line| line.severity() == Some(Severity::Pass))
            .and_then(|line| u32::try_from(line.took?.as_millis()).ok()),
        signed_in_as: match &examined.target {
            Some(target) if value(CheckId::Auth, "role").is_some() => {
                let bearer = || value(CheckId::Auth, "bearer");
                target.url.user.clone().or_else(bearer)
            }
            _ => None,
        },
        documents: value(CheckId::Database, "documents").and_then(|count| count.parse().ok()),
        can_create: missing.is_some_and(|finding| {
            let creates = |fix: &Fix| matches!(fix, Fix::CreateDatabase { .. });
            finding.fixes.iter().any(creates)
        }),
        host,
        database,
        encrypted: report
            .line(CheckId::Key)
            .and_then(Line::finding)
            .is_some_and(|finding| is_of_a_vault(finding.code)),
        lines: failed.into_iter().chain(remarks).map(shown::line).collect(),
    }
}

/// A clock that is wrong makes dates look odd and stops nothing by itself; nor do a few documents that somebody else has
/// locked, which stay where they are.
fn stands_in_the_way(line: &Line) -> bool {
    line.severity() == Some(Severity::Failure)
        && line.check != CheckId::Clock
        && line
            .finding()
            .is_none_or(|finding| finding.code != Code::KeyForeign)
}

/// What is found where a database has a key of its own.
const fn is_of_a_vault(code: Code) -> bool {
    matches!(
        code,
        Code::KeyGood
            | Code::KeyMixed
            | Code::KeyLocked
            | Code::KeyUnusable
            | Code::KeyWrongPassphrase
    )
}

fn problem(line: &Line) -> RemoteProblem {
    let Some(finding) = line.finding() else {
        return RemoteProblem {
            code: ErrorCode::Bug,
            detail: String::new(),
        };
    };
    RemoteProblem {
        code: code(line.check, finding.code),
        detail: finding.evidence.join("\n"),
    }
}

fn warning(line: &Line) -> Option<RemoteWarning> {
    match line.finding()?.code {
        Code::OpenToEverybody | Code::AdminParty => Some(RemoteWarning::OpenToEverybody),
        Code::TlsNone | Code::TlsAvailable => Some(RemoteWarning::PlainHttp),
        Code::OtherApplication => Some(RemoteWarning::ForeignDocuments),
        _ => None,
    }
}

/// What a failure is called in the table that all commands share.
fn code(check: CheckId, found: Code) -> ErrorCode {
    match found {
        Code::AddressDatabaseName
        | Code::AddressEmpty
        | Code::AddressNoDatabase
        | Code::AddressUnreadable => ErrorCode::AddressInvalid,
        Code::SecretMissing | Code::SecretTokenMissing => ErrorCode::PasswordMissing,
        Code::SecretLocked => ErrorCode::SecretStore,
        Code::NameUnknown | Code::NameNoAnswer => ErrorCode::HostNotFound,
        Code::PortRefused | Code::PortElsewhere => ErrorCode::ConnectionRefused,
        Code::TookTooLong | Code::PortFiltered | Code::HttpNoAnswer | Code::AuthUnanswered => {
            ErrorCode::TimedOut
        }
        Code::HttpCut => ErrorCode::Unreachable,
        Code::AppTooOld => ErrorCode::AppTooOld,
        Code::TlsPlainHttp | Code::TlsExpected => ErrorCode::NotCouchdb,
        Code::HttpGatewayError | Code::HttpServerError => ErrorCode::ServerFault,
        Code::HttpRedirect | Code::HttpRedirectLoop | Code::HttpRedirectElsewhere => {
            ErrorCode::Redirected
        }
        Code::HttpBusy | Code::AuthBusy | Code::DatabaseBusy => ErrorCode::RateLimited,
        Code::AuthLocked => ErrorCode::LockedOut,
        Code::ProxyPassword => ErrorCode::ProxyPassword,
        Code::ProxyUnreachable => ErrorCode::ProxyUnreachable,
        Code::ProxyRefuses => ErrorCode::ProxyRefused,
        Code::AuthTokenExpired => ErrorCode::TokenExpired,
        Code::AuthTokenRefused | Code::AuthTokenUnread => ErrorCode::TokenRefused,
        Code::DatabaseMissing | Code::DatabaseMissingNoRight => ErrorCode::DatabaseMissing,
        Code::DatabaseForbidden => ErrorCode::Forbidden,
        Code::WriteReadOnly | Code::WriteBlocked => ErrorCode::ReadOnly,
        Code::WriteNoRoom => ErrorCode::QuotaExceeded,
        Code::KeyLocked => ErrorCode::VaultLocked,
        Code::KeyMissing => ErrorCode::NotEncrypted,
        Code::KeyUnusable => ErrorCode::VaultUnreadable,
        Code::KeyWrongPassphrase => ErrorCode::OtherVault,
        _ => of_check(check),
    }
}

const fn of_check(check: CheckId) -> ErrorCode {
    match check {
        CheckId::Network | CheckId::Portal | CheckId::Proxy | CheckId::Tcp => {
            ErrorCode::Unreachable
        }
        CheckId::Dns => ErrorCode::HostNotFound,
        CheckId::Tls => ErrorCode::Certificate,
        CheckId::Http | CheckId::Version => ErrorCode::NotCouchdb,
        CheckId::Auth => ErrorCode::Unauthorised,
        CheckId::Database | CheckId::Write => ErrorCode::ServerFault,
        _ => ErrorCode::Bug,
    }
}

/// Problems that go away by themselves; a target may be put into force in spite of them.
pub(crate) fn is_unreachable(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::HostNotFound
            | ErrorCode::ConnectionRefused
            | ErrorCode::TimedOut
            | ErrorCode::Unreachable
            | ErrorCode::ProxyUnreachable
            | ErrorCode::ProxyRefused
            | ErrorCode::ServerFault
            | ErrorCode::RateLimited
    )
}

#[cfg(test)]
mod tests {
    use sheaf_diagnosis::{Depth, Finding, State};

    use super::*;

    fn examined() -> Examined {
        let fields = sheaf_ipc::CouchFields {
            address: "https://host:6984".into(),
            user: "anna".into(),
            database: "db".into(),
            token: false,
        };
        let form = RemoteForm {
            fields,
            password: Some("secret".into()),
            vault: None,
        };
        Examined::of(crate::worker::target_of_form(&form).unwrap(), false)
    }

    fn report(findings: Vec<(CheckId, Finding)>) -> RemoteReport {
        let checks: Vec<CheckId> = findings.iter().map(|(check, _)| *check).collect();
        let mut report = Report::waiting(&checks);
        for (check, finding) in findings {
            report.set(Line {
                check,
                state: State::Found(finding),
                took: None,
            });
        }
        reported(&examined(), &report)
    }

    #[test]
    fn a_database_that_can_be_read_and_written_has_no_problem() {
        let there = Finding::new(Code::DatabaseThere).with("documents", 12);
        let report = report(vec![
            (CheckId::Auth, Finding::new(Code::AuthGood).with("role", "")),
            (CheckId::Database, there),
        ]);
        assert_eq!((report.problem, report.warnings), (None, vec![]));
        assert_eq!(report.documents, Some(12));
        assert_eq!(report.signed_in_as.as_deref(), Some("anna"));
        assert_eq!(
            (report.host.as_str(), report.database.as_str()),
            ("host:6984", "db")
        );
    }

    #[test]
    fn a_wrong_clock_is_a_remark_and_no_reason_to_stop() {
        let report = report(vec![(CheckId::Clock, Finding::new(Code::ClockWrong))]);
        assert_eq!(report.problem, None);
        assert_eq!(report.lines[0].code.as_deref(), Some("clock_wrong"));
    }

    #[test]
    fn a_database_whose_passphrase_is_not_known_here_is_encrypted_and_asks_for_it() {
        let locked = report(vec![(CheckId::Key, Finding::new(Code::KeyLocked))]);
        assert!(locked.encrypted);
        assert_eq!(locked.problem.unwrap().code, ErrorCode::VaultLocked);
    }

    #[test]
    fn documents_that_somebody_else_locked_are_a_remark_and_no_reason_to_stop() {
        let finding = Finding::new(Code::KeyForeign).with("documents", 2);
        let report = report(vec![(CheckId::Key, finding)]);
        assert!(!report.encrypted);
        assert_eq!(report.problem, None);
        assert_eq!(report.lines[0].code.as_deref(), Some("key_foreign"));
    }

    #[test]
    fn a_missing_database_can_be_created_where_the_check_offers_it() {
        let name = "db".to_owned();
        let finding = Finding::new(Code::DatabaseMissing).fix(Fix::CreateDatabase { name });
        let offered = report(vec![(CheckId::Database, finding)]);
        assert!(offered.can_create);
        assert_eq!(offered.problem.unwrap().code, ErrorCode::DatabaseMissing);
        let finding = Finding::new(Code::DatabaseMissingNoRight);
        assert!(!report(vec![(CheckId::Database, finding)]).can_create);
    }

    #[test]
    fn every_failure_of_the_first_half_has_a_name_that_is_not_a_bug() {
        for found in Code::ALL {
            let check = found.check();
            if found.severity() == Severity::Failure
                && check.depth() == Depth::Half
                && check != CheckId::Clock
                && *found != Code::KeyForeign
            {
                assert_ne!(code(check, *found), ErrorCode::Bug, "{found:?}");
            }
        }
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
