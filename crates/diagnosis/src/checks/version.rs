//! Is the version of the server one that works?

use super::target;
use crate::{Code, Context, Finding};

const NEEDED: u32 = 2;
const CURRENT: u32 = 3;

pub(super) async fn version(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let mut version = context.known().version.clone();
    if version.is_none() {
        // Hidden from strangers.
        let request = context.signed_in(target, sheaf_net::Method::GET, &[]);
        if let Ok(answer) = super::read(request).await
            && !answer.field("couchdb").is_empty()
        {
            version = Some(crate::finding::tidy(answer.field("version")));
        }
    }
    judge(
        context.known().server.as_deref().unwrap_or_default(),
        version.as_deref(),
    )
}

fn judge(server: &str, version: Option<&str>) -> Finding {
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    let (Some(version), Some(major)) = (version, major) else {
        return Finding::new(Code::VersionUnknown);
    };
    // Relatives count their versions otherwise.
    let couch = server.is_empty() || server.starts_with("CouchDB");
    let code = if !couch || major >= CURRENT {
        Code::VersionGood
    } else if major >= NEEDED {
        Code::VersionOld
    } else {
        Code::VersionTooOld
    };
    let shown = if couch {
        format!("CouchDB {version}")
    } else {
        server.to_owned()
    };
    Finding::new(code).with("server", shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_judged_by_what_sync_needs() {
        for (server, version, code) in [
            ("CouchDB 3.4.2", Some("3.4.2"), Code::VersionGood),
            ("CouchDB 2.3.1", Some("2.3.1"), Code::VersionOld),
            ("CouchDB 1.6.1", Some("1.6.1"), Code::VersionTooOld),
            ("express-pouchdb 1.0", Some("1.0"), Code::VersionGood),
            ("CouchDB", None, Code::VersionUnknown),
            ("CouchDB", Some("x"), Code::VersionUnknown),
        ] {
            assert_eq!(judge(server, version).code, code, "{server}");
        }
    }
}
