// Generated from crates/ipc by `cargo xtask ipc`. Do not edit; a test compares it.

export type Activity = { 
/**
 * The newest first.
 */
sessions: Array<ActivitySession>, 
/**
 * There are older ones.
 */
more: boolean, };

/**
 * Documents by what became of them.
 */
export type ActivityCounts = { pulled: number, pushed: number, merged: number, conflicts: number, quarantined: number, skipped: number, };

export type ActivityEntry = { kind: ActivityKind, id: string, 
/**
 * Title of the note, name of the notebook, tag or attachment, as it is now; `null`: unknown.
 */
name: string | null, 
/**
 * It is here and can be opened.
 */
here: boolean, at: number, 
/**
 * In this session.
 */
times: number, 
/**
 * What travelled was a deletion.
 */
deleted: boolean, reason: HeldBack | null, };

/**
 * What became of a document.
 */
export type ActivityKind = "pulled" | "pushed" | "merged" | "conflict" | "quarantined" | "skipped";

export type ActivitySession = { 
/**
 * Grows with every session.
 */
session: number, 
/**
 * `host:6984/my-notes`, or the account and its server.
 */
remote: string, began: number, last: number, counts: ActivityCounts, 
/**
 * What ended it; `null`: nothing did.
 */
trouble: ErrorCode | null, 
/**
 * How often that happened in a row, with nothing in between.
 */
tries: number, 
/**
 * The newest first.
 */
entries: Array<ActivityEntry>, 
/**
 * How many more were counted than are listed.
 */
unlisted: number, };

export type AddAttachment = { name: string, 
/**
 * As claimed; the type is derived again from the bytes.
 */
contentType: string, base64: string, };

export type AddedAttachment = { id: string, name: string, contentType: string, 
/**
 * What to insert into the note: `![name](inkdrop://file:…)`.
 */
markdown: string, };

/**
 * Slips worth a word before anything is sent.
 */
export type AddressHint = "utilsPage" | "schemeAssumed" | "noPort" | "plainHttp" | "databaseName" | "noDatabase";

export type AnswerGuard = { answer: GuardAnswer, };

/**
 * An error as it crosses the boundary. `detail` is technical, redacted, never a note's text.
 */
export type ApiError = { code: ErrorCode, detail?: string, 
/**
 * The proxy that stands in the way, `host:port`, where the code is one of a proxy's.
 */
proxy?: string, };

export type AppInfo = { version: string, platform: Platform, dataDir: string, logDir: string, notes: number, attachments: number, 
/**
 * Bytes of former versions on the disk.
 */
historyBytes: number, };

export type Applied = { 
/**
 * `false`: nothing was changed; `report` says why.
 */
applied: boolean, settings: SyncSettings, report: RemoteReport | null, 
/**
 * Nothing was changed: a person has to see both sides first and say how they are joined.
 */
sides: Sides | null, };

/**
 * What was done.
 */
export type AppliedFix = { 
/**
 * For `undo_fix`.
 */
id: number, fix: FixKind, reversible: boolean, 
/**
 * `anna@host:6984/my-notes`
 */
target: string, 
/**
 * For an address that was not in force: the fields as they should be now. The next run takes
 * them.
 */
fields: CouchFields | null, };

export type ApplyFix = { run: number, fix: number, };

export type ApplySync = { "kind": "off" } | { "kind": "couchdb", form: RemoteForm, 
/**
 * Apply although the server cannot be reached now. Problems that need a person (wrong
 * password, no database) are never overridden.
 */
although_unreachable: boolean, 
/**
 * What happens to what both sides have. Without an answer nothing is put into force when
 * both have something, or when others use the database too: `Applied.sides` asks.
 */
joining: Joining | null, };

/**
 * A place among the notebooks that stays, whatever they are called.
 */
export type ArrangeNotebook = { id: string, 
/**
 * `null`: at the root.
 */
parent: string | null, 
/**
 * The notebook it stands before; `null`: it is the last one.
 */
before: string | null, };

/**
 * Copies everything into a new database of another form, and changes over to it.
 */
export type BeginConversion = { 
/**
 * The name of the new database, on the same server.
 */
database: string, 
/**
 * Of the new database; `null`: it lies in the clear.
 */
passphrase: string | null, };

export type BegunConversion = { conversion: Conversion, 
/**
 * Of the new database, when that is encrypted.
 */
kit: VaultKit | null, };

/**
 * A sentence for a person who looks at something else.
 */
export type CallForPerson = { title: string, 
/**
 * Plain text.
 */
body: string, };

export type ChangeKind = "created" | "updated" | "deleted";

export type ChangeTags = { ids: Array<string>, add: Array<string>, remove: Array<string>, };

export type ChangeVaultPassphrase = { current: VaultProof, passphrase: string, };

export type ChangedNote = { id: string, change: ChangeKind, version: string | null, };

export type ChooseSecretStore = { store: SecretStore, };

export type ClipboardImage = { 
/**
 * PNG.
 */
base64: string, };

/**
 * The passphrase or the recovery code once more, before the kit is shown.
 */
export type ConfirmVault = { proof: VaultProof, };

/**
 * The answer to a decision. It is given only when the decision is durable on disk.
 */
export type ConflictOutcome = { "outcome": "decided", decision: Decision, } | { "outcome": "stale", current: NoteDetail, };

/**
 * How to decide many conflicts at once.
 */
export type ConflictRule = "mine" | "newest" | "provable";

export type Conversion = { 
/**
 * `anna@host:6984/my-notes`; stays as it is whatever happens.
 */
from: string, to: string, 
/**
 * Whether the new database is the encrypted one.
 */
encrypts: boolean, stage: ConversionStage, };

export type ConversionStage = { "kind": "receiving" } | { "kind": "creating" } | { "kind": "copying", done: number, total: number, } | { "kind": "checking" } | { "kind": "interrupted" } | { "kind": "failed", code: ErrorCode, 
/**
 * Technical, redacted.
 */
detail: string, } | { "kind": "done", counts: DatabaseCounts, 
/**
 * Documents of the old database that could not be read and are only there.
 */
left: number, };

/**
 * The fields of *Advanced (CouchDB)*, without the password.
 */
export type CouchFields = { 
/**
 * Scheme, host, port and path prefix: `https://couch.example.org:6984`.
 */
address: string, user: string, database: string, 
/**
 * The secret is a token (JWT) in place of name and password; then `user` is empty.
 */
token?: boolean, };

