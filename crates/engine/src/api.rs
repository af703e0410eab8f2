//! The ipc table, carried out. One line per command where the store already does what is asked;
//! what takes a decision lives in the module of its subject.

use sheaf_ipc::{
    Activity, AddAttachment, AddedAttachment, AnswerGuard, Api, ApiError, AppInfo, Applied,
    AppliedFix, ApplyFix, ApplySync, ArrangeNotebook, BeginConversion, BegunConversion, ChangeTags,
    ChangeVaultPassphrase, ChooseSecretStore, ConfirmVault, ConflictOutcome, Conversion,
    CreateNote, CreateNotebook, CreateSetupLink, CreateTag, CreateVault, Decisions, DeletedNote,
    Diagnosis, EnterPassword, Event, ExportedItems, FindTitles, HeldBackItem, HostedAccount,
    HostedChangePassword, HostedConfirm, HostedOptions, HostedSignIn, HostedSignOut, HostedSignUp,
    HostedSignedUp, HostedWarning, Id, ImportItems, ImportedItems, Leaf, ListActivity, ListNotes,
    Mentions, MoveNotebook, MoveNotes, NoteContent, NoteDetail, NoteHistory, NotePage, NoteRef,
    NoteRefs, NoteSummary, NotebookRow, OpenSetupLink, OpenVault, ParsedAddress, PastedAddress,
    ProxySettings, RecoveryKit, Relink, RemoteForm, RemoteReport, Rename, Render, Rendered,
    ReportOptions, ReportText, ResetSync, ResolveConflict, ResolveConflicts, ResolvedConflicts,
    RestoreNotes, RestoreSnapshot, Restored, RestrictDatabase, RunRef, SaveProxy, SavedReport,
    ServerLimits, ServerSetup, SetNotebookIcon, SetPinned, SetStatus, SetTagColor, Settings,
    SetupLink, Sidebar, Sides, SnapshotRef, StartDiagnosis, SupportOptions, SyncRound,
    SyncSettings, SyncStatus, TagRow, Touched, UiState, UndoFix, UpdateNote, UpdateOutcome,
    UserStyles, VaultKit,
};
use sheaf_store::{NewNote, NoteEdit, Version};

use crate::{
    Engine, about, calendar, config,
    convert::{self, ids, note_id, notebook_error, notebook_id, store_error, tag_error, tag_id},
    support,
};

/// Titles an answer can hold.
const MOST_TITLES: u32 = 100;

fn touched(notes: u32) -> Touched {
    Touched { notes }
}

fn version(text: &str) -> Result<Version, ApiError> {
    text.parse().map_err(store_error)
}

impl Api for Engine {
    async fn app_info(&self, (): ()) -> Result<AppInfo, ApiError> {
        about::app_info(self).await
    }

    async fn sidebar(&self, (): ()) -> Result<Sidebar, ApiError> {
        self.store()
            .sidebar()
            .await
            .map(convert::sidebar)
            .map_err(store_error)
    }

    async fn list_notes(&self, request: ListNotes) -> Result<NotePage, ApiError> {
        let mut list = convert::list_notes(request)?;
        list.search = calendar::dated(list.search, self.now());
        self.store()
            .list_notes(list)
            .await
            .map(convert::note_page)
            .map_err(store_error)
    }

    async fn find_titles(&self, request: FindTitles) -> Result<Vec<NoteSummary>, ApiError> {
        let found = self
            .store()
            .find_titles(request.typed, request.limit.min(MOST_TITLES))
            .await;
        let found = found.map_err(store_error)?;
        Ok(found.into_iter().map(convert::summary).collect())
    }

    async fn mentions(&self, request: NoteRef) -> Result<Mentions, ApiError> {
        let found = self.store().mentions(note_id(&request.id)?).await;
        found.map(convert::mentions).map_err(store_error)
    }

    async fn relink(&self, request: Relink) -> Result<Touched, ApiError> {
        let id = note_id(&request.id)?;
        let changed = self
            .store()
            .relink(id, request.from, request.to, self.now())
            .await;
        let changed = changed.map_err(store_error)?;
        Ok(touched(u32::try_from(changed.len()).unwrap_or(u32::MAX)))
    }

