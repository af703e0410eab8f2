//! `sheaf sync proxy`.

use sheaf_ipc::{ProxyScheme, ProxySetting, ProxySettings, SaveProxy};

use super::Session;
use crate::{args::ProxyCommand, failure::Failure, input};

impl Session {
    pub(super) async fn proxy(&self, command: &ProxyCommand) -> Result<(), Failure> {
        let request = match command {
            ProxyCommand::Show => {
                let settings: ProxySettings = self.door.call("proxy_settings", ()).await?;
                return self.print.answer(&settings, || told(&settings));
            }
            ProxyCommand::System => SaveProxy {
                setting: ProxySetting::System,
                password: None,
            },
            ProxyCommand::Direct => SaveProxy {
                setting: ProxySetting::Direct,
                password: None,
            },
            ProxyCommand::Set {
                url,
                user,
                password_file,
                except,
            } => SaveProxy {
                password: match password_file {
                    Some(file) => Some(input::password(Some(file), url)?.to_string()),
                    None => None,
                },
                setting: ProxySetting::Manual {
                    scheme: ProxyScheme::default(),
                    host: url.clone(),
                    // What is in the address counts.
                    port: 0,
                    user: user.clone().unwrap_or_default(),
                    except: except.clone().unwrap_or_default(),
                },
            },
        };
        let settings: ProxySettings = self.door.call("save_proxy", request).await?;
        self.print.answer(&settings, || told(&settings))
    }
}

fn told(settings: &ProxySettings) -> String {
    match &settings.setting {
        ProxySetting::System => {
            "Other computers are reached as the environment and the system say.\n".to_owned()
        }
        ProxySetting::Direct => "Other computers are reached without a proxy.\n".to_owned(),
        ProxySetting::Manual {
            scheme,
            host,
            port,
            user,
            except,
        } => {
            let scheme = match scheme {
                ProxyScheme::Http => "http",
                ProxyScheme::Https => "https",
                ProxyScheme::Socks5 => "socks5",
            };
            let who = match (user.as_str(), settings.has_password) {
                ("", _) => String::new(),
                (user, true) => format!(", as {user}"),
                (user, false) => format!(", as {user} without a password"),
            };
            let except = match except.as_str() {
                "" => String::new(),
                hosts => format!(", except {hosts}"),
            };
            format!("Other computers are reached through {scheme}://{host}:{port}{who}{except}.\n")
        }
    }
}