export type CreateNote = { 
/**
 * `null`: the default notebook.
 */
notebook: string | null, title: string, body: string, 
/**
 * Tag ids.
 */
tags: Array<string>, status: NoteStatus, };

export type CreateNotebook = { name: string, parent: string | null, };

export type CreateSetupLink = { passphrase: string, 
/**
 * The password or the token. Travels in the link; `null`: typed on the next device. It is typed here too: what is stored goes to no page.
 */
password: string | null, };

export type CreateTag = { name: string, color: TagColor, };

/**
 * Encrypts a database that holds nothing yet.
 */
export type CreateVault = { form: RemoteForm, passphrase: string, };

export type DatabaseCounts = { notes: number, notebooks: number, tags: number, attachments: number, };

/**
 * A decision that can be taken back.
 */
export type Decision = { id: string, 
/**
 * Opaque.
 */
decision: string, };

export type Decisions = { decisions: Array<Decision>, };

/**
 * A note that a deletion from elsewhere took away, and whose last text is still here.
 */
export type DeletedNote = { id: string, 
/**
 * The version that holds its last text.
 */
snapshot: string, title: string, excerpt: string, deletedAt: number, };

export type Density = "comfortable" | "compact";

/**
 * A run, from its beginning to its end. There is one at a time; a new one ends the old one.
 */
export type Diagnosis = { 
/**
 * Grows with every run.
 */
run: number, 
/**
 * `anna@host:6984/my-notes`; empty when there is no readable address.
 */
target: string, deep: boolean, half: boolean, startedAt: number, finished: boolean, verdict: DiagnosisVerdict, 
/**
 * All lines, in the order of the report.
 */
lines: Array<DiagnosisLine>, 
/**
 * Fixes that were carried out since the app started and can be taken back, the newest first.
 */
applied: Array<AppliedFix>, };

/**
 * An offer. Carried out only after the person agreed to what `kind` says.
 */
export type DiagnosisFix = { 
/**
 * Unique within the run.
 */
id: number, fix: FixKind, 
/**
 * Whether it can be taken back with `undo_fix`.
 */
reversible: boolean, };

export type DiagnosisGroup = "computer" | "address" | "connection" | "certificate" | "server" | "signIn" | "database" | "changes" | "encryption" | "sync";

export type DiagnosisLine = { 
/**
 * `TLS-1`: stable.
 */
check: string, group: DiagnosisGroup, state: DiagnosisState, 
/**
 * `tls_expired`: stable; `null` until the check has found something.
 */
code: string | null, 
/**
 * What stands in the places of the code's sentences.
 */
values: { [key in string]: string }, 
/**
 * Lines of technical detail, redacted.
 */
evidence: Array<string>, 
/**
 * What Sheaf can do, the best first.
 */
fixes: Array<DiagnosisFix>, 
/**
 * The check that failed, for lines that were skipped.
 */
because: string | null, tookMs: number | null, };

export type DiagnosisState = "waiting" | "running" | "passed" | "notNeeded" | "warning" | "failed" | "skipped" | "cancelled";

export type DiagnosisSubject = { "kind": "target" } | { "kind": "url", text: string, } | { "kind": "form", form: RemoteForm, } | { "kind": "account", account: HostedAccount, };

export type DiagnosisVerdict = "incomplete" | "healthy" | "warnings" | "failed";

/**
 * How the database in use lies at the server.
 */
export type Encryption = "off" | "on" | "locked";

export type EnterPassword = { password: string, };

/**
 * A code is added only when somebody acts differently on it, and removed when nobody does.
 */
export type ErrorCode = "notFound" | "invalid" | "notebookCycle" | "defaultNotebook" | "nameTaken" | "databaseLocked" | "databaseNewer" | "databaseCorrupt" | "diskFull" | "secretStore" | "passwordMissing" | "wrongPassphrase" | "addressInvalid" | "hostNotFound" | "connectionRefused" | "timedOut" | "unreachable" | "certificate" | "proxyPassword" | "proxyUnreachable" | "proxyRefused" | "notCouchdb" | "notNotesServer" | "redirected" | "unauthorised" | "tokenExpired" | "tokenRefused" | "lockedOut" | "forbidden" | "readOnly" | "databaseMissing" | "rateLimited" | "quotaExceeded" | "tooLarge" | "serverFault" | "emailTaken" | "registrationClosed" | "olderAccount" | "weakerKeys" | "secondFactor" | "sessionEnded" | "passwordChanged" | "keysMissing" | "recoveryCode" | "appTooOld" | "unsent" | "vaultLocked" | "otherVault" | "vaultUnreadable" | "notEncrypted" | "notEmpty" | "converting" | "countsDiffer" | "syncOff" | "targetChanged" | "massDeletion" | "cancelled" | "bug";

export type Event = { "type": "notesChanged", notes: Array<ChangedNote>, origin: Origin, } | { "type": "sidebarChanged" } | { "type": "syncStatusChanged", status: SyncStatus, } | { "type": "settingsChanged" } | { "type": "activityChanged" } | { "type": "diagnosisChanged", run: number, line: DiagnosisLine, } | { "type": "conversionChanged", conversion: Conversion, } | { "type": "diagnosisFinished", run: number, };

export type ExportedItems = { 
/**
 * The whole file.
 */
text: string, notes: number, notebooks: number, tags: number, };

/**
 * A line of a note's metadata block.
 */
export type Field = { name: string, 
/**
 * As a reader sees it; lists are joined with commas.
 */
value: string, };

/**
 * Finding a note by a few letters of its title.
 */
export type FindTitles = { 
/**
 * Empty: the notes changed last.
 */
typed: string, 
/**
 * At most 100 are answered.
 */
limit: number, };

export type FixKind = { "kind": "useAddress", address: string, } | { "kind": "useDatabase", name: string, } | { "kind": "trustCertificate", server: string, sha256: string, } | { "kind": "createDatabase", name: string, } | { "kind": "restrictSecurity", user: string, } | { "kind": "smallerBatches", bytes: number, } | { "kind": "askEvery", seconds: number, } | { "kind": "preferIpv4" } | { "kind": "withoutProxy" } | { "kind": "retryStuck", documents: number, };

export type Folder = "data" | "logs";

export type GuardAnswer = "merge" | "replaceRemote" | "replaceHere" | "delete" | "keep";

/**
 * What a guard asks (design.md section 4).
 */