    async fn get_note(&self, request: NoteRef) -> Result<NoteDetail, ApiError> {
        let id = note_id(&request.id)?;
        self.store()
            .get_note(id)
            .await
            .map(convert::note_detail)
            .map_err(store_error)
    }

    async fn create_note(&self, request: CreateNote) -> Result<NoteDetail, ApiError> {
        let note = NewNote {
            notebook: request.notebook.as_deref().map(notebook_id).transpose()?,
            title: request.title,
            body: request.body,
            tags: ids(&request.tags, tag_id)?,
            status: convert::status_from(request.status),
            local_only: false,
        };
        let created = self
            .store()
            .create_note(note, self.surroundings().id(), self.now())
            .await;
        created.map(convert::note_detail).map_err(store_error)
    }

    async fn update_note(&self, request: UpdateNote) -> Result<UpdateOutcome, ApiError> {
        let (id, base) = (note_id(&request.id)?, version(&request.base)?);
        let edit = NoteEdit {
            title: request.title,
            body: request.body,
        };
        let outcome = self.store().update_note(id, base, edit, self.now()).await;
        outcome.map(convert::update_outcome).map_err(store_error)
    }

    async fn duplicate_note(&self, request: NoteRef) -> Result<NoteDetail, ApiError> {
        let id = note_id(&request.id)?;
        let copy = self
            .store()
            .duplicate_note(id, self.surroundings().id(), self.now())
            .await;
        copy.map(convert::note_detail).map_err(store_error)
    }

    async fn move_notes(&self, request: MoveNotes) -> Result<Touched, ApiError> {
        let (ids, notebook) = (ids(&request.ids, note_id)?, notebook_id(&request.notebook)?);
        self.store()
            .move_notes(ids, notebook, self.now())
            .await
            .map(touched)
            .map_err(store_error)
    }

    async fn set_status(&self, request: SetStatus) -> Result<Touched, ApiError> {
        let (ids, status) = (
            ids(&request.ids, note_id)?,
            convert::status_from(request.status),
        );
        self.store()
            .set_status(ids, status, self.now())
            .await
            .map(touched)
            .map_err(store_error)
    }

    async fn set_pinned(&self, request: SetPinned) -> Result<Touched, ApiError> {
        let ids = ids(&request.ids, note_id)?;
        let outcome = self
            .store()
            .set_pinned(ids, request.pinned, self.now())
            .await;
        outcome.map(touched).map_err(store_error)
    }

    async fn change_tags(&self, request: ChangeTags) -> Result<Touched, ApiError> {
        let notes = ids(&request.ids, note_id)?;
        let (add, remove) = (ids(&request.add, tag_id)?, ids(&request.remove, tag_id)?);
        let outcome = self
            .store()
            .change_tags(notes, add, remove, self.now())
            .await;
        outcome.map(touched).map_err(store_error)
    }

    async fn trash_notes(&self, request: NoteRefs) -> Result<Touched, ApiError> {
        let ids = ids(&request.ids, note_id)?;
        self.store()
            .trash_notes(ids, self.now())
            .await
            .map(touched)
            .map_err(store_error)
    }

    async fn restore_notes(&self, request: RestoreNotes) -> Result<Touched, ApiError> {
        let ids = ids(&request.ids, note_id)?;
        let notebook = request.notebook.as_deref().map(notebook_id).transpose()?;
        let outcome = self.store().restore_notes(ids, notebook, self.now()).await;
        outcome.map(touched).map_err(store_error)
    }

    async fn delete_notes(&self, request: NoteRefs) -> Result<Touched, ApiError> {
        let ids = ids(&request.ids, note_id)?;
        self.store()
            .delete_notes(ids)
            .await
            .map(touched)
            .map_err(store_error)
    }

    async fn empty_trash(&self, (): ()) -> Result<Touched, ApiError> {
        self.store()
            .empty_trash()
            .await
            .map(touched)
            .map_err(store_error)
    }

