//! Everything that can go wrong between a client and a `CouchDB`, each by its name. The list is that of the replicators'
//! own tests and of what was measured on real servers and proxies.

/// Where in an exchange a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The request does not reach the server.
    Before,
    /// The server refuses to do it.
    Instead,
    /// The server has done it; the answer suffers.
    After,
}

/// Which requests a fault can befall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Any,
    Get,
    Local,
    Feed,
    BulkGet,
    BulkDocs,
    RevsDiff,
    /// A document with its attachments, or many documents.
    Upload,
    Attachment,
    /// A document asked for by its name.
    Document,
}

macro_rules! faults {
    ($($name:ident $moment:ident $target:ident,)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Fault { $($name,)+ }

        impl Fault {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            pub fn moment(self) -> Moment {
                match self { $(Self::$name => Moment::$moment,)+ }
            }

            pub fn target(self) -> Target {
                match self { $(Self::$name => Target::$target,)+ }
            }
        }
    };
}

faults! {
    ConnectionRefused Before Any,
    HostNotFound Before Any,
    NoNetwork Before Any,
    ConnectTimedOut Before Any,
    CertificateExpired Before Any,
    NotHttp Before Any,
    ResetBeforeTheServer Before Any,
    CaptivePortal Before Any,
    RedirectElsewhere Before Any,
    RedirectLoop301 Before Any,
    RequestTimeout408 Before Any,
    HtmlPage502 Before Any,
    Unavailable503 Before Any,
    GatewayTimeout504 Before Any,
    TooManyRequests429 Instead Any,
    TooManyRequests429WithSeconds Instead Any,
    TooManyRequests429WithDate Instead Any,
    ServerError500 Instead Any,
    DatabaseMissing404 Instead Any,
    CompactedMeanwhile Instead Any,
    FeedFails500 Instead Feed,
    RevsDiffFails500 Instead RevsDiff,
    BulkGetFails500 Instead BulkGet,
    BulkDocsFails500 Instead BulkDocs,
    OpenRevsFails500 Instead Document,
    CookieExpired401 Instead Any,
    JwtExpired401 Instead Any,
    JwtMalformed400 Instead Any,
    LockedOut403 Instead Any,
    LocalUnauthorised401 Instead Local,
    LocalConflict409 Instead Local,
    QuotaFull402 Instead Upload,
    ReadOnly403 Instead Upload,
    TooLarge413 Instead Upload,
    DocumentTooLarge413 Instead BulkDocs,
    AttachmentTooLarge413 Instead Upload,
    IdTooLong400 Instead Upload,
    InvalidAttachmentName400 Instead Upload,
    UnsupportedMediaType415 Instead Upload,
    MissingStub412 Instead Upload,
    ResetWhileUploading Instead Upload,
    BulkGetNotThere404 Instead BulkGet,
    BulkGetNotAllowed405 Instead BulkGet,
    AttachmentGone404 Instead Attachment,
    DocumentGone404 Instead Document,
    SequenceRewound Instead Feed,
    AnswerLost After Any,
    AnswerCutShort After Any,
    AnswerStalls After Any,
    AnswerInSingleBytes After Any,
    AnswerTruncated200 After Any,
    AnswerMalformed200 After Any,
    AnswerWithMoreAfterIt After Any,
    ServerKilled After Any,
    AnswerSlow After Any,
    RequestArrivesTwice After Any,
    StaleCache After Get,
    StaleDocument After Document,
    FeedRowsRepeated After Feed,
    FeedRowsShuffled After Feed,
    FeedWithForeignRow After Feed,
    FeedWithoutPositions After Feed,
    FeedPageEmpty After Feed,
    BulkGetMissing After BulkGet,
    BulkGetEmptyItem After BulkGet,
    BulkGetErrorItem After BulkGet,
    BulkGetReordered After BulkGet,
    BulkGetDoubled After BulkGet,
    BulkGetStranger After BulkGet,
    BulkGetAllLeaves After BulkGet,
    BulkGetNewerThanAsked After BulkGet,
    BulkDocsForbiddenItem Instead BulkDocs,
    BulkDocsTypeErrorItem Instead BulkDocs,
    BulkDocsTimeoutItem Instead BulkDocs,
    AttachmentCutShort After Attachment,
    AttachmentOtherBytes After Attachment,
}
