//! The checks by name: which there are, what each needs first, and how long it may take. The
//! order is the order of the report, and the first failure in it is the one main cause.

use std::time::Duration;

/// What belongs together on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    Computer,
    Address,
    Connection,
    Certificate,
    Server,
    SignIn,
    Database,
    Changes,
    Encryption,
    Sync,
}

impl Group {
    pub const ALL: [Self; 10] = [
        Self::Computer,
        Self::Address,
        Self::Connection,
        Self::Certificate,
        Self::Server,
        Self::SignIn,
        Self::Database,
        Self::Changes,
        Self::Encryption,
        Self::Sync,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Computer => "This computer",
            Self::Address => "Address",
            Self::Connection => "Connection",
            Self::Certificate => "Certificate",
            Self::Server => "Server",
            Self::SignIn => "Sign-in",
            Self::Database => "Database",
            Self::Changes => "Live changes",
            Self::Encryption => "Encryption",
            Self::Sync => "Sync",
        }
    }
}

/// When a check is part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Also in the first half, which *Test* runs before anything is put into force.
    Half,
    Full,
}

/// How long a check may take before it is over, whatever it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Only this computer is asked.
    Local,
    /// A few short exchanges with the server.
    Network,
    /// The transfer of up to a mebibyte.
    Transfer,
    /// As long as the changes feed is watched, and a little more.
    Watch,
}

