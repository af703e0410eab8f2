//! `sheaf sync`.

use std::{fmt::Write as _, io::IsTerminal as _, path::Path};

use serde::Serialize;
use sheaf_ipc::{
    AnswerGuard, ApiError, EnterPassword, ErrorCode, Event, GuardAnswer, HeldBack, HeldBackItem,
    SyncRound, SyncSettings, SyncState, SyncStatus, SyncTarget,
};

use super::{Session, account, vault};
use crate::{
    args::{SetCommand, SyncCommand},
    door::Door,
    failure::Failure,
    input,
    messages::Place,
    print::{self, count, line, table},
    status::sentence,
};

/// A round and how sync stands after it.
#[derive(Serialize)]
struct Now {
    #[serde(flatten)]
    round: SyncRound,
    status: SyncStatus,
}

impl Session {
    pub(super) async fn sync(&self, command: &SyncCommand) -> Result<(), Failure> {
        let door = &self.door;
        match command {
            SyncCommand::Set(SetCommand::Off) => self.set_off().await,
            SyncCommand::Set(SetCommand::Couchdb(options)) => {
                Box::pin(self.set_couchdb(options)).await
            }
            SyncCommand::Set(SetCommand::Server(options)) => self.set_server(options).await,
            SyncCommand::Account(command) => self.account(command).await,
            SyncCommand::Now { password } => {
                self.take_password(password.password_file.as_deref())
                    .await?;
                let round = self.round().await?;
                self.told_round(round).await
            }
            SyncCommand::Watch { password } => {
                self.take_password(password.password_file.as_deref())
                    .await?;
                self.watch().await
            }
            SyncCommand::Status => {
                let status: SyncStatus = door.call("sync_status", ()).await?;
                self.print.answer(&status, || sentence(&status, self.now))
            }
            SyncCommand::Pause => {
                door.call::<()>("pause_sync", ()).await?;
                self.told_status().await
            }
            SyncCommand::Resume => {
                door.call::<()>("resume_sync", ()).await?;
                self.told_status().await
            }
            SyncCommand::Password { password } => {
                let settings = self.enter(password.password_file.as_deref()).await?;
                let secret = match &settings.target {
                    SyncTarget::Couchdb { fields, .. } if fields.token => "token",
                    _ => "password",
                };
                self.print
                    .answer(&settings, || format!("The {secret} is kept.\n"))
            }
            SyncCommand::Answer { answer } => self.answer((*answer).into()).await,
            SyncCommand::Compare => self.compare().await,
            SyncCommand::Reset { direction, dry_run } => self.reset(direction, *dry_run).await,
            SyncCommand::Server(command) => self.server(command).await,
            SyncCommand::Proxy(command) => self.proxy(command).await,
            SyncCommand::Link(command) => Box::pin(self.link(command)).await,
            SyncCommand::Activity(options) => self.activity(options).await,
            SyncCommand::Retry { id } => self.retry(id).await,
            SyncCommand::Skip { id } => self.skip(id).await,
            SyncCommand::Encrypt(options) => Box::pin(self.encrypt(options)).await,
            SyncCommand::Decrypt(options) => Box::pin(self.decrypt(options)).await,
            SyncCommand::Vault(command) => Box::pin(self.vault(command)).await,
            SyncCommand::HeldBack { retry } => {
                if *retry {
                    door.call::<()>("retry_held_back", ()).await?;
                }
                let items: Vec<HeldBackItem> = door.call("list_held_back", ()).await?;
                self.print.answer(&items, || held_back(&items))
            }
        }
    }

    pub(super) async fn round(&self) -> Result<SyncRound, Failure> {
        match self.door.call("sync_now", ()).await {
            Err(ApiError {
                code: ErrorCode::PasswordMissing,
                ..
            }) if !self.print.json && std::io::stdin().is_terminal() => {
                self.enter(None).await?;
                self.placed(self.door.call("sync_now", ()).await).await
            }
            other => self.placed(other).await,
        }
    }

    pub(super) async fn told_round(&self, round: SyncRound) -> Result<(), Failure> {
        let status: SyncStatus = self.door.call("sync_status", ()).await?;
        let now = Now { round, status };
        self.print.answer(&now, || {
            let Now { round, status } = &now;
            let mut text = format!("Received {}, sent {}.", round.pulled, round.pushed);
            if status.conflicts > 0 {
                let notes = count(status.conflicts, "note has", "notes have");
                let _ = write!(
                    text,
                    " {notes} more than one version; both are kept. See `sheaf conflict list`."
                );
            }
            if status.held_back > 0 {
                let _ = write!(
                    text,
                    " Staying on this computer: {}. See `sheaf sync held-back`.",
                    status.held_back
                );
            }
            text + "\n"
        })
    }

    async fn told_status(&self) -> Result<(), Failure> {
        let status: SyncStatus = self.door.call("sync_status", ()).await?;
        self.print.answer(&status, || sentence(&status, self.now))
    }