    async fn expire_trash(&self, (): ()) -> Result<Touched, ApiError> {
        let preferences = config::preferences(self.store())
            .await
            .map_err(store_error)?;
        let Some(before) = config::trash_expires(&preferences, self.now()) else {
            return Ok(touched(0));
        };
        let deleted = self.store().expire_trash(before).await;
        deleted.map(touched).map_err(store_error)
    }

    async fn make_template(&self, request: NoteRef) -> Result<NoteDetail, ApiError> {
        let id = note_id(&request.id)?;
        let made = self
            .store()
            .make_template(id, self.surroundings().id(), self.now())
            .await;
        made.map(convert::note_detail).map_err(store_error)
    }

    async fn conflict_leaves(&self, request: NoteRef) -> Result<Vec<Leaf>, ApiError> {
        let leaves = self.store().conflict_leaves(note_id(&request.id)?).await;
        let leaves = leaves.map_err(store_error)?;
        Ok(leaves.into_iter().map(convert::leaf).collect())
    }

    async fn resolve_conflict(
        &self,
        request: ResolveConflict,
    ) -> Result<ConflictOutcome, ApiError> {
        self.resolve(request).await
    }

    async fn resolve_conflicts(
        &self,
        request: ResolveConflicts,
    ) -> Result<ResolvedConflicts, ApiError> {
        self.resolve_many(request).await
    }

    async fn reopen_conflicts(&self, request: Decisions) -> Result<Touched, ApiError> {
        self.reopen(request).await
    }

    async fn note_history(&self, request: NoteRef) -> Result<NoteHistory, ApiError> {
        self.versions(request).await
    }

    async fn snapshot(&self, request: SnapshotRef) -> Result<NoteContent, ApiError> {
        self.version(request).await
    }

    async fn restore_snapshot(&self, request: RestoreSnapshot) -> Result<Restored, ApiError> {
        self.restore(request).await
    }

    async fn recently_deleted(&self, (): ()) -> Result<Vec<DeletedNote>, ApiError> {
        let notes = self.store().recently_deleted().await.map_err(store_error)?;
        Ok(notes.into_iter().map(convert::deleted_note).collect())
    }

    async fn forget_deleted(&self, request: NoteRefs) -> Result<Touched, ApiError> {
        let ids = ids(&request.ids, note_id)?;
        let forgotten = self.store().forget_deleted(ids).await;
        forgotten.map(touched).map_err(store_error)
    }

    async fn create_notebook(&self, request: CreateNotebook) -> Result<NotebookRow, ApiError> {
        let parent = request.parent.as_deref().map(notebook_id).transpose()?;
        let (id, now) = (self.surroundings().id(), self.now());
        let created = self
            .store()
            .create_notebook(request.name, parent, id, now)
            .await;
        created.map(convert::notebook_row).map_err(notebook_error)
    }

    async fn rename_notebook(&self, request: Rename) -> Result<(), ApiError> {
        let id = notebook_id(&request.id)?;
        let renamed = self
            .store()
            .rename_notebook(id, request.name, self.now())
            .await;
        renamed.map_err(notebook_error)
    }

    async fn set_notebook_icon(&self, request: SetNotebookIcon) -> Result<(), ApiError> {
        let id = notebook_id(&request.id)?;
        let icon = request.icon.map(convert::notebook_icon).transpose()?;
        let set = self.store().set_notebook_icon(id, icon, self.now()).await;
        set.map_err(notebook_error)
    }

    async fn move_notebook(&self, request: MoveNotebook) -> Result<(), ApiError> {
        let id = notebook_id(&request.id)?;
        let parent = request.parent.as_deref().map(notebook_id).transpose()?;
        self.store()
            .move_notebook(id, parent, self.now())
            .await
            .map_err(notebook_error)
    }

    async fn arrange_notebook(&self, request: ArrangeNotebook) -> Result<(), ApiError> {
        let id = notebook_id(&request.id)?;
        let parent = request.parent.as_deref().map(notebook_id).transpose()?;
        let before = request.before.as_deref().map(notebook_id).transpose()?;
        let arranged = self
            .store()
            .arrange_notebook(id, parent, before, self.now())
            .await;
        arranged.map_err(notebook_error)
    }