macro_rules! checks {
    ($($(#[doc = $doc:literal])+ $name:ident $id:literal $group:ident $depth:ident $limit:ident $label:literal [$($need:ident),*];)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CheckId {
            $($(#[doc = $doc])+ $name,)+
        }

        impl CheckId {
            /// In the order of the report.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Stable: people search for it.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id),+ }
            }

            pub const fn group(self) -> Group {
                match self { $(Self::$name => Group::$group),+ }
            }

            /// As a line of the report is called.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }

            pub const fn depth(self) -> Depth {
                match self { $(Self::$name => Depth::$depth),+ }
            }

            pub const fn limit(self) -> Limit {
                match self { $(Self::$name => Limit::$limit),+ }
            }

            /// Without these having passed, this one says nothing and is skipped.
            pub const fn needs(self) -> &'static [Self] {
                match self { $(Self::$name => &[$(Self::$need),*]),+ }
            }

            /// What is asked, for the table of the manual.
            pub fn question(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

checks! {
    /// Is there a network that leads out of this computer?
    Network "SYS-1" Computer Half Local "Network" [Config];
    /// Does a login page of the network stand in the way?
    Portal "SYS-2" Computer Half Network "Login page of the network" [Dns];
    /// Which proxy is used for this server, and does it let us through?
    Proxy "SYS-4" Computer Half Network "Proxy" [Config, Network];
    /// Can the password be read from where it is kept?
    SecretStore "SYS-5" Computer Half Local "Password store" [];
    /// Are the notes on this computer whole, and is there room for them?
    LocalStore "LOCAL-1" Computer Full Local "Notes on this computer" [];
    /// Do this computer and the server agree on the time?
    Clock "SYS-3" Computer Half Network "Clock" [Http];
    /// Is this Sheaf new enough for the server?
    App "APP-1" Computer Half Network "Version of Sheaf" [Http];

    /// Does the address make sense?
    Config "CFG-1" Address Half Local "Spelling" [];
    /// Which addresses does the name of the server stand for?
    Dns "DNS-1" Address Half Network "Name" [Config, Network, Proxy];

    /// Does something listen at each of the addresses?
    Tcp "TCP-1" Connection Half Network "Port" [Dns, Portal];
    /// Does IPv6 work when it is offered?
    Ipv6 "IPV6-1" Connection Full Network "IPv6" [Tcp];

    /// Is the connection encrypted, and is the certificate to be trusted?
    Tls "TLS-1" Certificate Half Network "Certificate" [Tcp];

    /// What is it that answers?
    Http "HTTP-1" Server Half Network "What answers" [Tls];
    /// Is the version of the server one that works?
    Version "HTTP-2" Server Half Network "Version" [Auth];
    /// How quick is the way there and back?
    Speed "PERF-1" Server Full Transfer "Speed" [Database];

    /// Are name and password accepted?
    Auth "AUTH-1" SignIn Half Network "Sign-in" [SecretStore, Http, App];

    /// Is the database there, and may it be read?
    Database "DB-1" Database Half Network "Reading" [Auth];
    /// Is it closed to strangers?
    Open "DB-2" Database Half Network "Closed to strangers" [Database];
    /// May it be written to?
    Write "DB-3" Database Half Network "Writing" [Database];
    /// How large may what is sent be?
    Limits "DB-4" Database Full Transfer "Size limits" [Write];
    /// Are all requests let through that sync makes?
    Requests "DB-5" Database Full Network "Requests" [Database];
    /// Does another application keep its documents here too?
    Foreign "DB-7" Database Half Network "Only notes" [Database];

    /// Does the feed of changes answer?
    Feed "FEED-1" Changes Full Network "Asking for changes" [Database];
    /// Does a quiet connection stay open, and does what is said on it arrive at once?
    Held "DB-6" Changes Full Watch "Quiet connection stays open" [Feed];

    /// Can this computer open what is encrypted there?
    Key "KEY-1" Encryption Half Network "Encryption key" [Database];

    /// Is it still the place these notes were synced with?
    Identity "SYNC-1" Sync Full Network "Same database as before" [Database];
    /// Does the server remember as much as this computer thinks it does?
    Checkpoint "SYNC-2" Sync Full Network "How far sync has come" [Identity];
    /// Is there anything that does not travel?
    Stuck "SYNC-3" Sync Full Local "Stuck documents" [];
}

impl CheckId {
    /// Whether it asks in the words of CouchDB; a server of another kind is not asked.
    pub const fn is_of_couchdb(self) -> bool {
        matches!(
            self,
            Self::Version
                | Self::Speed
                | Self::Auth
                | Self::Database
                | Self::Open
                | Self::Write
                | Self::Limits
                | Self::Requests
                | Self::Foreign
                | Self::Feed
                | Self::Held
                | Self::Key
        )
    }
}

/// How long is waited for what, and what counts as slow. Passed in, so that tests of silence do not
/// have to sit it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// A name look-up.
    pub lookup: Duration,
    /// From here on a look-up that succeeds is slow.
    pub slow_lookup: Duration,
    /// A connection, and the TLS handshake on it.
    pub connect: Duration,
    /// The first byte of an answer, and between two pieces of it.
    pub answer: Duration,
    /// How long the changes feed is watched.
    pub watch: Duration,
    /// How often the server is asked to say that it is still there.
    pub heartbeat: Duration,
    /// From here on a round trip is slow.
    pub slow_round_trip: Duration,
    /// Below this many bytes a second a line is slow.
    pub slow_line: u64,
    /// Where else a server may listen on the same computer.
    pub usual_ports: Vec<u16>,
}

impl Patience {
    /// A healthy server is through in less than ten seconds.
    pub fn quick() -> Self {
        Self {
            lookup: Duration::from_secs(6),
            slow_lookup: Duration::from_secs(2),
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(8),
            watch: Duration::from_secs(5),
            heartbeat: Duration::from_millis(1500),
            slow_round_trip: Duration::from_millis(600),
            slow_line: 50_000,
            usual_ports: vec![5984, 6984, 443, 80],
        }
    }

    /// Watches the feed for longer than most proxies put up with silence.
    pub fn deep() -> Self {
        Self {
            watch: Duration::from_secs(40),
            heartbeat: Duration::from_secs(15),
            ..Self::quick()
        }
    }

    /// The hard end of a check.
    pub fn limit(&self, check: CheckId) -> Duration {
        let exchange = self.connect + self.answer;
        match check.limit() {
            Limit::Local => self.answer,
            Limit::Network => self.lookup.max(exchange) + self.answer,
            Limit::Transfer => exchange + 3 * self.answer,
            Limit::Watch => exchange + self.watch + self.answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_check_waits_for_itself_and_needs_come_from_the_table() {
        for check in CheckId::ALL {
            let mut open: Vec<CheckId> = check.needs().to_vec();
            let mut steps = 0;
            while let Some(next) = open.pop() {
                assert_ne!(next, *check, "{check:?} waits for itself");
                open.extend(next.needs());
                steps += 1;
                assert!(steps < 1000, "{check:?} waits in a circle");
            }
        }
    }

    #[test]
    fn the_first_half_stands_on_its_own() {
        for check in CheckId::ALL {
            if check.depth() == Depth::Half {
                for need in check.needs() {
                    assert_eq!(need.depth(), Depth::Half, "{check:?} needs {need:?}");
                }
            }
        }
    }
}
