//! The network diagnosis as people see it: lines that appear one after the other, what can be done
//! about them, and the report as text. The sentences belong to the codes
//! (`crates/diagnosis`, and from there `ui/src/text/diagnosis.generated.ts`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CouchFields, HostedAccount, RemoteForm};

/// What to look at, and how closely.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct StartDiagnosis {
    pub subject: DiagnosisSubject,
    /// Watch the changes feed for 40 seconds instead of 5.
    pub deep: bool,
    /// Only what *Test* asks before a target is put into force.
    pub half: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum DiagnosisSubject {
    /// What sync is set to.
    #[default]
    Target,
    /// An address as it is typed or pasted, with or without name and password.
    Url { text: String },
    /// The fields of the preferences, before they are applied.
    Form { form: RemoteForm },
    /// The server of an account, before anybody has signed in.
    Account { account: HostedAccount },
}

/// A run, from its beginning to its end. There is one at a time; a new one ends the old one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// Grows with every run.
    pub run: u32,
    /// `anna@host:6984/my-notes`; empty when there is no readable address.
    pub target: String,
    pub deep: bool,
    pub half: bool,
    #[ts(type = "number")]
    pub started_at: i64,
    pub finished: bool,
    pub verdict: DiagnosisVerdict,
    /// All lines, in the order of the report.
    pub lines: Vec<DiagnosisLine>,
    /// Fixes that were carried out since the app started and can be taken back, the newest first.
    pub applied: Vec<AppliedFix>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DiagnosisVerdict {
    /// Not everything was asked (yet), and nothing failed.
    Incomplete,
    Healthy,
    Warnings,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosisLine {
    /// `TLS-1`: stable.
    pub check: String,
    pub group: DiagnosisGroup,
    pub state: DiagnosisState,
    /// `tls_expired`: stable; `null` until the check has found something.
    pub code: Option<String>,
    /// What stands in the places of the code's sentences.
    pub values: BTreeMap<String, String>,
    /// Lines of technical detail, redacted.
    pub evidence: Vec<String>,
    /// What Sheaf can do, the best first.
    pub fixes: Vec<DiagnosisFix>,
    /// The check that failed, for lines that were skipped.
    pub because: Option<String>,
    pub took_ms: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DiagnosisGroup {
    Computer,
    Address,
    Connection,
    Certificate,
    Server,
    SignIn,
    Database,
    Changes,
    Encryption,
    Sync,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DiagnosisState {
    Waiting,
    Running,
    Passed,
    /// Does not apply here.
    NotNeeded,
    Warning,
    Failed,
    /// Rests on a check that failed.
    Skipped,
    /// The run was ended first.
    Cancelled,
}

/// An offer. Carried out only after the person agreed to what `kind` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosisFix {
    /// Unique within the run.
    pub id: u32,
    pub fix: FixKind,
    /// Whether it can be taken back with `undo_fix`.
    pub reversible: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum FixKind {
    UseAddress {
        address: String,
    },
    UseDatabase {
        name: String,
    },
    /// The fingerprint is compared by a person with the one on the server.
    TrustCertificate {
        server: String,
        sha256: String,
    },
    CreateDatabase {
        name: String,
    },
    /// Lets only this account and whoever is named there already in.
    RestrictSecurity {
        user: String,
    },
    SmallerBatches {
        #[ts(type = "number")]
        bytes: u64,
    },
    AskEvery {
        seconds: u32,
    },
    PreferIpv4,
    WithoutProxy,
    RetryStuck {
        documents: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApplyFix {
    pub run: u32,
    pub fix: u32,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppliedFix {
    /// For `undo_fix`.
    pub id: u32,
    pub fix: FixKind,
    pub reversible: bool,
    /// `anna@host:6984/my-notes`
    pub target: String,
    /// For an address that was not in force: the fields as they should be now. The next run takes
    /// them.
    pub fields: Option<CouchFields>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UndoFix {
    pub id: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunRef {
    pub run: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportOptions {
    pub run: u32,
    /// Leave out host names, addresses and the name of the account.
    pub hide_names: bool,
}

/// The report for the clipboard or a file: no password, no title, no text of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportText {
    pub text: String,
    /// `sheaf-diagnosis-2026-11-21.txt`
    pub file_name: String,
}

/// A report that was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedReport {
    /// Its absolute path.
    pub path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SupportOptions {
    /// Leave out host names, addresses and the name of the account.
    pub hide_names: bool,
}