export type GuardQuestion = { "kind": "targetChanged", local_notes: number, remote_documents: number, } | { "kind": "massDeletion", deletions: number, notes: number, };

/**
 * Reasons a document does not travel. Kept whole on this computer in every case.
 */
export type HeldBack = { "kind": "titleTooLong", chars: number, max: number, } | { "kind": "bodyTooLong", chars: number, max: number, } | { "kind": "malformed", detail: string, } | { "kind": "refused", detail: string, };

export type HeldBackItem = { id: string, 
/**
 * Title of the note, name of the notebook, tag or attachment.
 */
name: string, reason: HeldBack, since: number, 
/**
 * Trying it once more may help; what breaks a rule has to be changed first.
 */
retryable: boolean, 
/**
 * The person wants to hear no more of it while this is the reason.
 */
skipped: boolean, };

/**
 * Whose notes, and where.
 */
export type HostedAccount = { 
/**
 * `https://notes.example.org`, as `sheaf-server` prints it when it starts.
 */
address: string, email: string, };

export type HostedChangePassword = { current: HostedProof, newPassword: string, };

/**
 * The password once more, before something that must not happen by accident.
 */
export type HostedConfirm = { password: string, };

export type HostedOptions = { 
/**
 * Fill notes up to a few sizes, so that the server does not learn theirs.
 */
hideSizes: boolean, };

export type HostedProof = { "kind": "password", password: string, } | { "kind": "recoveryCode", code: string, };

export type HostedSignIn = { account: HostedAccount, proof: HostedProof, 
/**
 * The person knows that the account is protected by the older version (003).
 */
allowOlder: boolean, };

export type HostedSignOut = { 
/**
 * `false`: the notes go from this computer; those on the server stay there.
 */
keepNotes: boolean, };

export type HostedSignUp = { account: HostedAccount, password: string, };

/**
 * An account was made and is in force.
 */
export type HostedSignedUp = { settings: SyncSettings, kit: RecoveryKit, };

export type HostedWarning = { kind: HostedWarningKind, 
/**
 * The document's id; the item's name where no document is known.
 */
id: string, 
/**
 * The note's title, where it is here.
 */
title: string | null, };

/**
 * What an honest server never does.
 */
export type HostedWarningKind = "older" | "forked" | "retyped" | "missing" | "deleted" | "altered";

/**
 * A notebook or a tag by its id.
 */
export type Id = { id: string, };

export type ImportItems = { text: string, };

export type ImportedItems = { notes: number, notebooks: number, tags: number, 
/**
 * What was here already, word for word.
 */
alreadyHere: number, 
/**
 * Items of other types, encrypted or broken ones.
 */
skipped: number, };

/**
 * What happens to what both sides have.
 */
export type Joining = "merge" | "replaceRemote" | "replaceHere";

/**
 * The keys that hold where a person chose none.
 */
export type KeyPreset = "sheaf" | "inkdrop";

/**
 * One live leaf of a conflicted note.
 */
export type Leaf = { 
/**
 * Revision id, or `draft` for an edit that was never offered to a remote.
 */
revision: string, 
/**
 * The one shown in lists and the editor.
 */
winner: boolean, 
/**
 * Written on this computer.
 */
mine: boolean, 
/**
 * Where this version and the one shown in lists parted. `null`: that is not known any more,
 * or this is the one shown.
 */
base: NoteContent | null, title: string, body: string, place: Place, tags: Array<string>, status: NoteStatus, pinned: boolean, updatedAt: number, };

/**
 * Which part of the log.
 */
export type ListActivity = { 
/**
 * Empty: all.
 */
kinds: Array<ActivityKind>, 
/**
 * Words of a title or name; empty: all.
 */
search: string, 
/**
 * One document.
 */
id: string | null, 
/**
 * Sessions older than this one.
 */
before: number | null, 
/**
 * Sessions, at most.
 */
limit: number, };

/**
 * A window into a list: the list is virtual, so 100,000 notes are never sent at once.
 */
export type ListNotes = { scope: Scope, 
/**
 * The text of the search box; empty: no search.
 */
search: string, sort: Sort, 
/**
 * Only notes of this notebook and those inside it; `null`: of all.
 */
within?: string | null, offset: number, 
/**
 * At most 500 rows are answered.
 */
limit: number, };

/**
 * Notes that speak of a note, the newest first. Their excerpts are the lines that do.
 */
export type Mentions = { linked: Array<NoteSummary>, 
/**
 * They name the title without a link.
 */
unlinked: Array<NoteSummary>, 
/**
 * `false`: more notes may, only the newest texts were read.
 */
complete: boolean, };

export type MoveNotebook = { id: string, 
/**
 * `null`: to the root.
 */
parent: string | null, };

export type MoveNotes = { ids: Array<string>, notebook: string, };

/**
 * What a note says, or said: everything a difference is shown of.
 */
export type NoteContent = { title: string, body: string, place: Place, tags: Array<string>, status: NoteStatus, pinned: boolean, updatedAt: number, };

export type NoteDetail = { body: string, 
/**
 * Names exactly this state of the note. Opaque; handed back with an edit.
 */
version: string, id: string, title: string, titleHits: Array<Span>, 
/**
 * Plain text around the first hit, or the beginning of the note.
 */
excerpt: string, excerptHits: Array<Span>, place: Place, tags: Array<string>, status: NoteStatus, pinned: boolean, conflicted: boolean, updatedAt: number, createdAt: number, tasks: number, checkedTasks: number, 
/**
 * Why this note stays on this computer although sync is on.
 */
heldBack?: HeldBack, };

export type NoteHistory = { id: string, 
/**
 * What the note says now, told as a version (its `snapshot` is empty). `null`: deleted.
 */
current: NoteVersion | null, 
/**
 * The newest first.
 */
versions: Array<NoteVersion>, };

export type NotePage = { items: Array<NoteSummary>, 
/**
 * Rows in the whole list.
 */
total: number, 
/**
 * `false`: counting stopped, there are at least `total`.
 */
totalIsExact: boolean, 
/**
 * Notes whose words are not indexed yet, so that a search could not look into them; asking
 * again indexes more of them. 0 without a search.
 */
notSearched: number, };

export type NoteRef = { id: string, };

export type NoteRefs = { ids: Array<string>, };

export type NoteStatus = "none" | "active" | "onHold" | "completed" | "dropped";

