//! Servers as people run them: behind nginx, in folders, on IPv6, behind proxies that hold back, cut off or
//! are the only way out, with accounts that may not write, with quotas.

use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::Value;
use sheaf_tests::{
    Account, Authority, BEHIND_THE_PROXY, Couch, Database, Device, Fault, FaultProxy, ForwardProxy,
    Gateway, Kind, encode_segment, on_every_server, on_server, text,
};

on_every_server!(
    https_behind_nginx_as_in_the_instructions_with_an_authority_of_ones_own,
    a_path_prefix_that_a_proxy_takes_off,
    a_database_in_a_folder_behind_nginx,
    a_proxy_that_buffers_the_feed_delays_nothing,
    a_gateway_with_little_patience_turns_no_light_red,
    an_address_that_is_an_ipv6_literal,
    a_proxy_from_the_environment,
    a_socks_proxy_from_the_environment,
    https_through_a_proxy,
    a_server_that_wants_everybody_to_sign_in,
    a_full_quota_keeps_edits_here_and_goes_on_receiving,
    too_many_requests_with_and_without_a_word_when_to_come_back,
);

fn device(name: &'static str, variables: &[(&str, &str)]) -> Device {
    let mut device = Device::new(name);
    for (variable, value) in variables {
        device.sheaf.set_variable(variable, value);
    }
    device
}

/// `scheme://admin:password@authority/prefix/database`
fn url(database: &Database, scheme: &str, authority: &str, prefix: &str) -> String {
    let [user, password] =
        [&database.server.admin, &database.server.password].map(|text| encode_segment(text));
    let name = encode_segment(&database.name);
    format!("{scheme}://{user}:{password}@{authority}{prefix}/{name}")
}

/// A note of the device arrives at the server, and one of somebody else's at the device.
fn both_ways(device: &Device, database: &Database) {
    device.write("From here", "text");
    device.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
    let other = Device::on("O", &database.url());
    other.write("From there", "text");
    other.sync();
    device.sync();
    assert_eq!(device.titles(), ["From here", "From there"]);
}

/// The instructions of the reference, with the TLS versions that are still allowed today.
fn as_in_the_instructions(upstream: &str, chain: &Path, key: &Path) -> String {
    format!(
        "listen {{listen}} ssl;
         ssl_certificate {};
         ssl_certificate_key {};
         ssl_protocols TLSv1.2 TLSv1.3;
         ssl_session_cache shared:SSL:1m;
         server_name localhost;
         location / {{
             proxy_pass http://{upstream};
             proxy_redirect off;
             proxy_set_header Host $host;
             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
             proxy_set_header X-Forwarded-Ssl on;
         }}
         location ~ ^/(.*)/_changes {{
             proxy_pass http://{upstream};
             proxy_redirect off;
             proxy_buffering off;
             proxy_set_header Host $host;
             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
             proxy_set_header X-Forwarded-Ssl on;
         }}",
        chain.display(),
        key.display(),
    )
}

fn https_behind_nginx_as_in_the_instructions_with_an_authority_of_ones_own(server: &'static Couch) {
    let authority = Authority::new();
    let files = authority.certify("127.0.0.1");
    let config = as_in_the_instructions(&server.authority, &files.chain, &files.key);
    let Some(nginx) = Gateway::start(&config) else {
        return;
    };
    let database = server.database();
    let url = url(&database, "https", &nginx.authority, "");

    let stranger = Device::new("S");
    let refusal = stranger.sheaf.refused(&["sync", "set", "couchdb", &url]);
    assert_eq!(refusal.code, "certificate", "{refusal:?}");

    let trusted = authority.file().display().to_string();
    let a = device("A", &[("SSL_CERT_FILE", &trusted)]);
    a.connect(&url);
    both_ways(&a, &database);
    sees_at_once(&a, &database);

    // What nginx takes unasked is 1 MB; the rest says so and keeps nothing else.
    let large = vec![7; 3 << 20];
    let file = a.file("large.pdf", &large).display().to_string();
    let note = a.write("With a scan", "text");
    a.sheaf.run(&["attach", "add", &file, "--note", &note]);
    a.sync();
    assert_eq!(a.held_back().len(), 1, "{:?}", a.held_back());
    let limits = a.sheaf.run(&["sync", "server", "limits"]);
    let refused = limits["refuses"].as_u64().expect("something was refused");
    assert!((1 << 20..12 << 20).contains(&refused), "{limits}");
}