    async fn delete_notebook(&self, request: Id) -> Result<Touched, ApiError> {
        let id = notebook_id(&request.id)?;
        self.store()
            .delete_notebook(id, self.now())
            .await
            .map(touched)
            .map_err(notebook_error)
    }

    async fn create_tag(&self, request: CreateTag) -> Result<TagRow, ApiError> {
        let color = convert::color_from(request.color);
        let (id, now) = (self.surroundings().id(), self.now());
        let created = self.store().create_tag(request.name, color, id, now).await;
        created.map(convert::tag_row).map_err(tag_error)
    }

    async fn rename_tag(&self, request: Rename) -> Result<(), ApiError> {
        let id = tag_id(&request.id)?;
        self.store()
            .rename_tag(id, request.name, self.now())
            .await
            .map_err(tag_error)
    }

    async fn set_tag_color(&self, request: SetTagColor) -> Result<(), ApiError> {
        let (id, color) = (tag_id(&request.id)?, convert::color_from(request.color));
        self.store()
            .set_tag_color(id, color, self.now())
            .await
            .map_err(tag_error)
    }

    async fn delete_tag(&self, request: Id) -> Result<Touched, ApiError> {
        let id = tag_id(&request.id)?;
        self.store()
            .delete_tag(id, self.now())
            .await
            .map(touched)
            .map_err(tag_error)
    }

    async fn add_attachment(&self, request: AddAttachment) -> Result<AddedAttachment, ApiError> {
        self.add(request).await
    }

    async fn render(&self, request: Render) -> Result<Rendered, ApiError> {
        Ok(about::render(&request))
    }

    async fn export_items(&self, (): ()) -> Result<ExportedItems, ApiError> {
        self.export_all().await
    }

    async fn save_items(&self, (): ()) -> Result<SavedReport, ApiError> {
        self.save_all().await
    }

    async fn import_items(&self, request: ImportItems) -> Result<ImportedItems, ApiError> {
        self.import_all(request).await
    }

    async fn settings(&self, (): ()) -> Result<Settings, ApiError> {
        config::preferences(self.store()).await.map_err(store_error)
    }

    async fn save_settings(&self, request: Settings) -> Result<(), ApiError> {
        config::save_preferences(self.store(), &request)
            .await
            .map_err(store_error)?;
        self.logs().set_verbose(request.verbose_logging);
        self.expire_history(request.history_days).await?;
        self.tell(Event::SettingsChanged);
        Ok(())
    }

    async fn user_styles(&self, (): ()) -> Result<UserStyles, ApiError> {
        Ok(about::user_styles(&self.directories().data).await)
    }

    async fn ui_state(&self, (): ()) -> Result<UiState, ApiError> {
        let state = config::ui_state(self.store()).await.map_err(store_error)?;
        Ok(UiState { state })
    }

    async fn save_ui_state(&self, request: UiState) -> Result<(), ApiError> {
        config::save_ui_state(self.store(), request.state)
            .await
            .map_err(store_error)
    }

    async fn sync_settings(&self, (): ()) -> Result<SyncSettings, ApiError> {
        self.worker().settings().await
    }

    async fn parse_address(&self, request: PastedAddress) -> Result<ParsedAddress, ApiError> {
        let parsed = crate::worker::parse_address(&request.text)?;
        if let Some(password) = &parsed.password {
            self.logs().redactor().learn(password);
        }
        Ok(parsed)
    }

    async fn test_remote(&self, request: RemoteForm) -> Result<RemoteReport, ApiError> {
        self.test(request).await
    }

    async fn test_server(&self, request: HostedAccount) -> Result<RemoteReport, ApiError> {
        Engine::test_server(self, request).await
    }

    async fn create_database(&self, request: RemoteForm) -> Result<RemoteReport, ApiError> {
        self.worker().create_database(&request).await?;
        self.test(request).await
    }

    async fn compare_sides(&self, request: RemoteForm) -> Result<Sides, ApiError> {
        self.worker().sides(request).await
    }

