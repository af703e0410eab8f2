//! `sheaf doctor` and `sheaf support`: the network diagnosis, and what somebody who helps needs to
//! see, without a window.

use std::io::{IsTerminal as _, Write as _};

use serde::Serialize;
use sheaf_ipc::{
    AppliedFix, ApplyFix, CouchFields, Diagnosis, DiagnosisFix, DiagnosisState, DiagnosisSubject,
    DiagnosisVerdict, FixKind, ParsedAddress, PastedAddress, RemoteForm, ReportOptions, ReportText,
    RunRef, StartDiagnosis, SupportOptions,
};

use super::Session;
use crate::{args::DoctorOptions, failure::Failure, input, print};

/// A run, and what was done about it.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    diagnosis: Diagnosis,
    /// Carried out before this run, because `--fix` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<AppliedFix>,
}

impl Session {
    pub(super) async fn doctor(&self, options: &DoctorOptions) -> Result<(), Failure> {
        let subject = self.subject(options).await?;
        if std::io::stderr().is_terminal() && !self.print.json {
            print::warn("Looking at each step between this computer and the server…");
        }
        let mut diagnosis = self.looked(subject.clone(), options.deep).await?;
        let mut fixed = None;
        if options.fix
            && let Some(offered) = first_fix(&diagnosis)
            && (options.yes || self.agreed(&offered)?)
        {
            let request = ApplyFix {
                run: diagnosis.run,
                fix: offered.id,
            };
            let applied: AppliedFix = self.door.call("apply_fix", request).await?;
            let subject = match &applied.fields {
                Some(fields) => self.moved(subject, fields.clone()).await?,
                None => subject,
            };
            fixed = Some(applied);
            diagnosis = self.looked(subject, options.deep).await?;
        }
        let report: ReportText = self
            .door
            .call(
                "diagnosis_report",
                ReportOptions {
                    run: diagnosis.run,
                    hide_names: options.hide_names,
                },
            )
            .await?;
        let code = match diagnosis.verdict {
            DiagnosisVerdict::Healthy => 0,
            DiagnosisVerdict::Warnings => 1,
            DiagnosisVerdict::Failed | DiagnosisVerdict::Incomplete => 2,
        };
        let told = Told { diagnosis, fixed };
        self.print.answer(&told, || report.text)?;
        if code == 0 {
            return Ok(());
        }
        Err(Failure::Diagnosed(code))
    }

    /// `sheaf support`: the text, for a file or a letter.
    pub(super) async fn support(&self, hide_names: bool) -> Result<(), Failure> {
        let options = SupportOptions { hide_names };
        let bundle: ReportText = self.door.call("support_bundle", options).await?;
        self.print.answer(&bundle, || bundle.text.clone())
    }

    async fn subject(&self, options: &DoctorOptions) -> Result<DiagnosisSubject, Failure> {
        let Some(url) = &options.url else {
            return Ok(DiagnosisSubject::Target);
        };
        let Some(file) = options.password.password_file.as_deref() else {
            return Ok(DiagnosisSubject::Url { text: url.clone() });
        };
        let password = input::password(Some(file), url)?;
        let asked = PastedAddress { text: url.clone() };
        let parsed: ParsedAddress = self.door.call("parse_address", asked).await?;
        Ok(form(parsed.fields, Some(password.to_string())))
    }

    async fn looked(&self, subject: DiagnosisSubject, deep: bool) -> Result<Diagnosis, Failure> {
        let asked = StartDiagnosis {
            subject,
            deep,
            half: false,
        };
        let begun: Diagnosis = self.door.call("start_diagnosis", asked).await?;
        let run = RunRef { run: begun.run };
        Ok(self.door.call("wait_for_diagnosis", run).await?)
    }

    /// The same subject at another address, with the same password.
    async fn moved(
        &self,
        subject: DiagnosisSubject,
        fields: CouchFields,
    ) -> Result<DiagnosisSubject, Failure> {
        let password = match subject {
            DiagnosisSubject::Form { form } => form.password,
            DiagnosisSubject::Url { text } => {
                let asked = PastedAddress { text };
                let parsed: ParsedAddress = self.door.call("parse_address", asked).await?;
                parsed.password
            }
            DiagnosisSubject::Target | DiagnosisSubject::Account { .. } => None,
        };
        Ok(form(fields, password))
    }

    fn agreed(&self, offered: &DiagnosisFix) -> Result<bool, Failure> {
        if self.print.json || !std::io::stdin().is_terminal() {
            return Err(Failure::Usage(
                "Nobody can be asked whether to carry out a fix; agree with --yes.".into(),
            ));
        }
        let back = if offered.reversible {
            " It can be taken back."
        } else {
            ""
        };
        let question = format!("{}{back} Go on? [y/N] ", words(&offered.fix));
        let mut err = std::io::stderr();
        let shown = err
            .write_all(question.as_bytes())
            .and_then(|()| err.flush());
        shown.map_err(Failure::Output)?;
        let mut answer = String::new();
        std::io::stdin()
            .read_line(&mut answer)
            .map_err(Failure::NoTerminal)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }
}

fn form(fields: CouchFields, password: Option<String>) -> DiagnosisSubject {
    DiagnosisSubject::Form {
        form: RemoteForm {
            fields,
            password,
            vault: None,
        },
    }
}

/// Of the one main cause: the first failure, else the first warning that can be helped.
fn first_fix(diagnosis: &Diagnosis) -> Option<DiagnosisFix> {
    let of = |state: DiagnosisState| {
        let mut lines = diagnosis
            .lines
            .iter()
            .filter(move |line| line.state == state);
        lines.find_map(|line| line.fixes.first().cloned())
    };
    let failed = diagnosis
        .lines
        .iter()
        .any(|line| line.state == DiagnosisState::Failed);
    if failed {
        of(DiagnosisState::Failed)
    } else {
        of(DiagnosisState::Warning)
    }
}

fn words(fix: &FixKind) -> String {
    match fix {
        FixKind::UseAddress { address } => format!("Sheaf would use the address {address}."),
        FixKind::UseDatabase { name } => format!("Sheaf would use the database {name}."),
        FixKind::TrustCertificate { server, sha256 } => format!(
            "Sheaf would trust this one certificate of {server}. Compare its SHA-256 with the server's: {sha256}."
        ),
        FixKind::CreateDatabase { name } => {
            format!("Sheaf would create the database {name} on the server.")
        }
        FixKind::RestrictSecurity { user } => {
            format!("Sheaf would let only {user} and administrators into the database.")
        }
        FixKind::SmallerBatches { bytes } => {
            format!("Sheaf would send at most {bytes} bytes at once to this server.")
        }
        FixKind::AskEvery { seconds } => {
            format!("Sheaf would ask for changes every {seconds} seconds instead of listening.")
        }
        FixKind::PreferIpv4 => "Sheaf would use only IPv4 for this server.".to_owned(),
        FixKind::WithoutProxy => "Sheaf would go to this server without the proxy.".to_owned(),
        FixKind::RetryStuck { documents } => {
            format!("Sheaf would try {documents} documents again.")
        }
    }
}
