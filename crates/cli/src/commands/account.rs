//! `sheaf sync set server` and `sheaf sync account`: an account at a Sheaf server.

use std::path::Path;

use sheaf_ipc::{
    HostedAccount, HostedChangePassword, HostedConfirm, HostedOptions, HostedProof, HostedSignIn,
    HostedSignOut, HostedSignUp, HostedSignedUp, HostedWarning, HostedWarningKind, RecoveryKit,
    SyncSettings, SyncTarget,
};

use super::Session;
use crate::{
    args::{AccountCommand, OnOff, ServerOptions},
    failure::Failure,
    input,
    messages::Place,
};

impl Session {
    pub(super) async fn set_server(&self, options: &ServerOptions) -> Result<(), Failure> {
        let account = HostedAccount {
            address: options.url.clone(),
            email: options.email.clone(),
        };
        let who = format!("{} at {}", account.email, account.address);
        let place = place_of(&account);
        if options.sign_up {
            let password = input::password(options.password.password_file.as_deref(), &who)?;
            let request = HostedSignUp {
                account,
                password: password.to_string(),
            };
            let made = self.door.call("hosted_sign_up", request).await;
            let made: HostedSignedUp = made.map_err(|error| Failure::at(error, place))?;
            return self.print.answer(&made, || {
                format!("{}\n{}", in_force(&made.settings), kit(&made.kit))
            });
        }
        let proof = proof(
            options.password.password_file.as_deref(),
            options.recovery_code_file.as_deref(),
            &who,
        )?;
        let request = HostedSignIn {
            account,
            proof,
            allow_older: options.older,
        };
        let settings = self.door.call("hosted_sign_in", request).await;
        let settings: SyncSettings = settings.map_err(|error| Failure::at(error, place))?;
        self.print.answer(&settings, || in_force(&settings))
    }

    pub(super) async fn account(&self, command: &AccountCommand) -> Result<(), Failure> {
        match command {
            AccountCommand::SignOut { remove_notes } => {
                let request = HostedSignOut {
                    keep_notes: !remove_notes,
                };
                let settings = self.door.call("hosted_sign_out", request).await;
                let settings: SyncSettings = self.placed(settings).await?;
                self.print.answer(&settings, || {
                    let notes = if *remove_notes {
                        "The notes are gone from this computer"
                    } else {
                        "The notes stay on this computer"
                    };
                    format!("Signed out. {notes}; those on the server stay there.\n")
                })
            }
            AccountCommand::ChangePassword {
                password,
                new_password_file,
                recovery_code_file,
            } => {
                let current = proof(
                    password.password_file.as_deref(),
                    recovery_code_file.as_deref(),
                    "the account as it is now",
                )?;
                let new = input::password(new_password_file.as_deref(), "the account from now on")?;
                let request = HostedChangePassword {
                    current,
                    new_password: new.to_string(),
                };
                let changed = self.door.call("hosted_change_password", request).await;
                let changed: RecoveryKit = self.placed(changed).await?;
                self.print.answer(&changed, || {
                    format!(
                        "The password was changed. Other devices ask for it when they sync next.\n{}",
                        kit(&changed)
                    )
                })
            }
            AccountCommand::RecoveryKit { password } => {
                let request = confirmed(password.password_file.as_deref())?;
                let found = self.door.call("hosted_recovery_kit", request).await;
                let found: RecoveryKit = self.placed(found).await?;
                self.print.answer(&found, || kit(&found))
            }
            AccountCommand::Delete { password } => {
                let request = confirmed(password.password_file.as_deref())?;
                let settings = self.door.call("hosted_delete_account", request).await;
                let settings: SyncSettings = self.placed(settings).await?;
                self.print.answer(&settings, || {
                    "The account and everything on the server are gone. The notes stay on this computer.\n"
                        .to_owned()
                })
            }
            AccountCommand::HideSizes { hide } => {
                let request = HostedOptions {
                    hide_sizes: *hide == OnOff::On,
                };
                let settings = self.door.call("hosted_options", request).await;
                let settings: SyncSettings = self.placed(settings).await?;
                self.print.answer(&settings, || match hide {
                    OnOff::On => "From now on notes are sent in a few sizes only.\n".to_owned(),
                    OnOff::Off => "From now on notes are sent as long as they are.\n".to_owned(),
                })
            }
            AccountCommand::Warnings { dismiss } => {
                let found: Vec<HostedWarning> = self.door.call("hosted_warnings", ()).await?;
                if *dismiss {
                    self.door.call::<()>("dismiss_hosted_warnings", ()).await?;
                }
                self.print.answer(&found, || warnings(&found))
            }
        }
    }