    async fn server_setup(&self, request: RemoteForm) -> Result<ServerSetup, ApiError> {
        self.worker().server_setup(request).await
    }

    async fn restrict_database(&self, request: RestrictDatabase) -> Result<ServerSetup, ApiError> {
        self.worker().restrict(request).await
    }

    async fn prepare_for_mobile(&self, request: RemoteForm) -> Result<ServerSetup, ApiError> {
        self.worker().prepare_for_mobile(request).await
    }

    async fn server_limits(&self, request: RemoteForm) -> Result<ServerLimits, ApiError> {
        self.worker().server_limits(request).await
    }

    async fn create_setup_link(&self, request: CreateSetupLink) -> Result<SetupLink, ApiError> {
        self.logs().redactor().learn(&request.passphrase);
        self.worker().create_setup_link(request).await
    }

    async fn open_setup_link(&self, request: OpenSetupLink) -> Result<ParsedAddress, ApiError> {
        self.logs().redactor().learn(&request.passphrase);
        let opened = crate::worker::open_setup_link(request).await?;
        if let Some(password) = &opened.password {
            self.logs().redactor().learn(password);
        }
        Ok(opened)
    }

    async fn create_vault(&self, request: CreateVault) -> Result<VaultKit, ApiError> {
        self.worker().create_vault(request).await
    }

    async fn open_vault(&self, request: OpenVault) -> Result<RemoteReport, ApiError> {
        let form = request.form.clone();
        self.worker().open_vault(request).await?;
        self.test(form).await
    }

    async fn vault_kit(&self, request: ConfirmVault) -> Result<VaultKit, ApiError> {
        self.worker().vault_kit(request).await
    }

    async fn change_vault_passphrase(
        &self,
        request: ChangeVaultPassphrase,
    ) -> Result<VaultKit, ApiError> {
        self.worker().change_vault_passphrase(request).await
    }

    async fn begin_conversion(
        &self,
        request: BeginConversion,
    ) -> Result<BegunConversion, ApiError> {
        self.worker().begin_conversion(request).await
    }

    async fn conversion(&self, (): ()) -> Result<Option<Conversion>, ApiError> {
        Ok(self.worker().conversion())
    }

    async fn wait_for_conversion(&self, (): ()) -> Result<Option<Conversion>, ApiError> {
        Ok(self.worker().wait_for_conversion().await)
    }

    async fn continue_conversion(&self, (): ()) -> Result<Conversion, ApiError> {
        self.worker().continue_conversion().await
    }

    async fn end_conversion(&self, (): ()) -> Result<(), ApiError> {
        self.worker().end_conversion().await
    }

    async fn proxy_settings(&self, (): ()) -> Result<ProxySettings, ApiError> {
        Ok(self.worker().proxy().await)
    }

    async fn save_proxy(&self, request: SaveProxy) -> Result<ProxySettings, ApiError> {
        self.worker().save_proxy(request).await
    }

    async fn apply_sync(&self, request: ApplySync) -> Result<Applied, ApiError> {
        let report = match &request {
            ApplySync::Off => None,
            ApplySync::Couchdb { form, .. } => Some(self.test(form.clone()).await?),
        };
        self.worker().apply(request, report).await
    }

    async fn enter_password(&self, request: EnterPassword) -> Result<SyncSettings, ApiError> {
        self.worker().enter_password(request).await
    }

    async fn hosted_sign_up(&self, request: HostedSignUp) -> Result<HostedSignedUp, ApiError> {
        self.worker().sign_up(request).await
    }

    async fn hosted_sign_in(&self, request: HostedSignIn) -> Result<SyncSettings, ApiError> {
        self.worker().sign_in(request).await
    }

    async fn hosted_sign_out(&self, request: HostedSignOut) -> Result<SyncSettings, ApiError> {
        self.worker().sign_out(request).await
    }

    async fn hosted_change_password(
        &self,
        request: HostedChangePassword,
    ) -> Result<RecoveryKit, ApiError> {
        self.worker().change_password(request).await
    }

    async fn hosted_recovery_kit(&self, request: HostedConfirm) -> Result<RecoveryKit, ApiError> {
        self.worker().recovery_kit(request).await
    }

