//! `sheaf sync server`: setting up the database in use.

use std::fmt::Write as _;

use sheaf_ipc::{ApiError, ErrorCode, RestrictDatabase, ServerLimits, ServerSetup};

use super::Session;
use crate::{args::ServerCommand, failure::Failure};

impl Session {
    pub(super) async fn server(&self, command: &ServerCommand) -> Result<(), Failure> {
        let form = self.form_in_force().await?;
        let answer = match command {
            ServerCommand::Show => self.door.call("server_setup", form).await,
            ServerCommand::Mobile => self.door.call("prepare_for_mobile", form).await,
            ServerCommand::Restrict { name } => {
                let name = match name {
                    Some(name) => name.clone(),
                    None if form.fields.user.is_empty() => {
                        let error = ApiError::new(ErrorCode::Invalid);
                        return Err(error.with_detail("nobody is signed in; give a name").into());
                    }
                    None => form.fields.user.clone(),
                };
                let request = RestrictDatabase { form, name };
                self.door.call("restrict_database", request).await
            }
            ServerCommand::Limits => {
                let limits = self.door.call("server_limits", form).await;
                let limits: ServerLimits = self.placed(limits).await?;
                return self.print.answer(&limits, || limits_told(&limits));
            }
        };
        let setup: ServerSetup = self.placed(answer).await?;
        self.print.answer(&setup, || told(&setup))
    }
}

fn told(setup: &ServerSetup) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    if setup.everybody_is_admin {
        say("Whoever reaches this server is its administrator: nobody has been made one.".into());
    }
    if setup.open_to_everybody {
        say("Open to everybody: asked without a name, it showed its contents.".into());
        if setup.may_restrict {
            say("`sheaf sync server restrict` lets only its members in.".into());
        }
    } else {
        say("Asked without a name, it shows nothing.".into());
    }
    let list = |names: &[String]| match names {
        [] => "nobody by name".to_owned(),
        names => names.join(", "),
    };
    say(format!("Members: {}", list(&setup.members)));
    say(format!("Admins: {}", list(&setup.admins)));
    if !setup.roles.is_empty() {
        say(format!("Roles: {}", setup.roles.join(", ")));
    }
    say(if setup.mobile_ready {
        "Phones find the filter they need.".into()
    } else {
        "Phones do not find their filter; `sheaf sync server mobile` adds it.".into()
    });
    text
}

fn limits_told(limits: &ServerLimits) -> String {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1_000_000.0);
    let mut text = String::new();
    for (what, bytes) in [
        ("A document may have", limits.max_document),
        ("A request may have", limits.max_request),
        ("An attachment may have", limits.max_attachment),
        ("Went through:", limits.takes),
        ("Did not go through:", limits.refuses),
    ] {
        if let Some(bytes) = bytes {
            let _ = writeln!(text, "{what} {}", megabytes(bytes));
        }
    }
    if limits.refuses.is_some() {
        text.push_str(
            "Larger notes and attachments stay on this computer. Raise the limit of the proxy (nginx: client_max_body_size) or of the server.\n",
        );
    }
    text
}