export type NoteSummary = { id: string, title: string, titleHits: Array<Span>, 
/**
 * Plain text around the first hit, or the beginning of the note.
 */
excerpt: string, excerptHits: Array<Span>, place: Place, tags: Array<string>, status: NoteStatus, pinned: boolean, conflicted: boolean, updatedAt: number, createdAt: number, tasks: number, checkedTasks: number, 
/**
 * Why this note stays on this computer although sync is on.
 */
heldBack?: HeldBack, };

/**
 * One former version of a note, without its text.
 */
export type NoteVersion = { 
/**
 * Names this version. Opaque.
 */
snapshot: string, reason: VersionReason, 
/**
 * When it was put aside.
 */
keptAt: number, 
/**
 * When its text was written, by the clock of the computer that wrote it.
 */
editedAt: number, title: string, words: number, 
/**
 * Words it has that the version before it has not, and the other way round. A word that only
 * moved counts as neither.
 */
added: number, removed: number, };

/**
 * What stands before a notebook's name.
 */
export type NotebookIcon = { "kind": "svg", svg: string, } | { "kind": "file", id: string, };

export type NotebookRow = { id: string, name: string, parent: string | null, depth: number, 
/**
 * Notes directly inside, completed and dropped ones left out.
 */
notes: number, 
/**
 * The same with all notebooks below.
 */
notesDeep: number, icon: NotebookIcon | null, };

export type OpenFolder = { folder: Folder, };

export type OpenLink = { url: string, };

export type OpenSetupLink = { link: string, passphrase: string, };

/**
 * Gets into a database that is encrypted already.
 */
export type OpenVault = { form: RemoteForm, proof: VaultProof, };

export type Origin = "local" | "sync";

/**
 * A pasted URL taken apart. The password is given back once, for the password field.
 */
export type ParsedAddress = { fields: CouchFields, password: string | null, hints: Array<AddressHint>, 
/**
 * The vault that the database must have: a setup link said so.
 */
vault: string | null, 
/**
 * When the token that a setup link carries says that it expires, in milliseconds since 1970.
 */
tokenExpires?: number, };

export type PastedAddress = { text: string, };

export type Place = { "kind": "notebook", id: string, } | { "kind": "trash" } | { "kind": "template" };

export type Platform = "macos" | "windows" | "linux";

export type ProxyScheme = "http" | "https" | "socks5";

/**
 * How other computers are reached. This computer itself never is through a proxy.
 */
export type ProxySetting = { "kind": "system" } | { "kind": "direct" } | { "kind": "manual", scheme: ProxyScheme, 
/**
 * IPv6 addresses in brackets. A whole address that was pasted here is taken apart.
 */
host: string, port: number, 
/**
 * Empty: the proxy lets everybody through.
 */
user: string, 
/**
 * Hosts that are reached without it, separated by commas.
 */
except: string, };

/**
 * What is in force.
 */
export type ProxySettings = { setting: ProxySetting, secretStore: SecretStore, 
/**
 * Whether a password for the proxy can be read now.
 */
hasPassword: boolean, };

export type QuickNoteKey = { 
/**
 * The system hands the key that was asked for last to Sheaf.
 */
works: boolean, };

/**
 * What opens the account without its password. Shown, never kept.
 */
export type RecoveryKit = { account: HostedAccount, code: string, };

/**
 * A note got another title; links that say the old one follow.
 */
export type Relink = { id: string, from: string, to: string, };

/**
 * An address with the password to use: `null` means the stored one.
 */
export type RemoteForm = { fields: CouchFields, password: string | null, 
/**
 * The vault that the database must have; `null`: whatever is known about it here.
 */
vault?: string | null, };

export type RemoteProblem = { code: ErrorCode, 
/**
 * Technical, redacted.
 */
detail: string, };

/**
 * What the test found: the first half of the checks. Nothing was changed on either side.
 */
export type RemoteReport = { 
/**
 * The one thing that stands in the way; `null`: sync will work.
 */
problem: RemoteProblem | null, warnings: Array<RemoteWarning>, 
/**
 * `CouchDB 3.4.2`, when something that speaks the protocol answered.
 */
server: string | null, 
/**
 * Time of one round trip in milliseconds.
 */
answeredInMs: number | null, signedInAs: string | null, 
/**
 * Documents in the database, design documents included.
 */
documents: number | null, 
/**
 * The database is missing and this account may create it.
 */
canCreate: boolean, 
/**
 * What is there is encrypted.
 */
encrypted: boolean, 
/**
 * `host:port`, to be named in sentences.
 */
host: string, database: string, 
/**
 * The checks that found something, the one that stands in the way first: their sentences say
 * what it means and what to do.
 */
lines: Array<DiagnosisLine>, };

export type RemoteWarning = "openToEverybody" | "plainHttp" | "foreignDocuments";

export type Rename = { id: string, name: string, };

export type Render = { source: string, allowRemoteImages: boolean, };

/**
 * Sanitised HTML; block elements carry `data-line`, task boxes `data-offset` (UTF-16).
 */
export type Rendered = { html: string, remoteImages: number, 
/**
 * The metadata block that opens the note, in its order.
 */
fields: Array<Field>, };

export type ReportOptions = { run: number, 
/**
 * Leave out host names, addresses and the name of the account.
 */
hideNames: boolean, };

/**
 * The report for the clipboard or a file: no password, no title, no text of a note.
 */
export type ReportText = { text: string, 
/**
 * `sheaf-diagnosis-2026-11-21.txt`
 */
fileName: string, };

export type ResetDirection = "pull" | "push" | "cancel";

export type ResetSync = { direction: ResetDirection, };

export type ResolveConflict = { id: string, 
/**
 * The leaves that were seen. When others have arrived since, the answer is stale.
 */
leaves: Array<string>, 
/**
 * Those of them that stay open beside the decision.
 */
keepOpen: Array<string>, 
/**
 * What the note says from now on.
 */
title: string, body: string, 
/**
 * Without these, what the rules of merging make of the leaves.
 */
notebook?: string, tags?: Array<string>, status?: NoteStatus, pinned?: boolean, };

export type ResolveConflicts = { ids: Array<string>, rule: ConflictRule, };

export type ResolvedConflicts = { decisions: Array<Decision>, 
/**
 * Notes whose versions stay for a person to decide.
 */
left: Array<string>, };

export type RestoreNotes = { ids: Array<string>, 
/**
 * `null`: where each note was before, or the default notebook when that is unknown or gone.
 */
notebook: string | null, };