/// A note that is written elsewhere while the device watches.
fn sees_at_once(device: &Device, database: &Database) {
    let mut watch = device.sheaf.follow(&["sync", "watch"]);
    watch.line_where(|line| state(line) == "idle");
    let other = Device::on("W", &database.url());
    let id = other.write("While watching", "text");
    other.sync();
    let start = Instant::now();
    watch.line_where(|line| line.contains(&id));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    watch.terminate();
}

/// The state that a line of a watch tells of, or nothing.
fn state(line: &str) -> String {
    let event: Value = serde_json::from_str(line).expect("watch prints JSON lines");
    event["status"]["state"]["kind"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// As CouchDB's own manual puts it into a folder.
fn a_path_prefix_that_a_proxy_takes_off(server: &'static Couch) {
    let upstream = &server.authority;
    let Some(nginx) = Gateway::start(&format!(
        "listen {{listen}};
         location /apps/couch {{
             rewrite ^ $request_uri;
             rewrite ^/apps/couch/(.*) $1 break;
             proxy_pass http://{upstream}/$uri;
             proxy_buffering off;
             proxy_redirect off;
             proxy_set_header Host $host;
         }}
         location / {{ return 418; }}"
    )) else {
        return;
    };
    for database in [server.database(), server.database_in("team")] {
        let a = Device::new("A");
        a.connect(&url(&database, "http", &nginx.authority, "/apps/couch"));
        both_ways(&a, &database);
        // Testing the address asks whether HTTP is spoken at all; nothing else leaves the prefix.
        let log = nginx.log();
        let mut outside = log.lines().filter(|line| line.contains(" 418"));
        assert!(outside.all(|line| line.starts_with("HEAD / ")), "{log}");
    }
}

fn a_database_in_a_folder_behind_nginx(server: &'static Couch) {
    let upstream = &server.authority;
    let Some(nginx) = Gateway::start(&format!(
        "listen {{listen}};
         location / {{ proxy_pass http://{upstream}; proxy_redirect off; }}"
    )) else {
        return;
    };
    let database = server.database_in("family/2026");
    let a = Device::new("A");
    a.connect(&url(&database, "http", &nginx.authority, ""));
    both_ways(&a, &database);
}

fn a_proxy_that_buffers_the_feed_delays_nothing(server: &'static Couch) {
    let upstream = &server.authority;
    let Some(nginx) = Gateway::start(&format!(
        "listen {{listen}};
         location / {{
             proxy_pass http://{upstream};
             proxy_buffering on;
             proxy_buffers 64 64k;
             gzip on;
             gzip_types application/json;
         }}"
    )) else {
        return;
    };
    let database = server.database();
    let a = Device::new("A");
    a.connect(&url(&database, "http", &nginx.authority, ""));
    both_ways(&a, &database);
    sees_at_once(&a, &database);
}

/// nginx gives up on a silent answer and closes idle connections; both used to look like trouble.
fn a_gateway_with_little_patience_turns_no_light_red(server: &'static Couch) {
    let inner = FaultProxy::to(&server.authority);
    let upstream = &inner.authority;
    let Some(nginx) = Gateway::start(&format!(
        "listen {{listen}};
         keepalive_timeout 1s;
         location / {{
             proxy_pass http://{upstream};
             proxy_read_timeout 3s;
         }}"
    )) else {
        return;
    };
    let database = server.database();
    let a = Device::new("A");
    a.connect(&url(&database, "http", &nginx.authority, ""));
    a.sync();
    let (tell, short_question) = channel();
    inner.plan(move |request| {
        if request.path.contains("timeout=2000") {
            let _ = tell.send(());
        }
        Fault::None
    });
    let mut watch = a.sheaf.follow(&["sync", "watch"]);
    watch.line_where(|line| state(line) == "idle");
    let patience = Duration::from_mins(1);
    short_question
        .recv_timeout(patience)
        .unwrap_or_else(|_| panic!("no shorter question was asked:\n{}", nginx.log()));
    let other = Device::on("O", &database.url());
    let id = other.write("While watching", "text");
    other.sync();
    watch.line_where(|line| {
        let kind = state(line);
        assert!(!["error", "offline", "blocked"].contains(&&*kind), "{line}");
        line.contains(&id)
    });
    let log = nginx.log();
    for cut in [
        "heartbeat=15000",
        "timeout=25000",
        "timeout=10000",
        "timeout=4000",
    ] {
        assert!(log.contains(cut), "{log}");
    }
    watch.terminate();
}

fn an_address_that_is_an_ipv6_literal(server: &'static Couch) {
    let proxy = FaultProxy::on("[::1]", &server.authority);
    assert!(proxy.authority.starts_with("[::1]:"));
    let database = server.database();
    let a = Device::new("A");
    a.connect(&url(&database, "http", &proxy.authority, ""));
    both_ways(&a, &database);
    assert!(!proxy.take_log().is_empty());
}

/// A server that only the proxy can find.
fn behind_a_proxy(server: &'static Couch, variable: &str, scheme: &str, spoken: &str) {
    let proxy = ForwardProxy::to(&server.authority);
    let address = format!("{scheme}://{}", proxy.authority);
    let database = server.database();
    let url = url(&database, "http", &format!("{BEHIND_THE_PROXY}:5984"), "");

    let lost = Device::new("L");
    let refusal = lost.sheaf.refused(&["sync", "set", "couchdb", &url]);
    assert_eq!(refusal.code, "hostNotFound", "{refusal:?}");

    let a = device("A", &[("NO_PROXY", ""), (variable, &address)]);
    a.connect(&url);
    // The test of the address asks the proxy for a tunnel, too.
    proxy.take_log();
    both_ways(&a, &database);
    let log = proxy.take_log();
    assert!(
        !log.is_empty() && log.iter().all(|how| how == spoken),
        "{log:?}"
    );
    sees_at_once(&a, &database);
}

fn a_proxy_from_the_environment(server: &'static Couch) {
    behind_a_proxy(server, "http_proxy", "http", "http");
}

fn a_socks_proxy_from_the_environment(server: &'static Couch) {
    behind_a_proxy(server, "all_proxy", "socks5h", "socks5");
}

fn https_through_a_proxy(server: &'static Couch) {
    let authority = Authority::new();
    let files = authority.certify(BEHIND_THE_PROXY);
    let config = as_in_the_instructions(&server.authority, &files.chain, &files.key);
    let Some(nginx) = Gateway::start(&config) else {
        return;
    };
    let proxy = ForwardProxy::to(&nginx.authority);
    let address = format!("http://{}", proxy.authority);
    let trusted = authority.file().display().to_string();
    let variables = [
        ("NO_PROXY", ""),
        ("https_proxy", &address),
        ("SSL_CERT_FILE", &trusted),
    ];
    let a = device("A", &variables);
    let database = server.database();
    a.connect(&url(&database, "https", BEHIND_THE_PROXY, ""));
    both_ways(&a, &database);
    let log = proxy.take_log();
    assert!(
        !log.is_empty() && log.iter().all(|how| how == "connect"),
        "{log:?}"
    );
}

/// `require_valid_user`: not even the welcome is said to strangers.
fn a_server_that_wants_everybody_to_sign_in(server: &'static Couch) {
    let upstream = &server.authority;
    let Some(nginx) = Gateway::start(&format!(
        "listen {{listen}};
         location / {{
             if ($http_authorization = '') {{
                 add_header WWW-Authenticate 'Basic realm=\"server\"' always;
                 return 401;
             }}
             proxy_pass http://{upstream};
         }}"
    )) else {
        return;
    };
    let database = server.database();
    let address = format!("http://{}/{}", nginx.authority, database.name);
    let stranger = Device::new("S");
    let refusal = stranger
        .sheaf
        .refused(&["sync", "set", "couchdb", &address]);
    assert_eq!(refusal.code, "unauthorised", "{refusal:?}");
    let a = Device::new("A");
    a.connect(&url(&database, "http", &nginx.authority, ""));
    both_ways(&a, &database);
    let setup = a.sheaf.run(&["sync", "server", "show"]);
    assert_eq!(setup["openToEverybody"], false, "{setup}");
}

fn is_a_write(method: &str, path: &str) -> bool {
    path.contains("_bulk_docs") || (method == "PUT" && !path.contains("_local"))
}

fn a_full_quota_keeps_edits_here_and_goes_on_receiving(server: &'static Couch) {
    let database = server.database();
    let proxy = FaultProxy::to(&server.authority);
    let a = Device::new("A");
    a.connect(&url(&database, "http", &proxy.authority, ""));
    a.sync();
    proxy.plan(|request| {
        if is_a_write(&request.method, &request.path) {
            Fault::Status(402)
        } else {
            Fault::None
        }
    });
    a.write("Mine", "text");
    let other = Device::on("O", &database.url());
    other.write("Theirs", "text");
    other.sync();
    let refusal = a.sync_refused();
    assert_eq!(refusal.code, "quotaExceeded", "{refusal:?}");
    assert_eq!(a.titles(), ["Mine", "Theirs"]);
    proxy.heal();
    a.sync();
    assert_eq!(database.documents_of("note:").len(), 2);
}

/// Cloudant's limiter, with its header and, as some gateways have it, without.
fn too_many_requests_with_and_without_a_word_when_to_come_back(server: &'static Couch) {
    for retry_after in [Some(1), None] {
        let database = server.database();
        let proxy = FaultProxy::to(&server.authority);
        let a = Device::new("A");
        a.connect(&url(&database, "http", &proxy.authority, ""));
        a.sync();
        let mut watch = a.sheaf.follow(&["sync", "watch"]);
        watch.line_where(|line| state(line) == "idle");
        // The first requests are too many.
        let mut asked = 0;
        proxy.plan(move |_| {
            asked += 1;
            if asked < 4 {
                Fault::TooManyRequests { retry_after }
            } else {
                Fault::None
            }
        });
        a.write("Mine", "text");
        database.wait_for("note:", |notes| notes.len() == 1);
        watch.terminate();
        assert_eq!(a.held_back(), Vec::<Value>::new());
        assert_eq!(
            database
                .leaves(&text(&database.documents_of("note:")[0], "_id"))
                .len(),
            1
        );
    }
}

/// CouchDB locks an account for five minutes after five wrong passwords. A password that was changed
/// on the server must not make us do that to the person.
#[test]
fn a_changed_password_is_not_tried_until_the_account_is_locked() {
    on_server(Kind::Couchdb, |server| {
        let database = server.database();
        let anna = Account::create(server, "old pass");
        database.admit(&[&anna]);
        let a = Device::on("A", &database.url_as(&anna.name, &anna.password));
        anna.change_password("new pass");
        a.write("Mine", "text");
        for _ in 0..7 {
            let refusal = a.sync_refused();
            assert_eq!(refusal.code, "unauthorised", "{refusal:?}");
        }
        let file = a.file("password", b"new pass\n").display().to_string();
        a.sheaf.run(&["sync", "password", "--password-file", &file]);
        a.sync();
        assert_eq!(database.documents_of("note:").len(), 1);
    });
}

/// Roles that may read and leave their own marks, as Cloudant has them.
#[test]
fn an_account_that_may_only_read_receives_and_says_so() {
    on_server(Kind::Couchdb, |server| {
        let database = server.database();
        let anna = Account::create(server, "one pass");
        database.admit(&[&anna]);
        let other = Device::on("O", &database.url());
        other.write("Theirs", "text");
        other.sync();
        database.validate_with(
            "if (userCtx.roles.indexOf('_admin') < 0) throw({ forbidden: 'readers only' });",
        );
        let a = Device::new("A");
        let url = database.url_as(&anna.name, &anna.password);
        a.sheaf.run(&["sync", "set", "couchdb", &url, "--merge"]);
        a.write("Mine", "text");
        let refusal = a.sync_refused();
        assert_eq!(refusal.code, "readOnly", "{refusal:?}");
        assert_eq!(a.titles(), ["Mine", "Theirs"]);
        assert_eq!(a.held_back(), Vec::<Value>::new());
        assert_eq!(database.documents_of("note:").len(), 1);
    });
}
