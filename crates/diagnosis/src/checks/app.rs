//! Is this Sheaf new enough for the server? A Sheaf server names the least version it works with in every answer; CouchDB
//! asks nobody for one.

use sheaf_protocol::ClientVersion;

use super::target;
use crate::{Code, Context, Finding};

const THIS: &str = env!("CARGO_PKG_VERSION");

pub(super) fn is_new_enough(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let least = context.known().least_client;
    judge(THIS.parse().ok(), least).with("host", target.server.host())
}

fn judge(this: Option<ClientVersion>, least: Option<ClientVersion>) -> Finding {
    let finding = match (this, least) {
        (Some(this), Some(least)) if this < least => Finding::new(Code::AppTooOld),
        (_, Some(_)) => Finding::new(Code::AppGood),
        (_, None) => Finding::new(Code::AppAny),
    };
    let finding = finding.with("version", THIS);
    match least {
        Some(least) => finding.with("least", least),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_asked_for_only_below_what_the_server_names() {
        let version = |text: &str| Some(text.parse().unwrap());
        for (this, least, code) in [
            (version("0.1.0"), version("0.2.0"), Code::AppTooOld),
            (version("0.9.0"), version("0.10.0"), Code::AppTooOld),
            (version("0.2.0"), version("0.2.0"), Code::AppGood),
            (version("1.0.0"), version("0.2.0"), Code::AppGood),
            (version("0.1.0"), None, Code::AppAny),
        ] {
            assert_eq!(judge(this, least).code, code, "{this:?} {least:?}");
        }
    }
}