export type RestoreSnapshot = { id: string, snapshot: string, 
/**
 * `true`: as a new note beside this one. `false`: as the next edit of this note, which also
 * brings back a deleted one.
 */
asCopy: boolean, };

export type Restored = { note: NoteDetail, 
/**
 * The version that was replaced, for an undo. `null`: nothing was.
 */
replaced: string | null, };

export type RestrictDatabase = { form: RemoteForm, 
/**
 * Who is let in, beside everybody who is named already.
 */
name: string, };

export type RunRef = { run: number, };

export type SaveProxy = { setting: ProxySetting, 
/**
 * `null`: the stored one, if it is the same name at the same proxy.
 */
password: string | null, };

/**
 * A report that was written to a file.
 */
export type SavedReport = { 
/**
 * Its absolute path.
 */
path: string, };

/**
 * A search with a name, in the sidebar.
 */
export type SavedSearch = { name: string, search: string, };

/**
 * Which notes a list shows. Completed and dropped notes are left out of notebooks (as the
 * reference does) and shown everywhere else.
 */
export type Scope = { "kind": "all" } | { "kind": "pinned" } | { "kind": "conflicts" } | { "kind": "notebook", id: string, deep: boolean, } | { "kind": "tag", id: string, } | { "kind": "status", status: NoteStatus, } | { "kind": "trash" } | { "kind": "templates" };

/**
 * Where passwords are kept (design.md section 4). `ClearFile` is labelled for what it is.
 */
export type SecretStore = "keyring" | "clearFile" | "session" | "unavailable";

/**
 * In bytes; `null`: not told, or not found out.
 */
export type ServerLimits = { maxDocument: number | null, maxRequest: number | null, maxAttachment: number | null, 
/**
 * The largest request that went through.
 */
takes: number | null, 
/**
 * The smallest request that did not.
 */
refuses: number | null, };

/**
 * How a database is set up. Nothing was changed to find out.
 */
export type ServerSetup = { members: Array<string>, admins: Array<string>, 
/**
 * Roles whose accounts get in too, both kinds together.
 */
roles: Array<string>, 
/**
 * Asked without a name and password, the database showed its contents.
 */
openToEverybody: boolean, 
/**
 * Whoever reaches the server is its administrator: nobody has been made one.
 */
everybodyIsAdmin: boolean, signedInAs: string | null, 
/**
 * This account may change who gets in.
 */
mayRestrict: boolean, 
/**
 * The filter that phones replicate through is there.
 */
mobileReady: boolean, };

export type SetNotebookIcon = { id: string, 
/**
 * `null`: as notebooks without one look.
 */
icon: NotebookIcon | null, };

export type SetPinned = { ids: Array<string>, pinned: boolean, };

export type SetStatus = { ids: Array<string>, status: NoteStatus, };

export type SetTagColor = { id: string, color: TagColor, };

/**
 * Everything a person can set outside of sync. A missing field reads as its default, so an older
 * file opens in a newer version.
 */
export type Settings = { theme: Theme, density: Density, 
/**
 * The language of the window (`de`); empty: the system's.
 */
language: string, 
/**
 * A font family for texts; empty: the window's.
 */
textFont: string, 
/**
 * A font family for code; empty: the theme's.
 */
codeFont: string, keyPreset: KeyPreset, 
/**
 * Keys chosen for actions, by the action's id; an empty one takes the key away.
 */
keys: { [key in string]: string }, savedSearches: Array<SavedSearch>, 
/**
 * Where daily notes go; empty: the default notebook.
 */
dailyNotebook: string, 
/**
 * Notes leave the trash for good after so many days; 0: never.
 */
trashDays: number, 
/**
 * Pixels, 12 to 24.
 */
textSize: number, 
/**
 * Everything in the window, in percent of its own size, 50 to 300.
 */
zoom: number, 
/**
 * Lines no longer than the measure of the theme.
 */
readableWidth: boolean, lineNumbers: boolean, spellCheck: boolean, writing: WritingSettings, 
/**
 * Load pictures from other hosts without asking.
 */
remoteImages: boolean, 
/**
 * More detail in the log file.
 */
verboseLogging: boolean, 
/**
 * Closing the main window leaves Sheaf in the tray.
 */
keepRunning: boolean, 
/**
 * The key that opens a quick note from anywhere (`Mod-Alt-n`); empty: none.
 */
quickNoteKey: string, 
/**
 * Days that former versions and the last texts of deleted notes are kept; 0: without limit.
 */
historyDays: number, };

export type SetupLink = { 
/**
 * `sheaf://setup/…`; of no use without the passphrase.
 */
link: string, };

/**
 * What the shell tells its window.
 */
export type ShellEvent = { "type": "closeRequested" } | { "type": "menuAction", action: string, } | { "type": "openNote", id: string, } | { "type": "resumed" };

export type Sidebar = { 
/**
 * Depth first, in display order; `depth` 0 is the root. Cycles and missing parents written by
 * other clients are shown at the root.
 */
notebooks: Array<NotebookRow>, 
/**
 * By name.
 */
tags: Array<TagRow>, statuses: Array<StatusRow>, all: number, pinned: number, conflicts: number, trash: number, templates: number, defaultNotebook: string, };

/**
 * Both sides, counted. The trash is included; notes that stay on this computer are not.
 */
export type Sides = { hereNotes: number, thereNotes: number, 
/**
 * Notes that both sides have, in whatever version.
 */
onBoth: number, 
/**
 * Notes, notebooks, tags and attachments in the database.
 */
thereDocuments: number, 
/**
 * Documents in the database that are not of Sheaf's kind: another application's.
 */
otherDocuments: number, 
/**
 * Ids of a few of those.
 */
examples: Array<string>, 
/**
 * Other accounts that devices of Sheaf sync with this database as.
 */
accounts: Array<string>, 
/**
 * `host:port`.
 */
host: string, database: string, };

export type SnapshotRef = { id: string, snapshot: string, };

export type Sort = { key: SortKey, 
/**
 * Oldest first, or A before Z.
 */
ascending: boolean, };

export type SortKey = "updated" | "created" | "title" | "relevance";

/**
 * Start and length in UTF-16 code units, as strings are indexed in the window.
 */
export type Span = [number, number];

/**
 * What to look at, and how closely.
 */
