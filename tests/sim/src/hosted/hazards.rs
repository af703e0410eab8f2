//! A device of an account whose round is a program that is killed, or whose disk is full: what was acknowledged is there
//! afterwards, and every rule holds.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use sheaf_hosted::{Credentials, HostedError, Options as Taking, Replication, Service, Vault};
use sheaf_net::Client;
use sheaf_store::{ErrorClass, StoreError};
use sheaf_sync::Policy;
use zeroize::Zeroizing;

use super::{
    device::{ADDRESS, Surroundings},
    plan::{Action, Deed, Plan},
    server,
    world::World,
};
use crate::{
    client::{self, Errand, Ran},
    random::Random,
    run::in_virtual_time,
    server::tcp::Socket,
    world::{Outcome, Violation},
};

/// What people do on the first device before the round that goes wrong: something of everything that travels.
const BEFORE: [Deed; 12] = [
    Deed::Edit,
    Deed::Attach,
    Deed::Edit,
    Deed::Create,
    Deed::Append,
    Deed::AddTag,
    Deed::CreateNotebook,
    Deed::Title,
    Deed::Trash,
    Deed::Attach,
    Deed::Edit,
    Deed::Create,
];

/// Keeps a session in a file, as a keyring does.
pub(crate) struct Kept(PathBuf);

impl Vault for Kept {
    type Error = io::Error;

    async fn keep(&self, secret: Zeroizing<String>) -> Result<(), io::Error> {
        let next = self.0.with_extension("next");
        fs::write(&next, secret.as_bytes())?;
        fs::rename(&next, &self.0)
    }
}

/// The account as the program of its own speaks with it.
pub(crate) fn talk(
    client: Client,
    session: &Path,
    name: &str,
    surroundings: Surroundings,
) -> Result<Replication<Surroundings, Kept>, String> {
    let secret = fs::read_to_string(session).map_err(|error| error.to_string())?;
    let credentials = Credentials::parse(&secret).ok_or("it is none")?;
    let server = sheaf_net::Server::parse(ADDRESS).map_err(|error| format!("{error:?}"))?;
    let taking = Taking {
        device: name.to_owned(),
        cores: 1,
        pad: false,
    };
    let service = Service::new(client, server);
    let kept = Kept(session.to_owned());
    Ok(Replication::new(
        service,
        credentials,
        kept,
        taking,
        surroundings,
    ))
}

fn plan(seed: u64) -> Plan {
    Plan {
        seed,
        // Pages of which one holds a few notes, or all of them.
        page_bytes: if seed.is_multiple_of(2) {
            2000
        } else {
            10_000_000
        },
        ..Plan::story(2)
    }
}

/// # Panics
/// When a rule is broken; with all that happened.
fn tell(plan: &Plan, story: impl AsyncFnOnce(&World) -> Outcome) {
    in_virtual_time(async |trace| {
        let world = World::new(plan, trace);
        world.save_searches().await?;
        story(&world).await
    });
}

/// Two devices, each with something the other has not got. `known`: the first has synced before; otherwise this is its
/// first round.
async fn before(world: &World, seed: u64, known: bool) -> Outcome {
    let sync = |device| Action::Sync {
        device,
        beside: Vec::new(),
        dies_after: None,
    };
    let deeds = |device, deeds: &[Deed]| Action::Do {
        device,
        deeds: deeds.to_vec(),
    };
    let mut actions = vec![deeds(1, &BEFORE), sync(1)];
    if known {
        actions.extend([sync(0), deeds(0, &BEFORE[..6]), sync(0), sync(1)]);
    }
    actions.extend([
        deeds(1, &BEFORE[..8]),
        deeds(1, &[Deed::Trash, Deed::DeleteForGood]),
        sync(1),
        deeds(0, &BEFORE),
    ]);
    for (number, action) in actions.iter().enumerate() {
        world.act(number, action, seed).await?;
    }
    Ok(())
}

async fn after(world: &World, plan: &Plan) -> Outcome {
    for device in 0..2 {
        let action = Action::Do {
            device,
            deeds: vec![Deed::Edit],
        };
        world.act(100 + device, &action, plan.seed).await?;
    }
    world.check(plan).await
}

/// The first device's round as a program of its own, which is killed at a step or has files that may not grow.
///
/// # Panics
/// When a rule is broken.
pub fn with_client(
    program: &str,
    seed: u64,
    known: bool,
    deadly: Option<usize>,
    most_blocks: Option<u32>,
) -> Ran {
    let mut ended = None;
    let plan = plan(seed);
    tell(&plan, async |world| {
        before(world, seed, known).await?;
        let device = &world.devices[0];
        device.close();
        let lost = |error: io::Error| Violation::new("session", error.to_string());
        let session = world.folder("session");
        let secret = device.keyring.credentials().to_secret();
        fs::write(&session, secret.as_bytes()).map_err(lost)?;
        let socket = Socket::with(server::routes(Arc::clone(&world.server)));
        let ran = client::run(Errand {
            program,
            home: device.home(),
            name: device.name,
            port: socket.port,
            account: Some(&session),
            deadly,
            most_blocks,
        });
        drop(socket);
        world.trace.say(|| format!("{ran:?}"));
        ended = Some(ran);
        device
            .keyring
            .put(&fs::read_to_string(&session).map_err(lost)?);
        after(world, &plan).await
    });
    ended.expect("the client ran")
}

/// Deeds and a round on a disk with room for `pages` more. Answers whether it was enough.
///
/// # Panics
/// When a rule is broken.
pub fn on_a_full_disk(seed: u64, known: bool, pages: u32) -> bool {
    let mut enough = true;
    let plan = plan(seed);
    tell(&plan, async |world| {
        before(world, seed, known).await?;
        enough = with_room_for(world, pages).await?;
        // Half of the times the program is closed in between.
        if pages.is_multiple_of(2) {
            world.devices[0].restart();
        }
        after(world, &plan).await
    });
    enough
}

async fn with_room_for(world: &World, pages: u32) -> Outcome<bool> {
    let device = &world.devices[0];
    let broken = |error| Violation::new("store", format!("{error:?}"));
    let mut random = Random::of(&[u64::from(pages), 7]);
    let limit = |pages| {
        let store = device.store();
        async move { store.limit_growth(pages).await.map_err(broken) }
    };
    limit(Some(pages)).await?;
    let mut enough = true;
    // So often that every table and both indexes of words need pages of their own.
    for deed in [BEFORE; 4].into_iter().flatten() {
        match world.perform(0, deed, &mut random).await {
            Ok(()) => {}
            Err(failed) if failed.is_answer() => {}
            Err(failed) if failed.is_disk_full() => enough = false,
            Err(failed) => return Err(Violation::new("store", format!("{deed:?}: {failed:?}"))),
        }
    }
    let open = device.open();
    let round = Box::pin(open.talk.run_once(&open.store, Policy::default(), &|_| {})).await;
    match round {
        Ok(_) => {}
        Err(error) if is_disk_full(&error) => enough = false,
        Err(error) => {
            World::judge(device, &error)?;
            let details = format!("the disk is full, and a round says {error}");
            return Err(Violation::new("account", details));
        }
    }
    limit(None).await?;
    Ok(enough)
}

fn is_disk_full(error: &HostedError) -> bool {
    let HostedError::Replica(source) = error else {
        return false;
    };
    let source = source.downcast_ref::<StoreError>();
    source.is_some_and(|error| error.class() == ErrorClass::DiskFull)
}