    /// Signs in again to the account in force.
    pub(super) async fn enter_account(
        &self,
        account: &HostedAccount,
        version: Option<&str>,
        file: Option<&Path>,
    ) -> Result<SyncSettings, Failure> {
        let who = format!("{} at {}", account.email, account.address);
        let request = HostedSignIn {
            account: account.clone(),
            proof: proof(file, None, &who)?,
            allow_older: version == Some("003"),
        };
        let settings = self.door.call("hosted_sign_in", request).await;
        settings.map_err(|error| Failure::at(error, place_of(account)))
    }
}

pub(super) fn place_of(account: &HostedAccount) -> Place {
    let address = account.address.as_str();
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    Place {
        host: Some(host.trim_end_matches('/').to_owned()),
        database: None,
        user: Some(account.email.clone()),
        proxy: None,
    }
}

fn proof(password: Option<&Path>, code: Option<&Path>, who: &str) -> Result<HostedProof, Failure> {
    Ok(match code {
        Some(file) => HostedProof::RecoveryCode {
            code: input::password(Some(file), who)?.to_string(),
        },
        None => HostedProof::Password {
            password: input::password(password, who)?.to_string(),
        },
    })
}

fn confirmed(file: Option<&Path>) -> Result<HostedConfirm, Failure> {
    let password = input::password(file, "the account")?;
    Ok(HostedConfirm {
        password: password.to_string(),
    })
}

fn in_force(settings: &SyncSettings) -> String {
    let SyncTarget::Hosted {
        display, version, ..
    } = &settings.target
    else {
        return String::new();
    };
    let older = match version.as_deref() {
        Some("003") => {
            " It is protected as older clients do it; `sheaf sync account change-password` upgrades it."
        }
        _ => "",
    };
    format!("Syncing with the account {display}.{older}\nRun `sheaf sync now` to begin.\n")
}

fn kit(kit: &RecoveryKit) -> String {
    format!(
        "Recovery code of {} at {}:\n\n  {}\n\n\
         It opens the account when the password is lost. Nobody can make another one for you: write it\n\
         down and keep it where only you find it.\n",
        kit.account.email, kit.account.address, kit.code
    )
}

fn warnings(found: &[HostedWarning]) -> String {
    if found.is_empty() {
        return "The server did nothing that an honest one would not do.\n".to_owned();
    }
    found
        .iter()
        .map(|warning| {
            let name = warning.title.as_deref().unwrap_or(&warning.id);
            format!("{name}: {}\n", words(warning.kind))
        })
        .collect()
}

fn words(kind: HostedWarningKind) -> &'static str {
    match kind {
        HostedWarningKind::Older => {
            "the server returned an older version. The newer one is kept and was sent again."
        }
        HostedWarningKind::Forked => {
            "the server showed this device another history than before. Compare it with your other devices."
        }
        HostedWarningKind::Retyped => {
            "the server gave it another type than it was written with. It was left alone."
        }
        HostedWarningKind::Missing => {
            "another device has written it, and the server does not hand it out."
        }
        HostedWarningKind::Deleted => {
            "it was deleted on the server by none of your devices that run Sheaf. Its last text is in the history."
        }
        HostedWarningKind::Altered => {
            "what the server handed out for it was written by none of your devices. What is here stays."
        }
    }
}