export type StartDiagnosis = { subject: DiagnosisSubject, 
/**
 * Watch the changes feed for 40 seconds instead of 5.
 */
deep: boolean, 
/**
 * Only what *Test* asks before a target is put into force.
 */
half: boolean, };

export type StatusRow = { status: NoteStatus, notes: number, };

export type SupportOptions = { 
/**
 * Leave out host names, addresses and the name of the account.
 */
hideNames: boolean, };

/**
 * What one complete round of *Sync now* did.
 */
export type SyncRound = { pulled: number, pushed: number, conflicts: number, heldBack: number, };

/**
 * What is in force.
 */
export type SyncSettings = { target: SyncTarget, secretStore: SecretStore, 
/**
 * Whether a password for the target can be read now.
 */
hasPassword: boolean, 
/**
 * When the token in use says that it expires, in milliseconds since 1970; `None`: it does not
 * say, or none is in use.
 */
tokenExpires?: number, };

export type SyncState = { "kind": "off" } | { "kind": "idle" } | { "kind": "connecting" } | { "kind": "pushing", done: number, total: number, } | { "kind": "pulling", done: number, total: number, } | { "kind": "attention" } | { "kind": "offline", retryAt: number, } | { "kind": "error", code: ErrorCode, retryAt: number, } | { "kind": "blocked", code: ErrorCode, question: GuardQuestion | null, } | { "kind": "paused" };

export type SyncStatus = { state: SyncState, 
/**
 * `anna@host:6984/my-notes`; `null` when sync is off.
 */
remote: string | null, 
/**
 * The proxy that stands in the way, `host:port`, where the state's code is one of a proxy's.
 */
proxy: string | null, lastSuccess: number | null, 
/**
 * Documents changed here that the remote has not acknowledged.
 */
waiting: number, conflicts: number, 
/**
 * Documents that do not travel and were not skipped; see `list_held_back`.
 */
heldBack: number, 
/**
 * One side is being replaced by the other; what the progress counts is that.
 */
replacing: ResetDirection | null, };

export type SyncTarget = { "kind": "off" } | { "kind": "couchdb", fields: CouchFields, 
/**
 * `anna@host:6984/my-notes`: safe to show anywhere.
 */
display: string, encryption: Encryption, } | { "kind": "hosted", account: HostedAccount, 
/**
 * `anna@example.org at notes.example.org`: safe to show anywhere.
 */
display: string, 
/**
 * `003` or `004`; `null` while nobody is signed in.
 */
version: string | null, hideSizes: boolean, };

export type TagColor = "default" | "red" | "orange" | "yellow" | "olive" | "green" | "teal" | "blue" | "violet" | "purple" | "pink" | "brown" | "grey" | "black";

export type TagRow = { id: string, name: string, color: TagColor, notes: number, };

export type Theme = "system" | "light" | "dark" | "paper" | "midnight";

/**
 * How many notes a bulk action touched.
 */
export type Touched = { notes: number, };

/**
 * Where the window keeps what it wants to find again (pane widths, last selection). Opaque here.
 */
export type UiState = { state: unknown, };

export type UndoFix = { id: number, };

export type UpdateNote = { id: string, 
/**
 * The `version` this edit was made on.
 */
base: string, title?: string, body?: string, };

/**
 * The answer to an edit. It is given only when the edit is durable on disk.
 */
export type UpdateOutcome = { "outcome": "saved", version: string, } | { "outcome": "stale", current: NoteDetail, };

export type UseQuickNoteKey = { 
/**
 * As keys are written in the window (`Mod-Alt-n`); empty: none; `null`: only asks.
 */
key: string | null, };

/**
 * A file of the person's own that changes how the window looks.
 */
export type UserStyles = { 
/**
 * Where the file is, or would be.
 */
path: string, 
/**
 * Empty without a file.
 */
css: string, };

/**
 * What opens the database without its passphrase. Shown and printed, never kept.
 */
export type VaultKit = { 
/**
 * `anna@host:6984/my-notes`.
 */
display: string, 
/**
 * Tells this database's key from others; not secret.
 */
vault: string, code: string, };

export type VaultProof = { "kind": "passphrase", passphrase: string, } | { "kind": "recoveryCode", code: string, };

/**
 * Why a version was put aside.
 */
export type VersionReason = "edited" | "arrived" | "merged" | "decided" | "restored" | "deleted";

/**
 * Preferences of the editor. A missing field reads as its default.
 */
export type WritingSettings = { 
/**
 * Keys of Vim.
 */
vim: boolean, 
/**
 * The line with the caret stays at one height.
 */
typewriter: boolean, 
/**
 * In focus mode, paragraphs without the caret step back.
 */
dimOthers: boolean, highlightLine: boolean, wrapLines: boolean, showWhitespace: boolean, 
/**
 * Brackets and quotation marks come in pairs.
 */
closeBrackets: boolean, 
/**
 * Quotation marks, dashes and dots as printers set them.
 */
smartTypography: boolean, 
/**
 * `/` opens a menu of things to insert.
 */
slashCommands: boolean, 
/**
 * Formatted text is pasted as Markdown.
 */
pasteMarkdown: boolean, 
/**
 * Pictures are drawn below the line that names them.
 */
imagePreviews: boolean, 
/**
 * Columns of one step of indentation: 2, 4 or 8.
 */
indentWidth: number, indentWithTabs: boolean, 
/**
 * BCP 47 tag of the language texts are written in. Empty: the computer's.
 */
language: string, };

export type Zoom = { 
/**
 * Of its own size, 50 to 300.
 */
percent: number, };

