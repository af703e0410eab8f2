//! The table. One line per command: name, request, response. Everything else is made from it.

use std::future::Future;

use serde_json::Value;

use crate::{
    Activity, AddAttachment, AddedAttachment, AnswerGuard, ApiError, AppInfo, Applied, AppliedFix,
    ApplyFix, ApplySync, ArrangeNotebook, BeginConversion, BegunConversion, CallForPerson,
    ChangeTags, ChangeVaultPassphrase, ChooseSecretStore, ClipboardImage, ConfirmVault,
    ConflictOutcome, Conversion, CreateNote, CreateNotebook, CreateSetupLink, CreateTag,
    CreateVault, Decisions, DeletedNote, Diagnosis, EnterPassword, ErrorCode, ExportedItems,
    FindTitles, HeldBackItem, HostedAccount, HostedChangePassword, HostedConfirm, HostedOptions,
    HostedSignIn, HostedSignOut, HostedSignUp, HostedSignedUp, HostedWarning, Id, ImportItems,
    ImportedItems, Leaf, ListActivity, ListNotes, Mentions, MoveNotebook, MoveNotes, NoteContent,
    NoteDetail, NoteHistory, NotePage, NoteRef, NoteRefs, NoteSummary, NotebookRow, OpenFolder,
    OpenLink, OpenSetupLink, OpenVault, ParsedAddress, PastedAddress, ProxySettings, QuickNoteKey,
    RecoveryKit, Relink, RemoteForm, RemoteReport, Rename, Render, Rendered, ReportOptions,
    ReportText, ResetSync, ResolveConflict, ResolveConflicts, ResolvedConflicts, RestoreNotes,
    RestoreSnapshot, Restored, RestrictDatabase, RunRef, SaveProxy, SavedReport, ServerLimits,
    ServerSetup, SetNotebookIcon, SetPinned, SetStatus, SetTagColor, Settings, SetupLink, Sidebar,
    Sides, SnapshotRef, StartDiagnosis, SupportOptions, SyncRound, SyncSettings, SyncStatus,
    TagRow, Touched, UiState, UndoFix, UpdateNote, UpdateOutcome, UseQuickNoteKey, UserStyles,
    VaultKit, Zoom, typescript::Types,
};

