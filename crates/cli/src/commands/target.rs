//! `sheaf sync set`: from a pasted address to a target in force.

use sheaf_ipc::{
    AddressHint, Applied, ApplySync, ErrorCode, Joining, ParsedAddress, PastedAddress, RemoteForm,
    RemoteReport, RemoteWarning, SecretStore, SyncTarget, VaultKit,
};

use super::{Session, sides, vault::told_kit};
use crate::{args::CouchOptions, failure::Failure, input, messages::Place, print};

impl Session {
    pub(super) async fn set_off(&self) -> Result<(), Failure> {
        let applied: Applied = self.door.call("apply_sync", ApplySync::Off).await?;
        self.print.answer(&applied, || {
            "Sync is off. Your notes stay here, and those on the server stay there.\n".to_owned()
        })
    }

    pub(super) async fn set_couchdb(&self, options: &CouchOptions) -> Result<(), Failure> {
        let text = options.url.clone();
        let parsed: ParsedAddress = self
            .door
            .call("parse_address", PastedAddress { text })
            .await?;
        let ParsedAddress {
            mut fields,
            mut password,
            hints,
            vault,
            ..
        } = parsed;
        if let Some(user) = &options.user {
            fields.user.clone_from(user);
        }
        if options.token || options.token_file.is_some() {
            fields.user.clear();
            fields.token = true;
            password = None;
        }
        let host = fields
            .address
            .split_once("://")
            .map_or("", |(_, host)| host)
            .to_owned();
        let place = Place {
            host: Some(host.clone()),
            database: Some(fields.database.clone()),
            user: Some(fields.user.clone()),
            proxy: None,
        };
        if let Some(file) = &options.password.password_file {
            password = Some(input::password(Some(file), &fields.user)?.to_string());
        }
        if let Some(file) = &options.token_file {
            password = Some(input::token(Some(file), &host)?.to_string());
        }
        let mut form = RemoteForm {
            fields,
            password,
            vault,
        };
        let joining = options.joining.chosen();
        let passphrase = options.passphrase_file.as_deref();
        if options.encrypt {
            if options.create {
                let created = self.door.call("create_database", &form).await;
                let _: RemoteReport = created.map_err(|e| Failure::at(e, place.clone()))?;
            }
            let kit = self.ready_vault(&form, passphrase, &place).await?;
            let applied = self
                .apply(&form, options.although_unreachable, joining, &place)
                .await?;
            return self.settle_with(&applied, &place, &hints, kit.as_ref());
        }
        let mut applied = self
            .apply(&form, options.although_unreachable, joining, &place)
            .await?;
        if let Some(code) = refusal(&applied) {
            let retry = match code {
                ErrorCode::PasswordMissing if form.fields.token => {
                    let host = place.host.as_deref().unwrap_or_default();
                    form.password = Some(input::token(None, host)?.to_string());
                    true
                }
                ErrorCode::PasswordMissing => {
                    let who = format!("{} at {}", form.fields.user, form.fields.address);
                    form.password = Some(input::password(None, &who)?.to_string());
                    true
                }
                ErrorCode::DatabaseMissing if options.create => {
                    let created = self.door.call("create_database", &form).await;
                    let _: RemoteReport = created.map_err(|e| Failure::at(e, place.clone()))?;
                    true
                }
                ErrorCode::VaultLocked => {
                    self.enter_vault(&form, passphrase, &place).await?;
                    true
                }
                _ => false,
            };
            if retry {
                applied = self
                    .apply(&form, options.although_unreachable, joining, &place)
                    .await?;
            }
        }
        self.settle(&applied, &place, &hints)
    }

    /// Tells what came of it.
    pub(super) fn settle(
        &self,
        applied: &Applied,
        place: &Place,
        hints: &[AddressHint],
    ) -> Result<(), Failure> {
        self.settle_with(applied, place, hints, None)
    }