/** Request and response of every command of the engine. */
export interface Commands {
  /** Version, platform, directories and sizes. */
  app_info: { request: null; response: AppInfo };
  /** Everything the sidebar shows. */
  sidebar: { request: null; response: Sidebar };
  /** A window into a list of notes, searched, filtered and sorted. */
  list_notes: { request: ListNotes; response: NotePage };
  /** Notes by a few letters of their titles, the best first. */
  find_titles: { request: FindTitles; response: Array<NoteSummary> };
  /** Which notes link to a note, and which name its title. */
  mentions: { request: NoteRef; response: Mentions };
  /** Writes a note's new title into the links that say the old one. */
  relink: { request: Relink; response: Touched };
  /** One note with its text. */
  get_note: { request: NoteRef; response: NoteDetail };
  /** A new note. An entirely empty one stays local until its first edit. */
  create_note: { request: CreateNote; response: NoteDetail };
  /** Saves title, text or both on top of the version they were made on. */
  update_note: { request: UpdateNote; response: UpdateOutcome };
  /** A copy with title, text, notebook, tags and status, and a new id. */
  duplicate_note: { request: NoteRef; response: NoteDetail };
  /** Into another notebook; also out of the trash. */
  move_notes: { request: MoveNotes; response: Touched };
  /** Sets the status. */
  set_status: { request: SetStatus; response: Touched };
  /** Pins or unpins. */
  set_pinned: { request: SetPinned; response: Touched };
  /** Adds and removes tags. */
  change_tags: { request: ChangeTags; response: Touched };
  /** Into the trash, remembering where from. */
  trash_notes: { request: NoteRefs; response: Touched };
  /** Out of the trash. */
  restore_notes: { request: RestoreNotes; response: Touched };
  /** Deletes notes for good. Only notes in the trash; others are left and not counted. */
  delete_notes: { request: NoteRefs; response: Touched };
  /** Deletes everything in the trash for good. */
  empty_trash: { request: null; response: Touched };
  /** Deletes for good what has been in the trash for longer than the preferences say. */
  expire_trash: { request: null; response: Touched };
  /** A copy of a note among the templates. */
  make_template: { request: NoteRef; response: NoteDetail };
  /** All live leaves of a note, the winner first. One leaf: no conflict. */
  conflict_leaves: { request: NoteRef; response: Array<Leaf> };
  /** Writes the decision over the leaves it closes. */
  resolve_conflict: { request: ResolveConflict; response: ConflictOutcome };
  /** Decides many conflicts by one rule, in one step. */
  resolve_conflicts: { request: ResolveConflicts; response: ResolvedConflicts };
  /** Takes decisions back: the versions are all there again. */
  reopen_conflicts: { request: Decisions; response: Touched };
  /** Former versions of a note, also of a deleted one. */
  note_history: { request: NoteRef; response: NoteHistory };
  /** What a former version says. */
  snapshot: { request: SnapshotRef; response: NoteContent };
  /** Puts a former version into force again, or beside the note as a copy. */
  restore_snapshot: { request: RestoreSnapshot; response: Restored };
  /** Notes that a deletion from elsewhere took away and whose last text is here, the newest first. */
  recently_deleted: { request: null; response: Array<DeletedNote> };
  /** Forgets the last texts of deleted notes for good. */
  forget_deleted: { request: NoteRefs; response: Touched };
  /** A new notebook. */
  create_notebook: { request: CreateNotebook; response: NotebookRow };
  /** Renames a notebook. */
  rename_notebook: { request: Rename; response: null };
  /** Gives a notebook an icon, or takes it away. */
  set_notebook_icon: { request: SetNotebookIcon; response: null };
  /** Moves a notebook below another one or to the root. Cycles are refused. */
  move_notebook: { request: MoveNotebook; response: null };
  /** Moves a notebook to a place of its own among its neighbours. */
  arrange_notebook: { request: ArrangeNotebook; response: null };
  /** Deletes a notebook and those inside it; their notes go to the trash. */
  delete_notebook: { request: Id; response: Touched };
  /** A new tag, or the one that already has this name. */
  create_tag: { request: CreateTag; response: TagRow };
  /** Renames a tag; names are unique. */
  rename_tag: { request: Rename; response: null };
  /** Colours a tag. */
  set_tag_color: { request: SetTagColor; response: null };
  /** Deletes a tag and takes it off its notes. */
  delete_tag: { request: Id; response: Touched };
  /** Stores bytes as an attachment and says what to insert into the note. */
  add_attachment: { request: AddAttachment; response: AddedAttachment };
  /** Markdown to sanitised HTML. */
  render: { request: Render; response: Rendered };
  /** All notes, notebooks and tags as a file of items, not encrypted. */
  export_items: { request: null; response: ExportedItems };
  /** Writes the same file into the folder for downloads and says where it is. */
  save_items: { request: null; response: SavedReport };
  /** Takes in a file of items. What is here stays as it is. */
  import_items: { request: ImportItems; response: ImportedItems };
  /** Preferences. */
  settings: { request: null; response: Settings };
  /** Replaces the preferences. */
  save_settings: { request: Settings; response: null };
  /** The person's own style sheet. */
  user_styles: { request: null; response: UserStyles };
  /** What the window stored last. */
  ui_state: { request: null; response: UiState };
  /** Stores what the window wants to find again. */
  save_ui_state: { request: UiState; response: null };
  /** What sync is set to. */
  sync_settings: { request: null; response: SyncSettings };
  /** Takes a pasted URL apart. Asks nobody. */
  parse_address: { request: PastedAddress; response: ParsedAddress };
  /** Tries an address and tells what stands in the way. Changes nothing. */
  test_remote: { request: RemoteForm; response: RemoteReport };
  /** Tries the server of an account, without signing in. Changes nothing. */
  test_server: { request: HostedAccount; response: RemoteReport };
  /** Creates the database of an address and tests it again. */
  create_database: { request: RemoteForm; response: RemoteReport };
  /** Counts what is here and what is in a database. Changes nothing. */
  compare_sides: { request: RemoteForm; response: Sides };
  /** Who gets into a database, and whether phones find what they need. */
  server_setup: { request: RemoteForm; response: ServerSetup };
  /** Adds a member to a database; whoever was let in before still is. */
  restrict_database: { request: RestrictDatabase; response: ServerSetup };
  /** Adds the filter that phones replicate through. */
  prepare_for_mobile: { request: RemoteForm; response: ServerSetup };
  /** How much the server and what stands before it take at once. Sends some megabytes. */
  server_limits: { request: RemoteForm; response: ServerLimits };
  /** What sync is set to, as a line of text for the next device. */
  create_setup_link: { request: CreateSetupLink; response: SetupLink };
  /** Fields and password of a link. Asks nobody. */
  open_setup_link: { request: OpenSetupLink; response: ParsedAddress };
  /** Encrypts a database that holds nothing yet. Nothing is put into force. */
  create_vault: { request: CreateVault; response: VaultKit };
  /** Opens an encrypted database with its passphrase or its recovery code, and tests it again. */
  open_vault: { request: OpenVault; response: RemoteReport };
  /** The recovery kit of the database in use once more. */
  vault_kit: { request: ConfirmVault; response: VaultKit };
  /** Another passphrase for the database in use. Its key and its recovery code stay. */
  change_vault_passphrase: { request: ChangeVaultPassphrase; response: VaultKit };
  /** Copies everything into a new database, encrypted or not, and changes over to it. */
  begin_conversion: { request: BeginConversion; response: BegunConversion };
  /** The move into another database that runs, was interrupted or is done; `null`: none. */
  conversion: { request: null; response: Conversion | null };
  /** Answers when it is done or has stopped. */
  wait_for_conversion: { request: null; response: Conversion | null };
  /** Goes on with one that was interrupted or stopped. */
  continue_conversion: { request: null; response: Conversion };
  /** Gives one up, and takes the unfinished database away; or forgets one that is done. */
  end_conversion: { request: null; response: null };
  /** How other computers are reached. */
  proxy_settings: { request: null; response: ProxySettings };
  /** Reaches them in another way from now on: sync, accounts and diagnosis alike. */
  save_proxy: { request: SaveProxy; response: ProxySettings };
  /** Puts a target into force after testing it. */
  apply_sync: { request: ApplySync; response: Applied };
  /** Makes an account at a Sheaf server and puts it into force. */
  hosted_sign_up: { request: HostedSignUp; response: HostedSignedUp };
  /** Signs in to an account and puts it into force; also after a session has ended. */
  hosted_sign_in: { request: HostedSignIn; response: SyncSettings };
  /** Ends the session and switches sync off. */
  hosted_sign_out: { request: HostedSignOut; response: SyncSettings };
  /** Changes the password, or upgrades an older account. May be interrupted at any point. */
  hosted_change_password: { request: HostedChangePassword; response: RecoveryKit };
  /** The recovery kit once more. */
  hosted_recovery_kit: { request: HostedConfirm; response: RecoveryKit };
  /** Deletes the account and everything on the server. The notes here stay. */
  hosted_delete_account: { request: HostedConfirm; response: SyncSettings };
  /** How this device takes part. */
  hosted_options: { request: HostedOptions; response: SyncSettings };
  /** What the server did that an honest one never does. */
  hosted_warnings: { request: null; response: Array<HostedWarning> };
  /** They were read. */
  dismiss_hosted_warnings: { request: null; response: null };
  /** Stores a new password for the target in force and goes on. */
  enter_password: { request: EnterPassword; response: SyncSettings };
  /** Chooses where passwords are kept. */
  choose_secret_store: { request: ChooseSecretStore; response: SyncSettings };
  /** The status, at once. */
  sync_status: { request: null; response: SyncStatus };
  /** One complete round, pull and push; answers when it is done. */
  sync_now: { request: null; response: SyncRound };
  /** Stops syncing until resumed. */
  pause_sync: { request: null; response: null };
  /** Goes on. */
  resume_sync: { request: null; response: null };
  /** Begins anew: from scratch, by rebuilding the remote, or neither. Takes a backup first. */
  reset_sync: { request: ResetSync; response: null };
  /** Answers the question a guard asked. */
  answer_guard: { request: AnswerGuard; response: null };
  /** Documents that do not travel, and why. */
  list_held_back: { request: null; response: Array<HeldBackItem> };
  /** Tries documents the server refused once more. */
  retry_held_back: { request: null; response: null };
  /** Tries one document that does not travel once more, in either direction. */
  retry_item: { request: Id; response: null };
  /** Keeps quiet about a document that does not travel, for as long as the reason is the same. */
  skip_item: { request: Id; response: null };
  /** What sync did, the newest session first. */
  list_activity: { request: ListActivity; response: Activity };
  /** The same as text, without titles. */
  activity_report: { request: SupportOptions; response: ReportText };
  /** Writes that into the folder for downloads and says where it is. */
  save_activity_report: { request: SupportOptions; response: SavedReport };
  /** Begins a network diagnosis; a `diagnosisChanged` event follows for every line. */
  start_diagnosis: { request: StartDiagnosis; response: Diagnosis };
  /** The newest run as it stands; `null` when there was none. */
  diagnosis: { request: null; response: Diagnosis | null };
  /** Answers when the run is over. */
  wait_for_diagnosis: { request: RunRef; response: Diagnosis };
  /** Ends the run; what is not done yet stays undone. */
  cancel_diagnosis: { request: RunRef; response: null };
  /** Carries out a fix that was offered, after the person agreed to it. */
  apply_fix: { request: ApplyFix; response: AppliedFix };
  /** Takes a fix back. */
  undo_fix: { request: UndoFix; response: null };
  /** The report as text, redacted. */
  diagnosis_report: { request: ReportOptions; response: ReportText };
  /** Writes the same report into the folder for downloads and says where it is. */
  save_diagnosis_report: { request: ReportOptions; response: SavedReport };
  /** Versions, how sync stands, the newest diagnosis, crashes and the end of the log, redacted. */
  support_bundle: { request: SupportOptions; response: ReportText };
  /** Writes the same into the folder for downloads and says where it is. */
  save_support_bundle: { request: SupportOptions; response: SavedReport };
}

