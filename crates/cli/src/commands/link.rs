//! `sheaf sync link`: the settings, carried to the next device.

use std::path::Path;

use sheaf_ipc::{
    ApiError, CreateSetupLink, ErrorCode, OpenSetupLink, ParsedAddress, RemoteForm, SetupLink,
    SyncSettings, SyncTarget,
};

use super::{Session, target::refusal};
use crate::{
    args::LinkCommand,
    failure::Failure,
    input,
    messages::Place,
    print::{self, ago},
};

impl Session {
    pub(super) async fn link(&self, command: &LinkCommand) -> Result<(), Failure> {
        match command {
            LinkCommand::Create {
                passphrase_file,
                password_file,
                token_file,
                without_password,
            } => {
                let password = if *without_password {
                    None
                } else {
                    let file = token_file.as_deref().or(password_file.as_deref());
                    self.secret_to_carry(file).await?
                };
                let request = CreateSetupLink {
                    passphrase: passphrase(passphrase_file.as_deref())?,
                    password,
                };
                let made = self.door.call("create_setup_link", request).await;
                let link: SetupLink = made.map_err(not_in_use)?;
                self.print.answer(&link, || format!("{}\n", link.link))
            }
            LinkCommand::Open {
                link,
                passphrase_file,
                vault_passphrase_file,
                token_file,
                joining,
            } => {
                let request = OpenSetupLink {
                    link: link.clone(),
                    passphrase: passphrase(passphrase_file.as_deref())?,
                };
                let opened: ParsedAddress = self.door.call("open_setup_link", request).await?;
                let host = opened.fields.address.split_once("://");
                let place = Place {
                    host: host.map(|(_, host)| host.to_owned()),
                    database: Some(opened.fields.database.clone()),
                    user: Some(opened.fields.user.clone()),
                    proxy: None,
                };
                let mut form = RemoteForm {
                    fields: opened.fields,
                    password: opened.password,
                    vault: opened.vault,
                };
                let expired = opened.token_expires.filter(|at| *at <= self.now);
                if form.fields.token && (token_file.is_some() || form.password.is_none()) {
                    let file = token_file.as_deref();
                    form.password = Some(input::token(file, &form.fields.address)?.to_string());
                } else if let Some(at) = expired {
                    // The server has the last word: its clock may be the one that is right.
                    print::warn(&format!(
                        "The token in this link expired {}; another one can be given with --token-file.",
                        ago(at, self.now)
                    ));
                } else if form.password.is_none() && !form.fields.user.is_empty() {
                    let who = format!("{} at {}", form.fields.user, form.fields.address);
                    form.password = Some(input::password(None, &who)?.to_string());
                }
                let joining = joining.chosen();
                let mut applied = self.apply(&form, false, joining, &place).await?;
                if refusal(&applied) == Some(ErrorCode::VaultLocked) {
                    let file = vault_passphrase_file.as_deref();
                    self.enter_vault(&form, file, &place).await?;
                    applied = self.apply(&form, false, joining, &place).await?;
                }
                self.settle(&applied, &place, &opened.hints)
            }
        }
    }
}

impl Session {
    /// The password or the token, typed once more; `None` for a database without accounts.
    async fn secret_to_carry(&self, file: Option<&Path>) -> Result<Option<String>, Failure> {
        let settings: SyncSettings = self.door.call("sync_settings", ()).await?;
        match settings.target {
            SyncTarget::Couchdb {
                fields, display, ..
            } if !fields.user.is_empty() => Ok(Some(input::password(file, &display)?.to_string())),
            SyncTarget::Couchdb {
                fields, display, ..
            } if fields.token => Ok(Some(input::token(file, &display)?.to_string())),
            _ => Ok(None),
        }
    }
}

/// No server was asked: the token is compared with the one that is kept.
fn not_in_use(error: ApiError) -> Failure {
    if error.code != ErrorCode::TokenRefused {
        return error.into();
    }
    Failure::Asks {
        happened: "This is not the token that sync uses here.".to_owned(),
        todo: "Give that one, or leave it out with --without-password.".to_owned(),
    }
}

fn passphrase(file: Option<&Path>) -> Result<String, Failure> {
    Ok(input::password(file, "the link")?.to_string())
}
