//! Three nodes that keep nothing themselves, one PostgreSQL behind them and nginx in front.

use std::collections::BTreeMap;
use std::sync::mpsc::{Sender, channel};

use serde_json::Value;
use sheaf_tests::{
    Cluster, HostedDevice, Http, Nginx, ServerOptions, SheafServer, closed_port, new_item,
    register, say, sign_in,
};

const PASSWORD: &str = "the half of a key";

/// A node on an address of its own, so that it can come back there.
struct Node {
    address: String,
    options: ServerOptions,
    server: SheafServer,
}

impl Node {
    fn start(database: &str) -> Self {
        let address = closed_port();
        let options = ServerOptions::new().with(&[
            "--listen",
            &address,
            "--database",
            database,
            "--trusted-proxies",
            "1",
        ]);
        let server = options.start();
        Self {
            address,
            options,
            server,
        }
    }
}

fn three_nodes() -> Option<Vec<Node>> {
    let database = Cluster::shared()?.database();
    Some((0..3).map(|_| Node::start(&database)).collect())
}

fn in_front_of(nodes: &[Node]) -> Option<Nginx> {
    let addresses: Vec<String> = nodes.iter().map(|node| node.address.clone()).collect();
    Nginx::in_front_of(&addresses)
}

const ACCOUNTS: usize = 2;
const WRITERS: usize = 3;
const CALLS: usize = 40;
const ITEMS: usize = 5;

fn uuid(account: usize, writer: usize, item: usize) -> String {
    format!("{account:08x}-0000-4000-8000-{writer:04x}{item:08x}")
}

/// Saves its notes call by call, and changes the first of each call in the next.
fn write(
    mut device: HostedDevice,
    account: usize,
    writer: usize,
    saved: &Sender<usize>,
) -> (HostedDevice, usize) {
    let mut failures = 0;
    for call in 0..CALLS {
        let numbers = call * ITEMS..(call + 1) * ITEMS;
        let mut items: Vec<Value> = numbers
            .map(|item| new_item(&uuid(account, writer, item), &format!("{writer} {item}")))
            .collect();
        if call > 0 {
            let mut changed = device.items[&uuid(account, writer, (call - 1) * ITEMS)].clone();
            changed["content"] = "changed".into();
            items.push(changed);
        }
        failures += device.sync(&items);
        // The test has failed if nobody listens.
        let _ = saved.send(1);
    }
    (device, failures)
}

/// Whatever is killed and whoever saves at once: every note that was acknowledged is there, as it was last, and every
/// device that follows its token has all of them.
#[test]
fn a_node_that_is_killed_under_load_loses_nothing_and_nobody_skips_anything() {
    let Some(mut nodes) = three_nodes() else {
        return;
    };
    let Some(nginx) = in_front_of(&nodes) else {
        return;
    };
    let front = Http::new(nginx.url());
    let (saved, calls) = channel();
    let mut devices = Vec::new();
    for account in 0..ACCOUNTS {
        let email = format!("account-{account}@example.org");
        register(&front, &email, PASSWORD);
        for writer in 0..WRITERS {
            let token = sign_in(&front, &email, PASSWORD);
            let device = HostedDevice::new(Http::new(nginx.url()).with_token(&token));
            let saved = saved.clone();
            devices.push(std::thread::spawn(move || {
                let (device, failures) = write(device, account, writer, &saved);
                (account, device, failures)
            }));
        }
    }
    drop(saved);
    let all = ACCOUNTS * WRITERS * CALLS;
    for (count, _) in calls.iter().enumerate() {
        if count == all / 3 {
            nodes[0].server.kill();
        }
        if count == all * 2 / 3 {
            let Node {
                options, server, ..
            } = &mut nodes[0];
            server.start_again(options);
        }
    }
    let mut failures = 0;
    let ended: Vec<_> = devices
        .into_iter()
        .map(|device| device.join().expect("a device that does not fail"))
        .collect();
    let contents = |device: &HostedDevice| -> BTreeMap<String, Value> {
        let pairs = device.items.iter();
        pairs
            .map(|(uuid, item)| (uuid.clone(), item["content"].clone()))
            .collect()
    };
    for (account, mut device, failed) in ended {
        failures += failed;
        device.sync(&[]);
        let expected: BTreeMap<String, Value> = (0..WRITERS)
            .flat_map(|writer| (0..CALLS * ITEMS).map(move |item| (writer, item)))
            .map(|(writer, item)| {
                let changed = item % ITEMS == 0 && item < (CALLS - 1) * ITEMS;
                let content = if changed {
                    "changed".into()
                } else {
                    format!("{writer} {item}").into()
                };
                (uuid(account, writer, item), content)
            })
            .collect();
        assert!(
            contents(&device) == expected,
            "a device of account {account}"
        );
        let token = sign_in(&front, &format!("account-{account}@example.org"), PASSWORD);
        let mut fresh = HostedDevice::new(Http::new(nginx.url()).with_token(&token));
        fresh.sync(&[]);
        assert!(
            contents(&fresh) == expected,
            "a new device of account {account}"
        );
    }
    let checked = nodes[1].server.command(&[
        "check",
        "--database",
        nodes[1].options.argument("--database"),
    ]);
    assert!(checked.status.success(), "{checked:?}");
    say(&format!(
        "{all} calls through three nodes, one killed: {failures} were tried again"
    ));
}

/// A device that listens at one node, through nginx, hears of what another node saved.
#[test]
fn a_listener_hears_of_what_another_node_saved() {
    let Some(nodes) = three_nodes() else {
        return;
    };
    let email = "anna@example.org";
    let first = Http::new(nodes[0].server.url());
    register(&first, email, PASSWORD);
    let token = sign_in(&first, email, PASSWORD);
    let Some(nginx) = in_front_of(&nodes[..1]) else {
        return;
    };
    let mut lines = Http::new(nginx.url())
        .with_token(&token)
        .lines("/v1/events");
    let mut event = || lines.find(|line| line.starts_with("event:"));
    assert_eq!(event().as_deref(), Some("event: listening"));
    let mut elsewhere = HostedDevice::new(Http::new(nodes[2].server.url()).with_token(&token));
    elsewhere.sync(&[new_item(&uuid(0, 0, 0), "from elsewhere")]);
    assert_eq!(event().as_deref(), Some("event: changed"));
}

/// The database restarts, or drops every connection: what was saved meanwhile is heard of once it is there again.
#[test]
fn a_listener_hears_of_saves_after_the_database_dropped_every_connection() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let nodes: Vec<Node> = (0..2).map(|_| Node::start(&database)).collect();
    let first = Http::new(nodes[0].server.url());
    let email = "anna@example.org";
    register(&first, email, PASSWORD);
    let token = sign_in(&first, email, PASSWORD);
    let mut lines = first.with_token(&token).lines("/v1/events");
    let mut event = || lines.find(|line| line.starts_with("event:"));
    assert_eq!(event().as_deref(), Some("event: listening"));
    let mut elsewhere = HostedDevice::new(Http::new(nodes[1].server.url()).with_token(&token));
    for item in 0..3 {
        let dropped = cluster.ask(
            &database,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        assert!(dropped.is_ok(), "{dropped:?}");
        elsewhere.sync(&[new_item(&uuid(0, 0, item), "x")]);
        assert_eq!(event().as_deref(), Some("event: changed"), "{item}");
    }
}