    async fn hosted_delete_account(
        &self,
        request: HostedConfirm,
    ) -> Result<SyncSettings, ApiError> {
        self.worker().delete_account(request).await
    }

    async fn hosted_options(&self, request: HostedOptions) -> Result<SyncSettings, ApiError> {
        self.worker().hosted_options(request).await
    }

    async fn hosted_warnings(&self, (): ()) -> Result<Vec<HostedWarning>, ApiError> {
        self.worker().hosted_warnings().await
    }

    async fn dismiss_hosted_warnings(&self, (): ()) -> Result<(), ApiError> {
        self.worker().dismiss_hosted_warnings().await
    }

    async fn choose_secret_store(
        &self,
        request: ChooseSecretStore,
    ) -> Result<SyncSettings, ApiError> {
        self.worker().choose_secret_store(request.store).await
    }

    async fn sync_status(&self, (): ()) -> Result<SyncStatus, ApiError> {
        self.worker().status().await
    }

    async fn sync_now(&self, (): ()) -> Result<SyncRound, ApiError> {
        self.worker().now().await
    }

    async fn pause_sync(&self, (): ()) -> Result<(), ApiError> {
        self.worker().pause().await
    }

    async fn resume_sync(&self, (): ()) -> Result<(), ApiError> {
        self.worker().resume().await
    }

    async fn reset_sync(&self, request: ResetSync) -> Result<(), ApiError> {
        self.worker().reset(request.direction).await
    }

    async fn answer_guard(&self, request: AnswerGuard) -> Result<(), ApiError> {
        self.worker().answer(request.answer).await
    }

    async fn list_held_back(&self, (): ()) -> Result<Vec<HeldBackItem>, ApiError> {
        self.worker().held_back().await
    }

    async fn retry_held_back(&self, (): ()) -> Result<(), ApiError> {
        self.worker().retry_held_back().await
    }

    async fn retry_item(&self, request: Id) -> Result<(), ApiError> {
        self.worker().retry_item(request.id).await
    }

    async fn skip_item(&self, request: Id) -> Result<(), ApiError> {
        self.worker().skip_item(request.id).await
    }

    async fn list_activity(&self, request: ListActivity) -> Result<Activity, ApiError> {
        self.activity(request).await
    }

    async fn activity_report(&self, request: SupportOptions) -> Result<ReportText, ApiError> {
        self.activity_text(request).await
    }

    async fn save_activity_report(&self, request: SupportOptions) -> Result<SavedReport, ApiError> {
        let text = self.activity_text(request).await?;
        self.save_text(text).await
    }

    async fn start_diagnosis(&self, request: StartDiagnosis) -> Result<Diagnosis, ApiError> {
        self.begin_diagnosis(request).await
    }

    async fn diagnosis(&self, (): ()) -> Result<Option<Diagnosis>, ApiError> {
        Ok(self.newest_diagnosis())
    }

    async fn wait_for_diagnosis(&self, request: RunRef) -> Result<Diagnosis, ApiError> {
        self.finished_diagnosis(request).await
    }

    async fn cancel_diagnosis(&self, request: RunRef) -> Result<(), ApiError> {
        self.end_diagnosis(request)
    }

    async fn apply_fix(&self, request: ApplyFix) -> Result<AppliedFix, ApiError> {
        self.carry_out(request).await
    }

    async fn undo_fix(&self, request: UndoFix) -> Result<(), ApiError> {
        self.take_back(request).await
    }

    async fn diagnosis_report(&self, request: ReportOptions) -> Result<ReportText, ApiError> {
        self.diagnosis_text(request)
    }

    async fn save_diagnosis_report(&self, request: ReportOptions) -> Result<SavedReport, ApiError> {
        self.save_diagnosis(request).await
    }

    async fn support_bundle(&self, request: SupportOptions) -> Result<ReportText, ApiError> {
        support::bundle(self, request).await
    }

    async fn save_support_bundle(&self, request: SupportOptions) -> Result<SavedReport, ApiError> {
        let text = support::bundle(self, request).await?;
        self.save_text(text).await
    }
}