/** The same for commands only a window can answer. */
export interface ShellCommands {
  /** Opens a link of a note in the system's browser after checking its scheme. */
  open_link: { request: OpenLink; response: null };
  /** Opens a folder of Sheaf's in the system's file manager. */
  open_folder: { request: OpenFolder; response: null };
  /** The picture on the clipboard as PNG; needed where the web view hands none to the page. */
  clipboard_image: { request: null; response: ClipboardImage | null };
  /** The window has saved everything after `closeRequested` and may go. */
  ready_to_close: { request: null; response: null };
  /** Text could not be saved after `closeRequested`: nothing closes. */
  stay_open: { request: null; response: null };
  /** Closes the window that asks, as its own button would. */
  close_window: { request: null; response: null };
  /** Ends the app once every window has saved. */
  quit: { request: null; response: null };
  /** Opens a note in a window of its own, or brings that forward. */
  open_note_window: { request: NoteRef; response: null };
  /** Opens a small window with a new note. */
  open_quick_note: { request: null; response: null };
  /** Asks the system for a key that opens a quick note from anywhere, in place of the one before. */
  use_quick_note_key: { request: UseQuickNoteKey; response: QuickNoteKey };
  /** Says through the system that something waits for a person; pressing it brings the main window forward. */
  call_for_person: { request: CallForPerson; response: null };
  /** Draws everything in the window that asks larger or smaller. */
  zoom: { request: Zoom; response: null };
  /** Asks the system to print what the window has made ready for paper. */
  print: { request: null; response: null };
}
