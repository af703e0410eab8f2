//! `sheaf sync encrypt`, `decrypt` and `vault`: encryption of one's own database.

use std::{fmt::Write as _, io::IsTerminal as _, path::Path, time::Duration};

use sheaf_ipc::{
    ApiError, BeginConversion, BegunConversion, ChangeVaultPassphrase, ConfirmVault, Conversion,
    ConversionStage, CreateVault, Encryption, ErrorCode, OpenVault, RemoteForm, RemoteReport,
    SyncSettings, SyncTarget, VaultKit, VaultProof,
};

use super::Session;
use crate::{
    args::{DecryptOptions, EncryptOptions, VaultCommand, VaultProofOptions},
    failure::Failure,
    input,
    messages::Place,
    print::{self, count},
};

/// Often enough to be seen moving.
const REDRAW: Duration = Duration::from_millis(150);

impl Session {
    pub(super) async fn encrypt(&self, options: &EncryptOptions) -> Result<(), Failure> {
        let form = self.form_in_force().await?;
        if self.encryption().await? != Encryption::Off {
            return self.print.answer(&(), || {
                "The database in use is encrypted already.\n".to_owned()
            });
        }
        let passphrase = new_passphrase(options.passphrase_file.as_deref())?;
        if options.into.is_none() {
            match self.create_vault(&form, &passphrase).await {
                Ok(kit) => return self.print.answer(&kit, || told_kit(&kit)),
                Err(error) if error.code == ErrorCode::NotEmpty => {}
                Err(error) => return self.placed(Err(error)).await,
            }
        }
        let database = name(options.into.as_deref(), &form, "encrypted");
        self.begin(database, Some(passphrase)).await
    }

    pub(super) async fn decrypt(&self, options: &DecryptOptions) -> Result<(), Failure> {
        let form = self.form_in_force().await?;
        if self.encryption().await? == Encryption::Off {
            return self
                .print
                .answer(&(), || "The database in use is not encrypted.\n".to_owned());
        }
        self.begin(name(options.into.as_deref(), &form, "plain"), None)
            .await
    }

    pub(super) async fn vault(&self, command: &VaultCommand) -> Result<(), Failure> {
        match command {
            VaultCommand::Open { proof } => {
                let form = self.form_in_force().await?;
                let opened = self.open_vault(&form, proof_of(proof)?).await;
                let report = self.placed(opened).await?;
                self.print.answer(&report, || {
                    "The database is open on this computer. Run `sheaf sync now` to begin.\n"
                        .to_owned()
                })
            }
            VaultCommand::Kit { proof } => {
                let request = ConfirmVault {
                    proof: proof_of(proof)?,
                };
                let kit = self.door.call("vault_kit", request).await;
                let kit: VaultKit = self.placed(kit).await?;
                self.print.answer(&kit, || told_kit(&kit))
            }
            VaultCommand::Passphrase {
                proof,
                new_passphrase_file,
            } => {
                let request = ChangeVaultPassphrase {
                    current: proof_of(proof)?,
                    passphrase: new_passphrase(new_passphrase_file.as_deref())?,
                };
                let kit = self.door.call("change_vault_passphrase", request).await;
                let kit: VaultKit = self.placed(kit).await?;
                self.print.answer(&kit, || {
                    "The passphrase was changed. Devices that are in already stay in; the recovery code is the same.\n"
                        .to_owned()
                })
            }
            VaultCommand::Move => {
                let conversion: Option<Conversion> = self.door.call("conversion", ()).await?;
                self.print.answer(&conversion, || match &conversion {
                    Some(conversion) => told(conversion),
                    None => "No move into another database is under way.\n".to_owned(),
                })
            }
            VaultCommand::Continue => {
                let begun = self
                    .door
                    .call::<Conversion>("continue_conversion", ())
                    .await;
                self.placed(begun).await?;
                self.wait(None).await
            }
            VaultCommand::End => {
                self.door.call::<()>("end_conversion", ()).await?;
                self.print.answer(&(), String::new)
            }
        }
    }

    /// Makes a form's database ready for what `sheaf sync set couchdb` was asked for: encrypted, if
    /// it holds nothing; open, if it is encrypted already.
    pub(super) async fn ready_vault(
        &self,
        form: &RemoteForm,
        file: Option<&Path>,
        place: &Place,
    ) -> Result<Option<VaultKit>, Failure> {
        let tested = self.door.call("test_remote", form).await;
        let tested: RemoteReport = tested.map_err(|error| Failure::at(error, place.clone()))?;
        if tested.encrypted {
            self.enter_vault(form, file, place).await?;
            return Ok(None);
        }
        let passphrase = new_passphrase(file)?;
        let made = self.create_vault(form, &passphrase).await;
        made.map(Some)
            .map_err(|error| Failure::at(error, place.clone()))
    }

    pub(super) async fn enter_vault(
        &self,
        form: &RemoteForm,
        file: Option<&Path>,
        place: &Place,
    ) -> Result<(), Failure> {
        let passphrase = input::password(file, "the encrypted database")?.to_string();
        let proof = VaultProof::Passphrase { passphrase };
        let opened = self.open_vault(form, proof).await;
        opened
            .map(drop)
            .map_err(|error| Failure::at(error, place.clone()))
    }

    async fn open_vault(
        &self,
        form: &RemoteForm,
        proof: VaultProof,
    ) -> Result<RemoteReport, ApiError> {
        let request = OpenVault {
            form: form.clone(),
            proof,
        };
        self.door.call("open_vault", request).await
    }

