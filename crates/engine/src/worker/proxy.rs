//! The proxy that a person named: taken apart, its password kept, put into force for everything that
//! goes out.

use std::sync::Arc;

use sheaf_ipc::{ApiError, ErrorCode, ProxyScheme, ProxySetting, ProxySettings, SaveProxy};
use sheaf_net::{ChosenProxy, Password, ProxyChoice};

use super::{Shared, Worker, settings};
use crate::{
    config::{self, Ways},
    convert,
    secrets::Account,
};

/// What the network is told.
pub(super) fn choice(setting: &ProxySetting, password: Option<Arc<Password>>) -> ProxyChoice {
    match setting {
        ProxySetting::System => ProxyChoice::System,
        ProxySetting::Direct => ProxyChoice::Direct,
        ProxySetting::Manual {
            scheme,
            host,
            port,
            user,
            except,
        } => ProxyChoice::Chosen(Box::new(ChosenProxy {
            scheme: name(*scheme).to_owned(),
            host: host.clone(),
            port: *port,
            user: Some(user.clone()).filter(|user| !user.is_empty()),
            password: password.filter(|_| !user.is_empty()),
            except: except.clone(),
        })),
    }
}

/// Whose password it is; `None` where nobody signs in.
pub(super) fn account(setting: &ProxySetting) -> Option<Account> {
    match setting {
        ProxySetting::Manual {
            host, port, user, ..
        } if !user.is_empty() => Some(Account(format!("{user} at the proxy {host}:{port}"))),
        ProxySetting::Manual { .. } | ProxySetting::System | ProxySetting::Direct => None,
    }
}

const fn name(scheme: ProxyScheme) -> &'static str {
    match scheme {
        ProxyScheme::Http => "http",
        ProxyScheme::Https => "https",
        ProxyScheme::Socks5 => "socks5",
    }
}

/// The setting as it is kept, and the password that was pasted with it.
fn tidy(setting: ProxySetting) -> Result<(ProxySetting, Option<Arc<Password>>), ApiError> {
    let ProxySetting::Manual {
        scheme,
        host,
        port,
        user,
        except,
    } = setting
    else {
        return Ok((setting, None));
    };
    let invalid = |detail| ApiError::new(ErrorCode::Invalid).with_detail(detail);
    let host = host.trim();
    let is_whole = host.contains("://") || host.contains('@');
    let text = if is_whole || port == 0 {
        host.to_owned()
    } else {
        format!("{}://{host}:{port}", name(scheme))
    };
    let parsed =
        ChosenProxy::parse(&text).ok_or_else(|| invalid("this is no address of a proxy"))?;
    let scheme = match parsed.scheme.as_str() {
        "http" if host.contains("://") || port != 0 => ProxyScheme::Http,
        // Nothing was said about it.
        "http" => scheme,
        "https" => ProxyScheme::Https,
        "socks5" | "socks5h" => ProxyScheme::Socks5,
        _ => return Err(invalid("proxies of this kind are not supported")),
    };
    let user = Some(user.trim().to_owned())
        .filter(|user| !user.is_empty())
        .or(parsed.user)
        .unwrap_or_default();
    let except: Vec<&str> = except
        .split([',', ' ', '\n'])
        .filter(|host| !host.is_empty())
        .collect();
    Ok((
        ProxySetting::Manual {
            scheme,
            host: parsed.host,
            port: parsed.port,
            user,
            except: except.join(", "),
        },
        parsed.password,
    ))
}

impl Shared {
    /// The password of the proxy that `ways` name. That the store cannot be read now is no reason to
    /// stop: a proxy that wants one will say so.
    pub(super) async fn proxy_password(&self, ways: &Ways) -> Option<Arc<Password>> {
        let account = account(&ways.proxy)?;
        match self.passwords.find_secret(&account).await {
            Ok(found) => found.map(|password| {
                self.passwords.hide(&password);
                Arc::new(password)
            }),
            Err(error) => {
                tracing::warn!(%error, "the password of the proxy cannot be read");
                None
            }
        }
    }
}

impl Worker {
    pub(crate) async fn proxy(&self) -> ProxySettings {
        let ways = self.shared.network.ways();
        ProxySettings {
            has_password: self.shared.proxy_password(&ways).await.is_some(),
            secret_store: self.shared.passwords.shown().await,
            setting: ways.proxy,
        }
    }

    pub(crate) async fn save_proxy(&self, request: SaveProxy) -> Result<ProxySettings, ApiError> {
        self.unless_converting()?;
        let (setting, pasted) = tidy(request.setting)?;
        let typed = request
            .password
            .filter(|text| !text.is_empty())
            .map(|text| Arc::new(Password::new(text)))
            .or(pasted);
        let before = self.shared.network.ways();
        let passwords = &self.shared.passwords;
        let account = account(&setting);
        if let (Some(account), Some(password)) = (&account, &typed) {
            passwords.hide(password);
            passwords.keep_secret(account, password).await?;
        }
        let ways = Ways {
            proxy: setting,
            ..before.clone()
        };
        self.set_ways(ways).await?;
        // A password goes to the proxy it was typed for and to no other.
        if let Some(old) = self::account(&before.proxy).filter(|old| Some(old) != account.as_ref())
        {
            passwords.forget_secret(passwords.in_force(), &old).await;
        }
        tracing::info!("other computers are reached in another way");
        Ok(self.proxy().await)
    }

    /// Puts other ways into force, for what is tried and for what runs.
    pub(crate) async fn set_ways(&self, ways: Ways) -> Result<(), ApiError> {
        self.unless_converting()?;
        let config = self.config.lock().await;
        config::save_ways(&self.shared.store, &ways)
            .await
            .map_err(convert::store_error)?;
        let password = self.shared.proxy_password(&ways).await;
        self.shared.network.set_ways(ways, password);
        match settings::in_force(&config) {
            Some(remote) => self.put_remote_into_force(remote, config.paused).await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manual(scheme: ProxyScheme, host: &str, port: u16, user: &str) -> ProxySetting {
        ProxySetting::Manual {
            scheme,
            host: host.into(),
            port,
            user: user.into(),
            except: String::new(),
        }
    }

    #[test]
    fn a_whole_address_in_the_field_of_the_host_is_taken_apart() {
        let (setting, password) = tidy(manual(
            ProxyScheme::Http,
            "socks5h://anna:p@ss@proxy:1081",
            3128,
            "",
        ))
        .unwrap();
        assert_eq!(setting, manual(ProxyScheme::Socks5, "proxy", 1081, "anna"));
        assert_eq!(password.unwrap().reveal(), "p@ss");
        assert_eq!(account(&setting).unwrap().0, "anna at the proxy proxy:1081");
    }

    #[test]
    fn fields_are_kept_as_they_were_typed() {
        for (given, kept) in [
            (
                manual(ProxyScheme::Socks5, " proxy ", 1080, " anna "),
                manual(ProxyScheme::Socks5, "proxy", 1080, "anna"),
            ),
            (
                manual(ProxyScheme::Https, "[::1]", 3129, ""),
                manual(ProxyScheme::Https, "[::1]", 3129, ""),
            ),
            (ProxySetting::Direct, ProxySetting::Direct),
        ] {
            assert_eq!(tidy(given).unwrap().0, kept);
        }
        for host in ["", "a b", "ftp://proxy", "proxy:99999"] {
            let refused = tidy(manual(ProxyScheme::Http, host, 3128, ""))
                .err()
                .unwrap();
            assert_eq!(refused.code, ErrorCode::Invalid, "{host}");
        }
    }
}