    /// A guard asks anew whenever sync is tried, so a command that was not there when it asked
    /// tries first, and only then answers.
    async fn answer(&self, answer: GuardAnswer) -> Result<(), Failure> {
        let status: SyncStatus = self.door.call("sync_status", ()).await?;
        if !matches!(
            status.state,
            SyncState::Blocked {
                question: Some(_),
                ..
            }
        ) {
            match self.door.call::<SyncRound>("sync_now", ()).await {
                Ok(round) => return self.told_round(round).await,
                Err(ApiError {
                    code: ErrorCode::TargetChanged | ErrorCode::MassDeletion,
                    ..
                }) => {}
                Err(error) => return self.placed(Err(error)).await,
            }
        }
        self.door
            .call::<()>("answer_guard", AnswerGuard { answer })
            .await?;
        let round = self.placed(self.door.call("sync_now", ()).await).await?;
        self.told_round(round).await
    }

    async fn take_password(&self, file: Option<&Path>) -> Result<(), Failure> {
        if file.is_some() {
            self.enter(file).await?;
        }
        Ok(())
    }

    async fn enter(&self, file: Option<&Path>) -> Result<SyncSettings, Failure> {
        let settings: SyncSettings = self.door.call("sync_settings", ()).await?;
        let password = match settings.target {
            SyncTarget::Couchdb {
                display, fields, ..
            } if fields.token => input::token(file, &display)?,
            SyncTarget::Couchdb { display, .. } => input::password(file, &display)?,
            SyncTarget::Hosted {
                account, version, ..
            } => return self.enter_account(&account, version.as_deref(), file).await,
            SyncTarget::Off => return Err(ApiError::new(ErrorCode::SyncOff).into()),
        };
        let request = EnterPassword {
            password: password.to_string(),
        };
        let entered = self.door.call("enter_password", request).await;
        self.placed(entered).await
    }

    /// An error with the names of the remote in force.
    pub(super) async fn placed<T>(&self, outcome: Result<T, ApiError>) -> Result<T, Failure> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => {
                let settings = self.door.call::<SyncSettings>("sync_settings", ()).await;
                Err(Failure::at(
                    error,
                    settings.map(|s| place(&s)).unwrap_or_default(),
                ))
            }
        }
    }

    async fn watch(&self) -> Result<(), Failure> {
        let status: SyncStatus = self.door.call("sync_status", ()).await?;
        if status.state == SyncState::Off {
            return Err(ApiError::new(ErrorCode::SyncOff).into());
        }
        let mut events = self.door.listen().await?;
        self.told_event(&Event::SyncStatusChanged { status })?;
        if let Door::Engine(engine) = &self.door {
            // Without it other commands wait until this one ends; nothing worse.
            if let Err(error) = engine.serve_socket() {
                print::warn(&format!("Other commands have to wait: {error}."));
            }
            engine.start_sync().await;
        }
        // One listener for the whole time: a signal that comes while an event is printed counts.
        let mut interrupted = std::pin::pin!(interrupted());
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(event) => self.told_event(&event)?,
                    None => return Ok(()),
                },
                () = &mut interrupted => return Ok(()),
            }
        }
    }

    fn told_event(&self, event: &Event) -> Result<(), Failure> {
        if self.print.json {
            return print::write(&line(event)?);
        }
        match event {
            Event::SyncStatusChanged { status } => {
                let now = sheaf_engine::Clock::now(&sheaf_engine::SystemClock);
                print::write(&sentence(status, now))
            }
            Event::NotesChanged {
                notes,
                origin: sheaf_ipc::Origin::Sync,
            } if !notes.is_empty() => {
                let notes = count(notes.len() as u32, "note", "notes");
                print::write(&format!("Received changes to {notes}\n"))
            }
            Event::ConversionChanged { conversion } => print::write(&vault::told(conversion)),
            Event::NotesChanged { .. }
            | Event::SidebarChanged
            | Event::SettingsChanged
            | Event::ActivityChanged
            | Event::DiagnosisChanged { .. }
            | Event::DiagnosisFinished { .. } => Ok(()),
        }
    }
}

/// Ctrl-C, or being told to end by the system.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    // Without a handler the system's own one ends the program, which is as good.
    let _ = tokio::signal::ctrl_c().await;
}

pub(super) fn place(settings: &SyncSettings) -> Place {
    let fields = match &settings.target {
        SyncTarget::Couchdb { fields, .. } => fields,
        SyncTarget::Hosted { account, .. } => return account::place_of(account),
        SyncTarget::Off => return Place::default(),
    };
    let host = fields
        .address
        .split_once("://")
        .map_or(fields.address.as_str(), |(_, host)| host);
    Place {
        host: Some(host.to_owned()),
        database: Some(fields.database.clone()),
        user: Some(fields.user.clone()),
        proxy: None,
    }
}

pub(super) fn held_back(items: &[HeldBackItem]) -> String {
    if items.is_empty() {
        return "Everything travels.\n".to_owned();
    }
    let row = |item: &HeldBackItem| {
        let mut reason = reason(&item.reason);
        if item.skipped {
            reason.push_str(" (skipped)");
        }
        [item.id.clone(), print::shorten(&item.name, 40), reason]
    };
    table(&items.iter().map(row).collect::<Vec<_>>())
}

pub(super) fn reason(reason: &HeldBack) -> String {
    match reason {
        HeldBack::TitleTooLong { chars, max } => {
            format!("the title has {chars} characters, {max} travel")
        }
        HeldBack::BodyTooLong { chars, max } => {
            format!("the text has {chars} characters, {max} travel")
        }
        HeldBack::Malformed { detail } => format!("other clients could not read it: {detail}"),
        HeldBack::Refused { detail } => format!("the server refused it: {detail}"),
    }
}