    async fn create_vault(
        &self,
        form: &RemoteForm,
        passphrase: &str,
    ) -> Result<VaultKit, ApiError> {
        let request = CreateVault {
            form: form.clone(),
            passphrase: passphrase.to_owned(),
        };
        self.door.call("create_vault", request).await
    }

    async fn encryption(&self) -> Result<Encryption, Failure> {
        let settings: SyncSettings = self.door.call("sync_settings", ()).await?;
        Ok(match settings.target {
            SyncTarget::Couchdb { encryption, .. } => encryption,
            _ => Encryption::Off,
        })
    }

    async fn begin(&self, database: String, passphrase: Option<String>) -> Result<(), Failure> {
        let request = BeginConversion {
            database,
            passphrase,
        };
        let begun = self.door.call("begin_conversion", request).await;
        let begun: BegunConversion = self.placed(begun).await?;
        // Before anything can go wrong: whoever loses the passphrase has nothing else.
        if let Some(kit) = &begun.kit
            && !self.print.json
        {
            print::warn(&told_kit(kit));
        }
        self.wait(begun.kit).await
    }

    async fn wait(&self, kit: Option<VaultKit>) -> Result<(), Failure> {
        #[derive(serde::Serialize)]
        struct Moved<'a> {
            conversion: &'a Option<Conversion>,
            kit: &'a Option<VaultKit>,
        }
        if !self.print.json && std::io::stderr().is_terminal() {
            self.show_progress().await?;
        }
        let ended: Option<Conversion> = self.door.call("wait_for_conversion", ()).await?;
        if let Some(Conversion {
            stage: ConversionStage::Failed { code, detail },
            ..
        }) = &ended
        {
            return self
                .placed(Err(ApiError::new(*code).with_detail(detail.clone())))
                .await;
        }
        let moved = Moved {
            conversion: &ended,
            kit: &kit,
        };
        self.print
            .answer(&moved, || ended.as_ref().map(told).unwrap_or_default())
    }
}

impl Session {
    /// One line that is drawn anew while notes move. Asked for instead of listened to: a connection to
    /// an app that runs takes no more commands once it listens.
    async fn show_progress(&self) -> Result<(), Failure> {
        loop {
            let now: Option<Conversion> = self.door.call("conversion", ()).await?;
            let Some(conversion) = now.filter(|conversion| conversion.stage.is_running()) else {
                print::progress("");
                return Ok(());
            };
            print::progress(told(&conversion).trim_end());
            tokio::time::sleep(REDRAW).await;
        }
    }
}

fn name(given: Option<&str>, form: &RemoteForm, suffix: &str) -> String {
    given.map_or_else(
        || format!("{}-{suffix}", form.fields.database),
        str::to_owned,
    )
}

fn new_passphrase(file: Option<&Path>) -> Result<String, Failure> {
    let passphrase = input::password(file, "the encrypted database, at least 10 characters")?;
    if file.is_none() {
        let again = input::password(None, "the encrypted database, once more")?;
        if *again != *passphrase {
            return Err(ApiError::new(ErrorCode::Invalid)
                .with_detail("the two passphrases differ")
                .into());
        }
    }
    Ok(passphrase.to_string())
}

fn proof_of(options: &VaultProofOptions) -> Result<VaultProof, Failure> {
    if let Some(file) = &options.recovery_code_file {
        let code = input::password(Some(file), "")?.to_string();
        return Ok(VaultProof::RecoveryCode { code });
    }
    let file = options.passphrase_file.as_deref();
    let passphrase = input::password(file, "the encrypted database")?.to_string();
    Ok(VaultProof::Passphrase { passphrase })
}

pub(super) fn told_kit(kit: &VaultKit) -> String {
    format!(
        "Recovery kit for {}\n\n    {}\n\nWhoever has this code can read the notes in the database; without it and without the passphrase nobody can, and nobody can help. Print it or write it down, and keep it away from this computer.\n",
        kit.display, kit.code
    )
}

pub(super) fn told(conversion: &Conversion) -> String {
    let Conversion {
        from,
        to,
        encrypts,
        stage,
    } = conversion;
    match stage {
        ConversionStage::Receiving => format!("Receiving everything from {from}.\n"),
        ConversionStage::Creating => format!("Creating {to}.\n"),
        ConversionStage::Copying { done, total } => {
            format!("Sending to {to}: {done} of {total}.\n")
        }
        ConversionStage::Checking => "Counting both databases.\n".to_owned(),
        ConversionStage::Interrupted => format!(
            "The move to {to} was interrupted. {from} is in use as before. Go on with `sheaf sync vault continue`, or give it up with `sheaf sync vault end`.\n"
        ),
        ConversionStage::Failed { .. } => format!(
            "The move to {to} has stopped. {from} is in use as before. Try again with `sheaf sync vault continue`, or give it up with `sheaf sync vault end`.\n"
        ),
        ConversionStage::Done { counts, left } => {
            let mut text = format!(
                "Everything is in {to}: {}, {}, {} and {}. It is in use from now on.\n",
                count(counts.notes, "note", "notes"),
                count(counts.notebooks, "notebook", "notebooks"),
                count(counts.tags, "tag", "tags"),
                count(counts.attachments, "attachment", "attachments"),
            );
            if *left > 0 {
                let _ = writeln!(
                    text,
                    "{} could not be read and stayed in {from}.",
                    count(*left, "document", "documents")
                );
            }
            let _ = writeln!(
                text,
                "{from} was not changed. Set up your other devices with the new database first."
            );
            if *encrypts {
                let _ = writeln!(
                    text,
                    "It still holds everything in the clear: once every device uses the new one, delete it on the server, and its backups."
                );
            }
            text
        }
    }
}
