//! What Sheaf can do about a finding. Data only: whoever carries it out asks the person first and
//! keeps what is needed to take it back.

/// Each variant says all that the person is asked to agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// Use another scheme, port or path: the whole address, without name, password and database.
    UseAddress { address: String },
    /// Use another name for the database.
    UseDatabase { name: String },
    /// Trust this one certificate, for this one server, until it changes.
    TrustCertificate {
        /// `host:port`.
        server: String,
        /// SHA-256 of the certificate, lower-case hex.
        sha256: String,
    },
    /// Create the database and leave everything else as it is.
    CreateDatabase { name: String },
    /// Let only this account (and administrators) in. Whoever is named there already stays.
    RestrictSecurity { user: String },
    /// Send at most so many documents, or bytes, at once.
    SmallerBatches { bytes: u64 },
    /// Ask every so many seconds instead of listening.
    AskEvery { seconds: u32 },
    /// Use IPv4 for this server.
    PreferIpv4,
    /// Go to this server without the proxy.
    WithoutProxy,
    /// Try documents again that did not travel.
    RetryStuck { documents: u32 },
}

impl Fix {
    /// A stable name, for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UseAddress { .. } => "useAddress",
            Self::UseDatabase { .. } => "useDatabase",
            Self::TrustCertificate { .. } => "trustCertificate",
            Self::CreateDatabase { .. } => "createDatabase",
            Self::RestrictSecurity { .. } => "restrictSecurity",
            Self::SmallerBatches { .. } => "smallerBatches",
            Self::AskEvery { .. } => "askEvery",
            Self::PreferIpv4 => "preferIpv4",
            Self::WithoutProxy => "withoutProxy",
            Self::RetryStuck { .. } => "retryStuck",
        }
    }
}