macro_rules! commands {
    (
        $(#[$list_doc:meta])+ $list:ident, $(#[$trait_doc:meta])+ $api:ident,
        $(#[$dispatch_doc:meta])+ $dispatch:ident, $signatures:ident;
        $($(#[doc = $doc:literal])+ $name:ident($request:ty) -> $response:ty;)+
    ) => {
        $(#[$list_doc])+
        pub const $list: &[&str] = &[$(stringify!($name)),+];

        $(#[$trait_doc])+
        pub trait $api: Send + Sync {
            $(
                $(#[doc = $doc])+
                fn $name(&self, request: $request)
                    -> impl Future<Output = Result<$response, ApiError>> + Send;
            )+
        }

        $(#[$dispatch_doc])+
        pub async fn $dispatch(api: &impl $api, name: &str, request: Value) -> Result<Value, ApiError> {
            match name {
                $(stringify!($name) => {
                    let request: $request = parse(request)?;
                    written(&api.$name(request).await?)
                })+
                _ => Err(ApiError::new(ErrorCode::NotFound).with_detail("no such command")),
            }
        }

        pub(crate) const $signatures: &[Signature] = &[
            $((stringify!($name), concat!($($doc, "\n"),+), |types| (types.add::<$request>(), types.add::<$response>()))),+
        ];
    };
}

/// Name, documentation, and how request and response are written in TypeScript.
pub(crate) type Signature = (
    &'static str,
    &'static str,
    fn(&mut Types) -> (String, String),
);

commands! {
    /// Every command of the engine by name, in the order of the table.
    COMMANDS,
    /// What the engine can be asked to do. A method per line of the table; an answer to a change
    /// is given only when the change is durable.
    Api,
    /// Runs the command called `name` with a JSON request; requests without content are `null`.
    dispatch, SIGNATURES;

    /// Version, platform, directories and sizes.
    app_info(()) -> AppInfo;
    /// Everything the sidebar shows.
    sidebar(()) -> Sidebar;

    /// A window into a list of notes, searched, filtered and sorted.
    list_notes(ListNotes) -> NotePage;
    /// Notes by a few letters of their titles, the best first.
    find_titles(FindTitles) -> Vec<NoteSummary>;
    /// Which notes link to a note, and which name its title.
    mentions(NoteRef) -> Mentions;
    /// Writes a note's new title into the links that say the old one.
    relink(Relink) -> Touched;
    /// One note with its text.
    get_note(NoteRef) -> NoteDetail;
    /// A new note. An entirely empty one stays local until its first edit.
    create_note(CreateNote) -> NoteDetail;
    /// Saves title, text or both on top of the version they were made on.
    update_note(UpdateNote) -> UpdateOutcome;
    /// A copy with title, text, notebook, tags and status, and a new id.
    duplicate_note(NoteRef) -> NoteDetail;
    /// Into another notebook; also out of the trash.
    move_notes(MoveNotes) -> Touched;
    /// Sets the status.
    set_status(SetStatus) -> Touched;
    /// Pins or unpins.
    set_pinned(SetPinned) -> Touched;
    /// Adds and removes tags.
    change_tags(ChangeTags) -> Touched;
    /// Into the trash, remembering where from.
    trash_notes(NoteRefs) -> Touched;
    /// Out of the trash.
    restore_notes(RestoreNotes) -> Touched;
    /// Deletes notes for good. Only notes in the trash; others are left and not counted.
    delete_notes(NoteRefs) -> Touched;
    /// Deletes everything in the trash for good.
    empty_trash(()) -> Touched;
    /// Deletes for good what has been in the trash for longer than the preferences say.
    expire_trash(()) -> Touched;
    /// A copy of a note among the templates.
    make_template(NoteRef) -> NoteDetail;
    /// All live leaves of a note, the winner first. One leaf: no conflict.
    conflict_leaves(NoteRef) -> Vec<Leaf>;
    /// Writes the decision over the leaves it closes.
    resolve_conflict(ResolveConflict) -> ConflictOutcome;
    /// Decides many conflicts by one rule, in one step.
    resolve_conflicts(ResolveConflicts) -> ResolvedConflicts;
    /// Takes decisions back: the versions are all there again.
    reopen_conflicts(Decisions) -> Touched;

    /// Former versions of a note, also of a deleted one.
    note_history(NoteRef) -> NoteHistory;
    /// What a former version says.
    snapshot(SnapshotRef) -> NoteContent;
    /// Puts a former version into force again, or beside the note as a copy.
    restore_snapshot(RestoreSnapshot) -> Restored;
    /// Notes that a deletion from elsewhere took away and whose last text is here, the newest first.
    recently_deleted(()) -> Vec<DeletedNote>;
    /// Forgets the last texts of deleted notes for good.
    forget_deleted(NoteRefs) -> Touched;

    /// A new notebook.
    create_notebook(CreateNotebook) -> NotebookRow;
    /// Renames a notebook.
    rename_notebook(Rename) -> ();
    /// Gives a notebook an icon, or takes it away.
    set_notebook_icon(SetNotebookIcon) -> ();
    /// Moves a notebook below another one or to the root. Cycles are refused.
    move_notebook(MoveNotebook) -> ();
    /// Moves a notebook to a place of its own among its neighbours.
    arrange_notebook(ArrangeNotebook) -> ();
    /// Deletes a notebook and those inside it; their notes go to the trash.
    delete_notebook(Id) -> Touched;
    /// A new tag, or the one that already has this name.
    create_tag(CreateTag) -> TagRow;
    /// Renames a tag; names are unique.
    rename_tag(Rename) -> ();
    /// Colours a tag.
    set_tag_color(SetTagColor) -> ();
    /// Deletes a tag and takes it off its notes.
    delete_tag(Id) -> Touched;

    /// Stores bytes as an attachment and says what to insert into the note.
    add_attachment(AddAttachment) -> AddedAttachment;
    /// Markdown to sanitised HTML.
    render(Render) -> Rendered;

    /// All notes, notebooks and tags as a file of items, not encrypted.
    export_items(()) -> ExportedItems;
    /// Writes the same file into the folder for downloads and says where it is.
    save_items(()) -> SavedReport;
    /// Takes in a file of items. What is here stays as it is.
    import_items(ImportItems) -> ImportedItems;

    /// Preferences.
    settings(()) -> Settings;
    /// Replaces the preferences.
    save_settings(Settings) -> ();
    /// The person's own style sheet.
    user_styles(()) -> UserStyles;
    /// What the window stored last.
    ui_state(()) -> UiState;
    /// Stores what the window wants to find again.
    save_ui_state(UiState) -> ();

    /// What sync is set to.
    sync_settings(()) -> SyncSettings;
    /// Takes a pasted URL apart. Asks nobody.
    parse_address(PastedAddress) -> ParsedAddress;
    /// Tries an address and tells what stands in the way. Changes nothing.
    test_remote(RemoteForm) -> RemoteReport;
    /// Tries the server of an account, without signing in. Changes nothing.
    test_server(HostedAccount) -> RemoteReport;
    /// Creates the database of an address and tests it again.
    create_database(RemoteForm) -> RemoteReport;
    /// Counts what is here and what is in a database. Changes nothing.
    compare_sides(RemoteForm) -> Sides;
    /// Who gets into a database, and whether phones find what they need.
    server_setup(RemoteForm) -> ServerSetup;
    /// Adds a member to a database; whoever was let in before still is.
    restrict_database(RestrictDatabase) -> ServerSetup;
    /// Adds the filter that phones replicate through.
    prepare_for_mobile(RemoteForm) -> ServerSetup;
    /// How much the server and what stands before it take at once. Sends some megabytes.
    server_limits(RemoteForm) -> ServerLimits;
    /// What sync is set to, as a line of text for the next device.
    create_setup_link(CreateSetupLink) -> SetupLink;
    /// Fields and password of a link. Asks nobody.
    open_setup_link(OpenSetupLink) -> ParsedAddress;
    /// Encrypts a database that holds nothing yet. Nothing is put into force.
    create_vault(CreateVault) -> VaultKit;
    /// Opens an encrypted database with its passphrase or its recovery code, and tests it again.
    open_vault(OpenVault) -> RemoteReport;
    /// The recovery kit of the database in use once more.
    vault_kit(ConfirmVault) -> VaultKit;
    /// Another passphrase for the database in use. Its key and its recovery code stay.
    change_vault_passphrase(ChangeVaultPassphrase) -> VaultKit;
    /// Copies everything into a new database, encrypted or not, and changes over to it.
    begin_conversion(BeginConversion) -> BegunConversion;
    /// The move into another database that runs, was interrupted or is done; `null`: none.
    conversion(()) -> Option<Conversion>;
    /// Answers when it is done or has stopped.
    wait_for_conversion(()) -> Option<Conversion>;
    /// Goes on with one that was interrupted or stopped.
    continue_conversion(()) -> Conversion;
    /// Gives one up, and takes the unfinished database away; or forgets one that is done.
    end_conversion(()) -> ();
    /// How other computers are reached.
    proxy_settings(()) -> ProxySettings;
    /// Reaches them in another way from now on: sync, accounts and diagnosis alike.
    save_proxy(SaveProxy) -> ProxySettings;
    /// Puts a target into force after testing it.
    apply_sync(ApplySync) -> Applied;
    /// Makes an account at a Sheaf server and puts it into force.
    hosted_sign_up(HostedSignUp) -> HostedSignedUp;
    /// Signs in to an account and puts it into force; also after a session has ended.
    hosted_sign_in(HostedSignIn) -> SyncSettings;
    /// Ends the session and switches sync off.
    hosted_sign_out(HostedSignOut) -> SyncSettings;
    /// Changes the password, or upgrades an older account. May be interrupted at any point.
    hosted_change_password(HostedChangePassword) -> RecoveryKit;
    /// The recovery kit once more.
    hosted_recovery_kit(HostedConfirm) -> RecoveryKit;
    /// Deletes the account and everything on the server. The notes here stay.
    hosted_delete_account(HostedConfirm) -> SyncSettings;
    /// How this device takes part.
    hosted_options(HostedOptions) -> SyncSettings;
    /// What the server did that an honest one never does.
    hosted_warnings(()) -> Vec<HostedWarning>;
    /// They were read.
    dismiss_hosted_warnings(()) -> ();
    /// Stores a new password for the target in force and goes on.
    enter_password(EnterPassword) -> SyncSettings;
    /// Chooses where passwords are kept.
    choose_secret_store(ChooseSecretStore) -> SyncSettings;
    /// The status, at once.
    sync_status(()) -> SyncStatus;
    /// One complete round, pull and push; answers when it is done.
    sync_now(()) -> SyncRound;
    /// Stops syncing until resumed.
    pause_sync(()) -> ();
    /// Goes on.
    resume_sync(()) -> ();
    /// Begins anew: from scratch, by rebuilding the remote, or neither. Takes a backup first.
    reset_sync(ResetSync) -> ();
    /// Answers the question a guard asked.
    answer_guard(AnswerGuard) -> ();
    /// Documents that do not travel, and why.
    list_held_back(()) -> Vec<HeldBackItem>;
    /// Tries documents the server refused once more.
    retry_held_back(()) -> ();
    /// Tries one document that does not travel once more, in either direction.
    retry_item(Id) -> ();
    /// Keeps quiet about a document that does not travel, for as long as the reason is the same.
    skip_item(Id) -> ();
    /// What sync did, the newest session first.
    list_activity(ListActivity) -> Activity;
    /// The same as text, without titles.
    activity_report(SupportOptions) -> ReportText;
    /// Writes that into the folder for downloads and says where it is.
    save_activity_report(SupportOptions) -> SavedReport;

    /// Begins a network diagnosis; a `diagnosisChanged` event follows for every line.
    start_diagnosis(StartDiagnosis) -> Diagnosis;
    /// The newest run as it stands; `null` when there was none.
    diagnosis(()) -> Option<Diagnosis>;
    /// Answers when the run is over.
    wait_for_diagnosis(RunRef) -> Diagnosis;
    /// Ends the run; what is not done yet stays undone.
    cancel_diagnosis(RunRef) -> ();
    /// Carries out a fix that was offered, after the person agreed to it.
    apply_fix(ApplyFix) -> AppliedFix;
    /// Takes a fix back.
    undo_fix(UndoFix) -> ();
    /// The report as text, redacted.
    diagnosis_report(ReportOptions) -> ReportText;
    /// Writes the same report into the folder for downloads and says where it is.
    save_diagnosis_report(ReportOptions) -> SavedReport;
    /// Versions, how sync stands, the newest diagnosis, crashes and the end of the log, redacted.
    support_bundle(SupportOptions) -> ReportText;
    /// Writes the same into the folder for downloads and says where it is.
    save_support_bundle(SupportOptions) -> SavedReport;
}

commands! {
    /// Commands that only a window can answer.
    SHELL_COMMANDS,
    /// What the shell around the engine can be asked to do.
    Shell,
    /// Runs a shell command, as [`dispatch`] does an engine's.
    dispatch_shell, SHELL_SIGNATURES;

    /// Opens a link of a note in the system's browser after checking its scheme.
    open_link(OpenLink) -> ();
    /// Opens a folder of Sheaf's in the system's file manager.
    open_folder(OpenFolder) -> ();
    /// The picture on the clipboard as PNG; needed where the web view hands none to the page.
    clipboard_image(()) -> Option<ClipboardImage>;
    /// The window has saved everything after `closeRequested` and may go.
    ready_to_close(()) -> ();
    /// Text could not be saved after `closeRequested`: nothing closes.
    stay_open(()) -> ();
    /// Closes the window that asks, as its own button would.
    close_window(()) -> ();
    /// Ends the app once every window has saved.
    quit(()) -> ();
    /// Opens a note in a window of its own, or brings that forward.
    open_note_window(NoteRef) -> ();
    /// Opens a small window with a new note.
    open_quick_note(()) -> ();
    /// Asks the system for a key that opens a quick note from anywhere, in place of the one before.
    use_quick_note_key(UseQuickNoteKey) -> QuickNoteKey;
    /// Says through the system that something waits for a person; pressing it brings the main window forward.
    call_for_person(CallForPerson) -> ();
    /// Draws everything in the window that asks larger or smaller.
    zoom(Zoom) -> ();
    /// Asks the system to print what the window has made ready for paper.
    print(()) -> ();
}

fn parse<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    serde_json::from_value(request)
        .map_err(|error| ApiError::new(ErrorCode::Invalid).with_detail(error.to_string()))
}

fn written<T: serde::Serialize>(response: &T) -> Result<Value, ApiError> {
    serde_json::to_value(response)
        .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(error.to_string()))
}