    /// The same, with the recovery kit of a database that was encrypted on the way.
    fn settle_with(
        &self,
        applied: &Applied,
        place: &Place,
        hints: &[AddressHint],
        kit: Option<&VaultKit>,
    ) -> Result<(), Failure> {
        #[derive(serde::Serialize)]
        struct Encrypted<'a> {
            #[serde(flatten)]
            applied: &'a Applied,
            kit: &'a VaultKit,
        }
        if let Some(problem) = applied
            .report
            .as_ref()
            .and_then(|report| report.problem.as_ref())
            && !applied.applied
        {
            let said = applied
                .report
                .iter()
                .flat_map(|report| &report.lines)
                .next();
            let proxy = said.and_then(|line| line.values.get("proxy"));
            let error = sheaf_ipc::ApiError::new(problem.code).at_proxy(proxy.map(String::as_str));
            let error = match problem.detail.as_str() {
                "" => error,
                detail => error.with_detail(detail),
            };
            return Err(Failure::at(error, place.clone()));
        }
        if !self.print.json {
            caution(hints, applied.report.as_ref());
        }
        match kit {
            Some(kit) => self.print.answer(&Encrypted { applied, kit }, || {
                format!("{}\n{}", in_force(applied), told_kit(kit))
            }),
            None => self.print.answer(applied, || in_force(applied)),
        }
    }

    /// Puts a form into force. Where both sides have notes they are brought together, and the counts
    /// told; a database that others use is left alone until the person has said what to do.
    pub(super) async fn apply(
        &self,
        form: &RemoteForm,
        although_unreachable: bool,
        joining: Option<Joining>,
        place: &Place,
    ) -> Result<Applied, Failure> {
        let request = |joining| ApplySync::Couchdb {
            form: form.clone(),
            although_unreachable,
            joining,
        };
        let call = async |joining| {
            let applied = self.door.call("apply_sync", request(joining)).await;
            applied.map_err(|error| Failure::at(error, place.clone()))
        };
        let applied: Applied = call(joining).await?;
        let Some(sides) = &applied.sides else {
            return Ok(applied);
        };
        if let Some(shared) = sides::shared_with(sides) {
            return Err(Failure::Asks {
                happened: shared,
                todo: "Use a database of its own, or say what to do: --merge, --replace-remote or --replace-local."
                    .to_owned(),
            });
        }
        if !self.print.json {
            print::warn(&format!(
                "{} Both are brought together.",
                sides::counted(sides)
            ));
        }
        call(Some(Joining::Merge)).await
    }
}

pub(super) fn refusal(applied: &Applied) -> Option<ErrorCode> {
    if applied.applied {
        return None;
    }
    applied
        .report
        .as_ref()?
        .problem
        .as_ref()
        .map(|problem| problem.code)
}

fn in_force(applied: &Applied) -> String {
    let SyncTarget::Couchdb {
        display, fields, ..
    } = &applied.settings.target
    else {
        return String::new();
    };
    let secret = if fields.token { "token" } else { "password" };
    let kept = match applied.settings.secret_store {
        _ if !applied.settings.has_password => String::new(),
        SecretStore::Keyring => format!(" The {secret} is in the keyring."),
        SecretStore::ClearFile => {
            format!(" The {secret} is in a readable file in the data directory.")
        }
        SecretStore::Session => format!(" The {secret} is forgotten when this program ends."),
        SecretStore::Unavailable => String::new(),
    };
    format!("Syncing with {display}.{kept}\nRun `sheaf sync now` to begin.\n")
}

/// Worth a word, but no reason to stop.
fn caution(hints: &[AddressHint], report: Option<&RemoteReport>) {
    for hint in hints {
        let word = match hint {
            AddressHint::UtilsPage => {
                "That is the address of the administration page; /_utils was cut off."
            }
            AddressHint::NoPort => {
                "No port was given. CouchDB itself listens on 5984, and on 6984 for https."
            }
            AddressHint::SchemeAssumed
            | AddressHint::PlainHttp
            | AddressHint::DatabaseName
            | AddressHint::NoDatabase => continue,
        };
        print::warn(word);
    }
    for warning in report.into_iter().flat_map(|report| &report.warnings) {
        print::warn(match warning {
            RemoteWarning::OpenToEverybody => {
                "Everybody who knows this address can read the database, without a password. Restrict it to your account."
            }
            RemoteWarning::PlainHttp => {
                "The connection is not encrypted: the password and the notes can be read on the way. Use https."
            }
            RemoteWarning::ForeignDocuments => {
                "This database also holds documents that are not notes. They are left alone."
            }
        });
    }
}
