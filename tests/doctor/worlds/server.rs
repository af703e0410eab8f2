//! What answers, its clock and its pace.

use std::time::Duration;

use sheaf_tests::{Database, ServerOptions};

use super::{Stage, couch, database, url};
use crate::gateway::{Act, Asked, Gateway};
use crate::listeners::babbler;
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

    /// Finds this, and is well once everything is passed on.
    fn heals(&self, code: &str) -> String {
        self.patient.finds(&[&self.url()], &[code]);
        self.gateway.heal();
        self.patient.is_well(&[&self.url()]);
        self.patient.course()
    }
}

fn html(body: &str) -> (Vec<(&'static str, String)>, String) {
    (
        vec![("content-type", "text/html".to_owned())],
        format!("<!doctype html><html><body>{body}</body></html>"),
    )
}

fn answers(status: u16, body: &'static str) -> impl FnMut(&Asked) -> Act + Send + 'static {
    move |_| {
        let (headers, body) = html(body);
        Act::Answer(status, headers, body)
    }
}

fn sends_to(location: String) -> impl FnMut(&Asked) -> Act + Send + 'static {
    move |_| Act::Answer(302, vec![("location", location.clone())], String::new())
}

/// Under ten seconds, quiet connection watched, and nothing is left behind.
pub(crate) fn a_healthy_server(_: &Stage) -> String {
    let world = behind(|_| Act::Pass);
    let before = world.database.send("GET", "", None).success();
    let seen = world.patient.is_well(&[&world.url()]);
    assert!(
        seen.took < Duration::from_secs(10),
        "a healthy server took {:?}",
        seen.took
    );
    let after = world.database.send("GET", "", None).success();
    assert_eq!(
        before["update_seq"], after["update_seq"],
        "something was written"
    );
    assert_eq!(before["doc_count"], after["doc_count"]);
    format!(
        "{} in {:.1} s",
        world.patient.course(),
        seen.took.as_secs_f32()
    )
}

pub(crate) fn a_login_page(_: &Stage) -> String {
    behind(answers(
        200,
        "<form><input name=room><input type=\"password\" name=code></form>",
    ))
    .heals("http_login_page")
}

pub(crate) fn a_captive_portal_elsewhere(_: &Stage) -> String {
    behind(sends_to("http://portal.test/login?from=you".to_owned())).heals("http_login_page")
}

/// Nothing goes to the other host, name and password least of all.
pub(crate) fn a_redirect_to_another_host(stage: &Stage) -> String {
    let other = Gateway::at("127.0.0.51:0", &couch().authority, |_| Act::Pass);
    stage.names.set("other.test", &["127.0.0.51"]);
    let world = behind(sends_to(format!(
        "http://other.test:{}/notes",
        other.port()
    )));
    let course = world.heals("http_redirect_elsewhere");
    assert_eq!(other.served(), 0, "the other host was asked something");
    course
}

pub(crate) fn a_redirect_to_a_path(_: &Stage) -> String {
    let world = behind(|asked| match asked.path.strip_prefix("/couch") {
        Some(_) => Act::Ask(Box::new(|head| {
            head.replacen("/couch/", "/", 1)
                .replacen("/couch ", "/ ", 1)
        })),
        None => Act::Answer(
            301,
            vec![("location", format!("/couch{}", asked.path))],
            String::new(),
        ),
    });
    world.patient.finds(&[&world.url()], &["http_redirect"]);
    world.patient.is_fixed_by(&[&world.url()], "useAddress");
    world.patient.course()
}

pub(crate) fn a_redirect_in_circles(_: &Stage) -> String {
    behind(|asked| {
        let next = if asked.path == "/a" { "/b" } else { "/a" };
        Act::Answer(302, vec![("location", next.to_owned())], String::new())
    })
    .heals("http_redirect_loop")
}

pub(crate) fn a_page_with_200(_: &Stage) -> String {
    behind(answers(200, "<h1>It works!</h1>")).heals("http_other_page")
}

pub(crate) fn a_gateway_without_its_server(_: &Stage) -> String {
    behind(answers(502, "<h1>502 Bad Gateway</h1>")).heals("http_gateway_error")
}

pub(crate) fn a_server_with_a_fault(_: &Stage) -> String {
    behind(answers(500, "<h1>oops</h1>")).heals("http_server_error")
}

pub(crate) fn a_busy_server(_: &Stage) -> String {
    behind(|_| {
        Act::Answer(
            429,
            vec![("retry-after", "30".to_owned())],
            "{\"error\":\"too_many_requests\"}".to_owned(),
        )
    })
    .heals("http_busy")
}

pub(crate) fn nothing_at_the_root(_: &Stage) -> String {
    behind(answers(404, "<h1>Not Found</h1>")).heals("http_not_found")
}

pub(crate) fn another_kind_of_answer(_: &Stage) -> String {
    behind(|_| {
        Act::Answer(
            200,
            vec![("content-type", "application/json".to_owned())],
            "{\"status\":\"up\"}".to_owned(),
        )
    })
    .heals("http_nothing_known")
}

pub(crate) fn not_http_at_all(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let port = babbler(b"SSH-2.0-OpenSSH_9.6\r\n");
    patient.finds(
        &[&url("http", &format!("127.0.0.1:{port}"), &database)],
        &["http_not_http"],
    );
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}

pub(crate) fn no_answer_at_all(_: &Stage) -> String {
    behind(|_| Act::Silence).heals("http_no_answer")
}

pub(crate) fn a_connection_cut_at_once(_: &Stage) -> String {
    behind(|_| Act::Reset).heals("http_cut")
}

pub(crate) fn a_server_of_another_kind(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let server = ServerOptions::new().start();
    let authority = server
        .url()
        .trim_start_matches("http://")
        .trim_end_matches('/');
    patient.finds(&[&url("http", authority, &database)], &["http_wrong_kind"]);
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}

/// Shifts the server's clock by seconds.
fn shifted(seconds: i64) -> impl FnMut(&Asked) -> Act + Send + 'static {
    move |asked| {
        if asked.is_for("_changes") {
            return Act::Pass;
        }
        Act::Tell(Box::new(move |head| {
            let lines = head.split("\r\n").map(|line| {
                if line.to_ascii_lowercase().starts_with("date:") {
                    format!("Date: {}", date(seconds))
                } else {
                    line.to_owned()
                }
            });
            lines.collect::<Vec<_>>().join("\r\n")
        }))
    }
}

fn date(shift: i64) -> String {
    let output = std::process::Command::new("date")
        .env("LC_ALL", "C")
        .args([
            "-u",
            "-d",
            &format!("{shift} seconds"),
            "+%a, %d %b %Y %H:%M:%S GMT",
        ])
        .output()
        .expect("there is a calendar");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn a_clock_two_hours_off(_: &Stage) -> String {
    behind(shifted(-7200)).heals("clock_wrong")
}

pub(crate) fn a_clock_three_minutes_off(_: &Stage) -> String {
    behind(shifted(180)).heals("clock_off")
}

pub(crate) fn a_slow_line(_: &Stage) -> String {
    let world = behind(|_| Act::Slow(40_000, Duration::from_millis(120)));
    world.patient.finds(&[&world.url()], &["speed_slow"]);
    world.patient.is_fixed_by(&[&world.url()], "smallerBatches");
    world.patient.course()
}
