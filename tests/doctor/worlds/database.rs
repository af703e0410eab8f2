//! Sign-in, rights, limits, the feed, what is in the database.

use std::time::Duration;

use serde_json::json;
use sheaf_tests::{Account, Database};

use super::{Stage, couch, database, url, url_as};
use crate::gateway::{Act, Asked, Gateway};
use crate::patient::Patient;

struct Behind {
    patient: Patient,
    gateway: Gateway,
    database: Database,
}

fn behind(plan: impl FnMut(&Asked) -> Act + Send + 'static) -> Behind {
    Behind {
        patient: Patient::new(),
        gateway: Gateway::to(&couch().authority, plan),
        database: database(),
    }
}

impl Behind {
    fn url(&self) -> String {
        url("http", &self.gateway.authority, &self.database)
    }

    fn heals(&self, codes: &[&str]) -> String {
        self.patient.finds(&[&self.url()], codes);
        self.gateway.heal();
        self.patient.is_well(&[&self.url()]);
        self.patient.course()
    }

    fn is_fixed_by(&self, codes: &[&str], kind: &str) -> String {
        self.patient.finds(&[&self.url()], codes);
        self.patient.is_fixed_by(&[&self.url()], kind);
        self.patient.course()
    }
}

fn said(status: u16, body: &'static str) -> Act {
    Act::Answer(
        status,
        vec![("content-type", "application/json".to_owned())],
        body.to_owned(),
    )
}

fn page(status: u16) -> Act {
    Act::Answer(
        status,
        vec![("content-type", "text/html".to_owned())],
        format!("<html><h1>{status}</h1></html>"),
    )
}

pub(crate) fn a_wrong_password(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let account = Account::create(couch(), "right");
    database.admit(&[&account]);
    let as_account = |password: &str| {
        url_as(
            "http",
            &couch().authority,
            &account.name,
            password,
            &database.name,
        )
    };
    patient.finds(&[&as_account("wrong")], &["auth_wrong"]);
    patient.is_well(&[&as_account("right")]);
    patient.course()
}

