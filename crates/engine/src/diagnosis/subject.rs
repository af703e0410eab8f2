//! What is examined: the target in force, or what somebody typed.

use std::sync::Arc;

use sheaf_diagnosis::{Kind, Subject};
use sheaf_ipc::{DiagnosisSubject, HostedAccount, RemoteForm};
use sheaf_net::{Password, Pasted, RemoteUrl, Server};

use crate::worker::{Target, target_of_form};

pub(crate) struct Examined {
    pub(crate) subject: Subject,
    /// The same as the worker knows it; `None` when there is nothing to talk to.
    pub(crate) target: Option<Target>,
    /// It is what sync is set to.
    pub(crate) in_force: bool,
    /// The account in force, when it is one.
    pub(crate) account: Option<HostedAccount>,
    /// Safe to show anywhere.
    pub(crate) display: String,
}

impl Examined {
    pub(crate) fn nothing() -> Self {
        Self {
            subject: Subject::Nothing,
            target: None,
            in_force: false,
            account: None,
            display: String::new(),
        }
    }

    pub(crate) fn of(target: Target, in_force: bool) -> Self {
        let subject = Subject::Target(sheaf_diagnosis::Target {
            kind: Kind::Couchdb,
            server: target.url.server.clone(),
            database: target.url.database.clone(),
            user: target.url.user.clone(),
            by_token: target.url.by_token,
        });
        Self {
            subject,
            display: target.url.to_string(),
            target: Some(target),
            in_force,
            account: None,
        }
    }

    /// An account: its server is examined, as far as the way there goes.
    pub(crate) fn of_account(server: sheaf_net::Server, display: String) -> Self {
        Self {
            subject: Subject::Target(sheaf_diagnosis::Target {
                kind: Kind::Hosted,
                server,
                database: String::new(),
                user: None,
                by_token: false,
            }),
            display,
            ..Self::nothing()
        }
    }

    /// It is what sync is set to.
    pub(crate) fn in_force(mut self, account: HostedAccount) -> Self {
        self.account = Some(account);
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        match &self.subject {
            Subject::Target(target) => target.kind,
            _ => Kind::Couchdb,
        }
    }

    fn unreadable(subject: Subject) -> Self {
        Self {
            subject,
            ..Self::nothing()
        }
    }
}

/// Takes apart what was typed. What cannot be read is a finding, not an error.
/// `None`: the target in force.
pub(crate) fn of_request(asked: &DiagnosisSubject) -> Option<Examined> {
    match asked {
        DiagnosisSubject::Target => None,
        DiagnosisSubject::Url { text } => Some(of_text(text)),
        DiagnosisSubject::Form { form } => Some(of_form(form)),
        DiagnosisSubject::Account { account } => Some(of_server(account)),
    }
}

/// The server an account is to be at.
fn of_server(account: &HostedAccount) -> Examined {
    match Server::parse(&account.address) {
        Ok(server) => {
            let display = server.to_string();
            Examined::of_account(server, display)
        }
        Err(sheaf_net::AddressError::Empty) => Examined::nothing(),
        Err(error) => Examined::unreadable(Subject::Unreadable(error.to_string())),
    }
}

fn of_text(text: &str) -> Examined {
    let pasted = match Pasted::parse(text) {
        Ok(pasted) => pasted,
        Err(sheaf_net::AddressError::Empty) => return Examined::nothing(),
        Err(error) => return Examined::unreadable(Subject::Unreadable(error.to_string())),
    };
    let Some(database) = pasted.database else {
        return Examined::unreadable(Subject::NoDatabase(pasted.server));
    };
    let target = Target {
        url: RemoteUrl {
            server: pasted.server,
            database,
            user: pasted.user,
            by_token: false,
        },
        password: pasted.password.map(Arc::new),
        vault: None,
    };
    Examined::of(target, false)
}

fn of_form(form: &RemoteForm) -> Examined {
    if let Ok(target) = target_of_form(form) {
        return Examined::of(target, false);
    }
    let mut examined = of_text(&form.fields.address);
    if let Some(target) = &mut examined.target {
        target.password = form
            .password
            .as_deref()
            .filter(|text| !text.is_empty())
            .map(|text| Arc::new(Password::new(text)));
    }
    examined
}
