//! `sheaf sync link`: the settings, carried to the next device.

use std::path::Path;

use sheaf_ipc::{
    CreateSetupLink, ErrorCode, OpenSetupLink, ParsedAddress, RemoteForm, SetupLink, SyncSettings,
    SyncTarget,
};

use super::{Session, target::refusal};
use crate::{args::LinkCommand, failure::Failure, input, messages::Place};

impl Session {
    pub(super) async fn link(&self, command: &LinkCommand) -> Result<(), Failure> {
        match command {
            LinkCommand::Create {
                passphrase_file,
                password_file,
                without_password,
            } => {
                let password = if *without_password {
                    None
                } else {
                    self.password_to_carry(password_file.as_deref()).await?
                };
                let request = CreateSetupLink {
                    passphrase: passphrase(passphrase_file.as_deref())?,
                    password,
                };
                let link: SetupLink = self.door.call("create_setup_link", request).await?;
                self.print.answer(&link, || format!("{}\n", link.link))
            }
            LinkCommand::Open {
                link,
                passphrase_file,
                vault_passphrase_file,
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
                if form.password.is_none() && form.fields.token {
                    form.password = Some(input::token(None, &form.fields.address)?.to_string());
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
    /// Typed once more; `None` for a database without accounts.
    async fn password_to_carry(&self, file: Option<&Path>) -> Result<Option<String>, Failure> {
        let settings: SyncSettings = self.door.call("sync_settings", ()).await?;
        match settings.target {
            SyncTarget::Couchdb {
                fields, display, ..
            } if !fields.user.is_empty() => Ok(Some(input::password(file, &display)?.to_string())),
            _ => Ok(None),
        }
    }
}

fn passphrase(file: Option<&Path>) -> Result<String, Failure> {
    Ok(input::password(file, "the link")?.to_string())
}