/// As CouchDB 3.4 says it after five wrong passwords.
pub(crate) fn a_locked_account(_: &Stage) -> String {
    behind(|asked| {
        if asked.signed_in {
            return said(403, r#"{"error":"forbidden","reason":"Account is temporarily locked due to multiple authentication failures"}"#);
        }
        Act::Pass
    })
    .heals(&["auth_locked"])
}

pub(crate) fn a_gateway_with_a_password_of_its_own(_: &Stage) -> String {
    behind(|asked| {
        if asked.path == "/" {
            return Act::Pass;
        }
        Act::Answer(
            401,
            vec![("www-authenticate", "Basic realm=\"staging\"".to_owned())],
            "<html>401</html>".to_owned(),
        )
    })
    .heals(&["auth_by_gateway"])
}

pub(crate) fn a_header_that_is_stripped(_: &Stage) -> String {
    behind(|_| {
        Act::Ask(Box::new(|head| {
            let lines = head
                .split("\r\n")
                .filter(|line| !line.to_ascii_lowercase().starts_with("authorization:"));
            lines.collect::<Vec<_>>().join("\r\n")
        }))
    })
    .heals(&["auth_stripped"])
}

pub(crate) fn no_name_where_one_is_needed(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    patient.finds(&[&database.url_without_credentials()], &["auth_needed"]);
    patient.is_well(&[&database.url()]);
    patient.course()
}

pub(crate) fn no_password_for_the_name(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let without = format!(
        "http://{}@{}/{}",
        couch().admin,
        couch().authority,
        database.name
    );
    patient.finds(&[&without], &["secret_missing"]);
    let file = patient.sheaf.home().join("password");
    std::fs::write(&file, &couch().password).expect("the home can be written to");
    patient.is_well(&[&without, "--password-file", &file.display().to_string()]);
    patient.course()
}

/// The database that is made is closed to strangers, as CouchDB makes them since version 3.
pub(crate) fn no_database(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    database.remove();
    patient.finds(&[&database.url()], &["database_missing"]);
    patient.is_fixed_by(&[&database.url()], "createDatabase");
    patient.course()
}

pub(crate) fn no_database_and_no_right(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let account = Account::create(couch(), "right");
    database.remove();
    let address = database.url_as(&account.name, &account.password);
    patient.finds(&[&address], &["database_missing_no_right"]);
    database.send("PUT", "", None).success();
    database.admit(&[&account]);
    patient.is_well(&[&address]);
    patient.course()
}

pub(crate) fn a_stranger_to_the_database(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let account = Account::create(couch(), "right");
    let address = database.url_as(&account.name, &account.password);
    patient.finds(&[&address], &["database_forbidden"]);
    database.admit(&[&account]);
    patient.is_well(&[&address]);
    patient.course()
}

pub(crate) fn a_name_with_a_decoded_slash(_: &Stage) -> String {
    let world = behind(|_| {
        Act::Ask(Box::new(|head| {
            head.replace("%2F", "/").replace("%2f", "/")
        }))
    });
    let name = format!("{}/notes", world.database.name);
    let path = format!("/{}", sheaf_tests::encode_segment(&name));
    couch().http().put(&path, &json!({})).success();
    let address = url_as(
        "http",
        &world.gateway.authority,
        &couch().admin,
        &couch().password,
        &name,
    );
    world
        .patient
        .finds(&[&address], &["database_slash_decoded"]);
    world.gateway.heal();
    world.patient.is_well(&[&address]);
    couch().http().delete(&path);
    world.patient.course()
}

pub(crate) fn a_database_open_to_everybody(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    database.open_to_everybody();
    patient.finds(&[&database.url()], &["open_to_everybody"]);
    patient.is_fixed_by(&[&database.url()], "restrictSecurity");
    patient.course()
}

/// A gateway that signs everybody in as the administrator.
pub(crate) fn everybody_an_administrator(_: &Stage) -> String {
    use base64::Engine as _;
    behind(|asked| {
        if asked.signed_in {
            return Act::Pass;
        }
        let pair = base64::engine::general_purpose::STANDARD.encode(format!(
            "{}:{}",
            couch().admin,
            couch().password
        ));
        Act::Ask(Box::new(move |head| {
            head.replacen("\r\n", &format!("\r\nauthorization: Basic {pair}\r\n"), 1)
        }))
    })
    .heals(&["admin_party"])
}

pub(crate) fn a_read_only_member(_: &Stage) -> String {
    behind(|asked| {
        if asked.method == "PUT" || asked.is_for("_bulk_docs") {
            return said(
                403,
                r#"{"error":"forbidden","reason":"_writer access is required for this request"}"#,
            );
        }
        Act::Pass
    })
    .heals(&["write_read_only"])
}

pub(crate) fn a_full_server(_: &Stage) -> String {
    behind(|asked| {
        if asked.method == "PUT" {
            said(507, r#"{"error":"insufficient_storage","reason":"enospc"}"#)
        } else {
            Act::Pass
        }
    })
    .heals(&["write_no_room"])
}

pub(crate) fn writing_blocked_on_the_way(_: &Stage) -> String {
    behind(|asked| {
        if asked.method == "PUT" {
            page(405)
        } else {
            Act::Pass
        }
    })
    .heals(&["write_blocked"])
}

pub(crate) fn a_cache_on_the_way(_: &Stage) -> String {
    behind(|asked| {
        let is_local = asked.path.contains("/_local/");
        if asked.method == "GET" && is_local {
            said(
                200,
                r#"{"_id":"_local/diagnosis-by-sheaf","_rev":"0-1","by":"Sheaf","at":1}"#,
            )
        } else {
            Act::Pass
        }
    })
    .heals(&["write_forgotten"])
}

fn takes_at_most(bytes: usize) -> impl FnMut(&Asked) -> Act + Send + 'static {
    move |asked| {
        if asked.body > bytes {
            page(413)
        } else {
            Act::Pass
        }
    }
}

pub(crate) fn a_tiny_limit(_: &Stage) -> String {
    behind(takes_at_most(16 << 10)).heals(&["limits_tiny_body"])
}

pub(crate) fn a_small_limit(_: &Stage) -> String {
    behind(takes_at_most(1_200_000)).is_fixed_by(&["limits_small_body"], "smallerBatches")
}

pub(crate) fn a_blocked_bulk_get(_: &Stage) -> String {
    behind(|asked| {
        if asked.is_for("_bulk_get") {
            page(403)
        } else {
            Act::Pass
        }
    })
    .heals(&["requests_blocked"])
}

pub(crate) fn a_missing_bulk_get(_: &Stage) -> String {
    behind(|asked| {
        if asked.is_for("_bulk_get") {
            page(404)
        } else {
            Act::Pass
        }
    })
    .heals(&["requests_slow_way"])
}

pub(crate) fn a_limit_of_requests(_: &Stage) -> String {
    behind(|asked| {
        if asked.is_for("_bulk_docs") {
            page(429)
        } else {
            Act::Pass
        }
    })
    .heals(&["requests_busy"])
}

pub(crate) fn another_applications_database(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    database.put(&json!({ "_id": "order-2026-0001", "type": "invoice", "total": 12 }));
    patient.finds(&[&database.url()], &["other_application"]);
    let own = super::database();
    patient.is_well(&[&own.url()]);
    patient.course()
}

pub(crate) fn a_blocked_feed(_: &Stage) -> String {
    behind(|asked| {
        if asked.is_for("_changes") {
            page(403)
        } else {
            Act::Pass
        }
    })
    .heals(&["feed_refused"])
}

pub(crate) fn a_shortened_feed(_: &Stage) -> String {
    behind(|asked| {
        if asked.is_for("_changes") {
            Act::Half
        } else {
            Act::Pass
        }
    })
    .heals(&["feed_garbled"])
}

pub(crate) fn a_buffered_feed(_: &Stage) -> String {
    behind(|asked| {
        if asked.path.contains("feed=longpoll") {
            Act::Hold
        } else {
            Act::Pass
        }
    })
    .is_fixed_by(&["feed_buffered"], "askEvery")
}

pub(crate) fn a_cut_feed(_: &Stage) -> String {
    behind(|asked| {
        if asked.path.contains("feed=longpoll") {
            Act::CutAfter(Duration::from_millis(2500))
        } else {
            Act::Pass
        }
    })
    .is_fixed_by(&["feed_cut"], "askEvery")
}

pub(crate) fn a_feed_that_does_not_wait(_: &Stage) -> String {
    behind(|asked| {
        if asked.path.contains("feed=longpoll") {
            Act::Ask(Box::new(|head| {
                head.replace("feed=longpoll", "feed=normal")
            }))
        } else {
            Act::Pass
        }
    })
    .is_fixed_by(&["feed_not_held"], "askEvery")
}

pub(crate) fn notes_locked_with_another_key(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    database.put(&json!({ "_id": "book:locked01", "encryptedData": { "content": "AAAA", "tag": "BBBB", "iv": "CCCC" } }));
    patient.finds(&[&database.url()], &["key_foreign"]);
    let own = super::database();
    patient.is_well(&[&own.url()]);
    patient.course()
}
