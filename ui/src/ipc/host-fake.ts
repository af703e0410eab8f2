// The whole contract in memory, so that the window runs in any browser: for tests, for pictures and
// for work on the window alone. Options come from the page's address:
// `?notes=100000`, `?notes=0`, `?sync=idle|offline|…`, `?keyring=none`, `?latency=50`, `?platform=macos`.

import type { ApiError, CouchFields, Event, HeldBackItem, ProxySettings, RemoteReport, ReportText, ResetDirection, SecretStore, Settings, ShellEvent, SyncSettings, SyncState, SyncStatus, SyncTarget, Touched } from './generated';
import type { CommandName, Host, RequestOf, ResponseOf } from './host';
import { settingsDefaults } from './defaults';
import { FakeAccounts } from './fake/account';
import { FakeActivity } from './fake/activity';
import { FakeDiagnosis } from './fake/diagnosis';
import type { Handlers } from './fake/handlers';
import { FakeHistory, contentOf } from './fake/history';
import { itemsFile } from './fake/items-file';
import { states, type FakeOptions } from './fake/options';
import { organising } from './fake/organising';
import { FakeVaults } from './fake/vault';
import { saveProxy, type FakeProxy } from './fake/proxy';
import { FakeRemote, asks, display, hostOf, parseAddress } from './fake/remote';
import { closeLink, openLink, tokenEnd } from './fake/setup-link';
import { render } from './fake/render';
import { blank, demo, many, takenAway, trashed, type SeedLeaf, type SeedNote } from './fake/seed';
import { FakeStore, refuse, type Row } from './fake/store';

export { optionsFrom } from './fake/options';

export class FakeHost implements Host {
  readonly answeredAhead = false;
  readonly families = null;
  readonly store: FakeStore;
  readonly history: FakeHistory;
  private readonly vaults = new FakeVaults(
    (conversion) => { this.emit({ type: 'conversionChanged', conversion }); },
    (fields) => { this.movedTo(fields); },
  );
  /** Read and changed by tests. */
  readonly remote = new FakeRemote(this.vaults);
  /** Read and changed by tests. */
  readonly accounts = new FakeAccounts();
  private readonly doctor: FakeDiagnosis;
  /** Read and changed by tests. */
  readonly activity: FakeActivity;
  /** What was said through the system to somebody who looks elsewhere. */
  readonly called: string[] = [];
  /** The key the system hands over, if any. */
  quickNoteKey = '';
  /** The newest call of each lane. */
  private readonly lanes = new Map<string, object>();
  private listeners: ((event: Event) => void)[] = [];
  private shellListeners: ((event: ShellEvent) => void)[] = [];
  private readonly pictures = new Map<string, string>();
  private settings: Settings = { ...settingsDefaults, spellCheck: false };
  private ui: unknown = null;
  private state: SyncState;
  private replacing: ResetDirection | null = null;
  private syncSettings: SyncSettings;
  private password = '';
  private proxy: FakeProxy = { setting: { kind: 'system' }, password: null };
  private lastSuccess: number | null = null;
  /** The next save fails with this; set by tests. */
  failSaves: ApiError | null = null;
  /** Links that went to the system's browser; read by tests. */
  readonly opened: string[] = [];
  closed = false;
  /** The person's own style sheet; set by tests. */
  styles = '';
  /** How often the window asked not to be closed; read by tests. */
  stayed = 0;
  /** Notes that got windows of their own; read by tests. */
  readonly windows: string[] = [];
  /** How often a note went to the printer; read by tests. */
  printed = 0;

  constructor(private readonly options: FakeOptions, private readonly now: () => number = Date.now) {
    const seed = options.notes === null ? demo : options.notes === 0 ? blank : many(options.notes);
    this.store = new FakeStore(seed, options.notes === null ? trashed : [], now);
    this.doctor = new FakeDiagnosis((event) => { this.emit(event); }, now, options.diagnosis ?? null, (database, vault) => this.vaults.keyFound(database, vault));
    this.history = new FakeHistory(this.store, now);
    for (const note of seed.notes) this.plantPast(note);
    if (options.notes === null) {
      for (const note of takenAway) {
        const row = this.store.plantDeleted(note);
        this.history.deleted(row);
        this.store.notes.delete(note.id);
      }
    }
    this.state = (states[options.sync] ?? states['off'])?.(now()) ?? { kind: 'off' };
    const store: SecretStore = options.keyring ? 'keyring' : 'unavailable';
    const fields: CouchFields = { address: 'https://couch.example.org:6984', database: 'notes-anna', ...(options.sync === 'tokenExpired' ? { user: '', token: true } : { user: 'anna' }) };
    this.syncSettings = this.state.kind === 'off'
      ? { target: { kind: 'off' }, secretStore: store, hasPassword: false }
      : { target: { kind: 'couchdb', fields, display: display(fields), encryption: 'off' }, secretStore: store, hasPassword: true };
    if (this.state.kind !== 'off') {
      this.password = 'secret';
      this.lastSuccess = now() - 12_000;
    }
    this.activity = new FakeActivity(now, {
      title: (id) => this.store.notes.get(id)?.title ?? null,
      some: (count) => [...this.store.notes.keys()].slice(0, count),
    }, () => { this.emit({ type: 'activityChanged' }); });
    if (options.sync === 'attention') this.activity.hold([this.heavy()]);
    if (this.state.kind !== 'off' && options.activity !== 'none') this.activity.seed(display(fields).replace(/^.*@/, ''), options.activity === 'long');
  }

  async call<K extends CommandName>(name: K, request: RequestOf<K>, lane?: string): Promise<ResponseOf<K>> {
    // Structured clone on both ways, as across a process: nobody shares an object with the engine.
    const sent = structuredClone(request);
    const ticket = {};
    if (lane !== undefined) this.lanes.set(lane, ticket);
    await new Promise((done) => (this.options.latency > 0 ? setTimeout(done, this.options.latency) : queueMicrotask(() => done(null))));
    if (lane !== undefined && this.lanes.get(lane) !== ticket) refuse('cancelled');
    return structuredClone(await (this.handlers[name] as (r: RequestOf<K>) => ResponseOf<K> | Promise<ResponseOf<K>>)(sent));
  }

  async listen(onEvent: (event: Event) => void, onShell: (event: ShellEvent) => void): Promise<void> {
    this.listeners.push(onEvent);
    this.shellListeners.push(onShell);
  }

  attachmentUrl(id: string): string {
    return this.pictures.get(id) ?? 'data:,';
  }

  /** There is no web in here: the picture is the name of its host. */
  webPictureUrl(address: string): string {
    const name = new URL(address).host.replace(/[^\w.:-]/g, '');
    return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="320" height="180" fill="#8886"/><text x="160" y="96" text-anchor="middle" font-family="sans-serif" font-size="16" fill="#888">${name}</text></svg>`)}`;
  }

  shell(event: ShellEvent): void {
    for (const listener of this.shellListeners) listener(event);
  }

  /** Another device changed a note. */
  remoteEdit(id: string, change: (row: Row) => void): void {
    const row = this.store.row(id);
    change(row);
    this.store.touch(row);
    this.changed([id], 'sync');
  }

  private plantPast(note: SeedNote): void {
    const row = this.store.row(note.id);
    for (const leaf of note.others ?? []) this.history.branch(row, leaf);
    for (const version of [...(note.versions ?? [])].reverse()) {
      const content = { ...contentOf(row), title: version.title ?? row.title, body: version.body, tags: version.tags ?? row.tags, updatedAt: this.now() - version.age * 60_000 };
      this.history.plant(note.id, version.reason, content, this.now() - version.kept * 60_000);
    }
  }

  /** Another device changed the same words. */
  remoteConflict(id: string, leaf: SeedLeaf): void {
    const row = this.store.row(id);
    this.history.branch(row, leaf);
    this.store.touch(row);
    this.changed([id], 'sync');
    this.announce();
  }

  /** Another device deleted a note for good. */
  remoteDelete(id: string): void {
    this.history.deleted(this.store.row(id));
    this.store.notes.delete(id);
    this.changed([id], 'sync');
  }

  setSync(state: SyncState): void {
    this.state = state;
    this.announce();
  }

  private emit(event: Event): void {
    // After the answer of the command that caused it, like events of another thread.
    setTimeout(() => { for (const listener of this.listeners) listener(structuredClone(event)); }, 0);
  }

  private changed(ids: string[], origin: 'local' | 'sync' = 'local'): Touched {
    this.store.changed();
    this.emit({ type: 'notesChanged', origin, notes: ids.map((id) => {
      const row = this.store.notes.get(id);
      return { id, change: row === undefined ? 'deleted' as const : row.version === 1 ? 'created' as const : 'updated' as const, version: row === undefined ? null : String(row.version) };
    }) });
    this.emit({ type: 'sidebarChanged' });
    return { notes: ids.length };
  }

  private each(ids: string[], change: (row: Row) => void): Touched {
    for (const id of ids) {
      const row = this.store.row(id);
      change(row);
      row.version += 1;
    }
    return this.changed(ids);
  }

  private status(): SyncStatus {
    const { target } = this.syncSettings;
    const conflicts = this.store.sidebar().conflicts;
    return { state: this.state.kind === 'idle' && conflicts > 0 ? { kind: 'attention' } : this.state, remote: target.kind === 'off' ? null : target.display, proxy: this.state.kind === 'error' && this.state.code.startsWith('proxy') ? 'proxy.example.org:3128' : null, lastSuccess: this.lastSuccess, waiting: this.state.kind === 'offline' ? 3 : 0, conflicts, heldBack: this.held().filter((item) => !item.skipped).length, replacing: this.replacing };
  }

  private support(hideNames: boolean): ReportText {
    const status = this.status();
    const run = this.doctor.get();
    const lines = [
      'Sheaf 0.1.0 on linux (x86_64), support bundle', 'It holds no passwords, no titles and no text of notes.', '', '== Sync', `with: ${status.remote ?? 'off'}`, `state: ${status.state.kind}`, `waiting: ${status.waiting}, conflicts: ${status.conflicts}, held back: ${status.heldBack}`, '',
      '== Network diagnosis', run === null ? 'none since Sheaf was started' : this.doctor.report(run.run, hideNames).text, '', '== Crashes', 'none', '', '== Log', '2026-11-21T13:32:00Z  INFO sheaf_engine::worker: sync did pulled=2 pushed=1', '',
    ];
    const { target } = this.syncSettings;
    let text = lines.join('\n');
    if (hideNames && target.kind === 'couchdb') for (const name of [hostOf(target.fields).replace(/:\d+$/, ''), target.fields.user, target.fields.database].sort((a, b) => b.length - a.length)) text = text.replaceAll(name, '(hidden)');
    return { text, fileName: `sheaf-support-${new Date(this.now()).toISOString().slice(0, 10)}.txt` };
  }

  private announce(): void {
    this.emit({ type: 'syncStatusChanged', status: this.status() });
  }

  private heavy(): HeldBackItem {
    return { id: 'note:heating', name: 'Heizung entlüften', reason: { kind: 'refused', detail: '413 document_too_large' }, since: this.now() - 3_600_000, retryable: true, skipped: false };
  }

  private held(): HeldBackItem[] {
    return this.activity.held();
  }

  set heldBack(on: boolean) {
    this.activity.hold(on ? [this.heavy()] : []);
  }

  /** With the account's or the database's own name, as the log shows it. */
  private place(): string {
    const { target } = this.syncSettings;
    return target.kind === 'off' ? '' : target.display.replace(/^[^@/]*@(?=[^@]*\/)/, '');
  }

  private readonly handlers: Handlers = {
    app_info: () => ({ version: '0.1.0', platform: this.options.platform, dataDir: '/home/anna/.local/share/sheaf', logDir: '/home/anna/.local/state/sheaf', notes: this.store.sidebar().all, attachments: this.pictures.size, historyBytes: this.history.bytes() }),
    sidebar: () => this.store.sidebar(),
    list_notes: (r) => this.store.list(r),
    find_titles: (r) => this.store.findTitles(r.typed, Math.min(100, r.limit)),
    mentions: (r) => this.store.mentions(r.id),
    relink: (r) => {
      const ids = this.store.relink(r.id, r.from, r.to);
      return ids.length > 0 ? this.changed(ids) : { notes: 0 };
    },
    get_note: (r) => this.store.detail(this.store.row(r.id)),
    create_note: (r) => {
      const id = this.store.fresh('note');
      const now = this.now();
      this.store.notes.set(id, { id, title: r.title, body: r.body, place: { kind: 'notebook', id: r.notebook ?? 'book:first' }, before: null, tags: r.tags, status: r.status, pinned: false, created: now, updated: now, version: 1, others: [] });
      this.changed([id]);
      return this.store.detail(this.store.row(id));
    },
    update_note: (r) => {
      if (this.failSaves !== null) throw this.failSaves;
      const row = this.store.row(r.id);
      if (String(row.version) === r.base) this.history.session(row);
      const outcome = this.store.update(r.id, r.base, { ...(r.title === undefined ? {} : { title: r.title }), ...(r.body === undefined ? {} : { body: r.body }) });
      if (outcome.outcome === 'saved') this.changed([r.id]);
      return outcome;
    },
    duplicate_note: (r) => {
      const row = this.store.row(r.id);
      const id = this.store.fresh('note');
      this.store.notes.set(id, { ...row, id, tags: [...row.tags], pinned: false, created: this.now(), updated: this.now(), version: 1, others: [] });
      this.changed([id]);
      return this.store.detail(this.store.row(id));
    },
    move_notes: (r) => this.each(r.ids, (row) => { row.place = { kind: 'notebook', id: r.notebook }; }),
    set_status: (r) => this.each(r.ids, (row) => { row.status = r.status; }),
    set_pinned: (r) => this.each(r.ids, (row) => { row.pinned = r.pinned; }),
    change_tags: (r) => this.each(r.ids, (row) => { row.tags = [...new Set([...row.tags.filter((t) => !r.remove.includes(t)), ...r.add])]; }),
    trash_notes: (r) => this.each(r.ids, (row) => {
      if (row.place.kind === 'notebook') row.before = row.place.id;
      row.place = { kind: 'trash' };
    }),
    restore_notes: (r) => this.each(r.ids, (row) => { row.place = { kind: 'notebook', id: r.notebook ?? row.before ?? 'book:first' }; }),
    delete_notes: (r) => this.forget(r.ids),
    empty_trash: () => this.forget([...this.store.notes.keys()]),
    expire_trash: () => {
      const { trashDays } = this.settings;
      const before = this.now() - trashDays * 86_400_000;
      return trashDays === 0 ? { notes: 0 } : this.forget([...this.store.notes.values()].filter((n) => n.updated < before).map((n) => n.id));
    },
    make_template: (r) => {
      const row = this.store.row(r.id);
      const id = this.store.fresh('note');
      this.store.notes.set(id, { ...row, id, place: { kind: 'template' }, tags: [...row.tags], pinned: false, created: this.now(), updated: this.now(), version: 1, others: [] });
      this.changed([id]);
      return this.store.detail(this.store.row(id));
    },
    conflict_leaves: (r) => this.history.leaves(r.id),
    resolve_conflict: (r) => {
      const outcome = this.history.resolve(r);
      if (outcome.outcome === 'decided') this.changed([r.id]);
      this.announce();
      return outcome;
    },
    resolve_conflicts: (r) => {
      const resolved = this.history.resolveMany(r.ids, r.rule);
      if (resolved.decisions.length > 0) this.changed(resolved.decisions.map((d) => d.id));
      this.announce();
      return resolved;
    },
    reopen_conflicts: (r) => {
      const back = r.decisions.filter((d) => this.history.reopen(d)).map((d) => d.id);
      const touched = back.length > 0 ? this.changed(back) : { notes: 0 };
      this.announce();
      return touched;
    },
    note_history: (r) => this.history.history(r.id),
    snapshot: (r) => this.history.version(r.id, r.snapshot),
    restore_snapshot: (r) => {
      if (r.asCopy) {
        const content = this.history.version(r.id, r.snapshot);
        const id = this.store.fresh('note');
        const now = this.now();
        this.store.notes.set(id, { id, title: content.title, body: content.body, place: content.place.kind === 'notebook' ? content.place : { kind: 'notebook', id: 'book:first' }, before: null, tags: [...content.tags], status: content.status, pinned: false, created: now, updated: now, version: 1, others: [] });
        this.changed([id]);
        return { note: this.store.detail(this.store.row(id)), replaced: null };
      }
      const replaced = this.history.restore(r.id, r.snapshot);
      this.changed([r.id]);
      return { note: this.store.detail(this.store.row(r.id)), replaced };
    },
    recently_deleted: () => this.history.recentlyDeleted(),
    forget_deleted: (r) => {
      const notes = this.history.forgetDeleted(r.ids);
      this.emit({ type: 'sidebarChanged' });
      return { notes };
    },
    ...organising(() => this.store, (ids) => this.changed(ids), () => { this.emit({ type: 'sidebarChanged' }); }),
    add_attachment: (r) => {
      const id = this.store.fresh('file');
      this.pictures.set(id, `data:${r.contentType};base64,${r.base64}`);
      const mark = r.contentType.startsWith('image/') ? '!' : '';
      return { id, name: r.name, contentType: r.contentType, markdown: `${mark}[${mark === '' ? r.name : r.name.replace(/\.\w+$/, '')}](inkdrop://${id})` };
    },
    render: (r) => render(r.source, r.allowRemoteImages),
    ...itemsFile(() => this.store, () => this.now(), (ids) => this.changed(ids), (text) => this.doctor.write(text)),
    settings: () => this.settings,
    save_settings: (r) => { this.settings = r; this.emit({ type: 'settingsChanged' }); return null; },
    user_styles: () => ({ path: '/home/anna/.local/share/sheaf/styles.css', css: this.styles }),
    ui_state: () => ({ state: this.ui }),
    save_ui_state: (r) => { this.ui = r.state; return null; },
    sync_settings: () => this.syncSettings,
    parse_address: (r) => parseAddress(r.text),
    test_remote: (r) => this.test(r.fields, r.password, r.vault),
    test_server: (r) => this.remote.testServer(r.address),
    create_database: (r) => {
      this.remote.created.add(r.fields.database);
      return this.test(r.fields, r.password);
    },
    compare_sides: (r) => this.remote.sides(r.fields, this.travelling()),
    server_setup: (r) => this.remote.setup(r.fields),
    restrict_database: (r) => this.remote.restrict(r.form.fields, r.name),
    prepare_for_mobile: (r) => this.remote.prepare(r.fields),
    server_limits: (r) => this.remote.limits(r.fields),
    create_setup_link: (r) => {
      const { target } = this.syncSettings;
      if (target.kind !== 'couchdb') return refuse('syncOff');
      if (r.password !== null && r.password !== this.password) return refuse(target.fields.token === true ? 'tokenRefused' : 'unauthorised');
      return { link: closeLink(r.passphrase, { fields: target.fields, password: r.password, hints: [], vault: target.encryption === 'off' ? null : '4f1d7c02b86e4a5f9d3b5e07c2a1f694' }) };
    },
    open_setup_link: (r) => {
      const opened = openLink(r.link, r.passphrase);
      const ends = opened.fields.token === true && opened.password !== null ? tokenEnd(opened.password) : null;
      return ends === null ? opened : { ...opened, tokenExpires: ends };
    },
    reset_sync: (r) => {
      if (this.state.kind === 'off') refuse('syncOff');
      this.replace(r.direction);
      return null;
    },
    create_vault: (r) => {
      const kit = this.vaults.create(r.form.fields, r.passphrase, this.remote.isEmpty(r.form.fields.database));
      this.encryptionChanged();
      return kit;
    },
    open_vault: (r) => {
      this.vaults.enter(r.form.fields, r.proof);
      this.encryptionChanged();
      if (this.state.kind === 'blocked') this.settle();
      return this.test(r.form.fields, r.form.password, r.form.vault ?? null);
    },
    vault_kit: (r) => this.vaults.kit(this.database(), r.proof),
    change_vault_passphrase: (r) => this.vaults.change(this.database(), r.current, r.passphrase),
    begin_conversion: (r) => this.vaults.begin(this.database(), r, this.holdings(), this.options.latency + 120),
    conversion: () => this.vaults.conversion,
    wait_for_conversion: () => this.vaults.conversion,
    continue_conversion: () => this.vaults.carryOn(this.holdings(), this.options.latency + 120),
    end_conversion: () => {
      this.vaults.end();
      return null;
    },
    proxy_settings: () => this.shownProxy(),
    save_proxy: (r) => {
      if (r.setting.kind === 'manual' && r.setting.user !== '' && r.password !== null && this.syncSettings.secretStore === 'unavailable') refuse('secretStore');
      this.proxy = saveProxy(this.proxy, r);
      return this.shownProxy();
    },
    apply_sync: (r) => this.apply(r),
    enter_password: (r) => {
      this.password = r.password;
      if (r.password !== 'wrong') this.settle();
      this.syncSettings = { ...this.syncSettings, hasPassword: true };
      this.readToken();
      return this.syncSettings;
    },
    hosted_sign_up: (r) => {
      if (this.syncSettings.secretStore === 'unavailable') refuse('secretStore');
      const { target, kit } = this.accounts.signUp(r);
      return { settings: this.enterAccount(target), kit };
    },
    hosted_sign_in: (r) => {
      if (this.syncSettings.secretStore === 'unavailable') refuse('secretStore');
      return this.enterAccount(this.accounts.signIn(r));
    },
    hosted_sign_out: (r) => {
      if (!r.keepNotes) {
        if (this.held().length > 0) refuse('unsent');
        const all = [...this.store.notes.keys()];
        for (const id of all) this.store.notes.delete(id);
        this.changed(all);
      }
      return this.leaveAccount();
    },
    hosted_change_password: (r) => {
      const { target, kit } = this.accounts.changePassword(this.account(), r.current, r.newPassword);
      this.syncSettings = { ...this.syncSettings, target };
      return kit;
    },
    hosted_recovery_kit: (r) => this.accounts.kit(this.account(), r.password),
    hosted_delete_account: (r) => {
      this.accounts.confirm(r.password);
      return this.leaveAccount();
    },
    hosted_options: (r) => {
      this.syncSettings = { ...this.syncSettings, target: { ...this.account(), hideSizes: r.hideSizes } };
      return this.syncSettings;
    },
    hosted_warnings: () => this.accounts.warnings,
    dismiss_hosted_warnings: () => { this.accounts.warnings = []; return null; },
    choose_secret_store: (r) => {
      if (r.store === 'keyring' && !this.options.keyring) refuse('secretStore');
      this.syncSettings = { ...this.syncSettings, secretStore: r.store };
      return this.syncSettings;
    },
    sync_status: () => this.status(),
    sync_now: () => {
      if (this.state.kind === 'off') refuse('syncOff');
      if (this.state.kind === 'blocked') refuse(this.state.code);
      this.settle();
      return { pulled: 0, pushed: 0, conflicts: this.store.sidebar().conflicts, heldBack: this.held().length };
    },
    pause_sync: () => { this.setSync({ kind: 'paused' }); return null; },
    resume_sync: () => { this.settle(); return null; },
    answer_guard: (r) => {
      if (r.answer === 'replaceHere' || r.answer === 'replaceRemote') this.replace(r.answer === 'replaceHere' ? 'pull' : 'push');
      else this.settle();
      return null;
    },
    list_held_back: () => this.held(),
    retry_held_back: () => {
      this.activity.retryAll(this.place());
      this.announce();
      return null;
    },
    retry_item: (r) => {
      this.activity.retry(r.id, this.place());
      this.announce();
      return null;
    },
    skip_item: (r) => {
      this.activity.skip(r.id, this.place());
      this.announce();
      return null;
    },
    list_activity: (r) => this.activity.list(r),
    activity_report: (r) => this.activityReport(r.hideNames),
    save_activity_report: (r) => this.doctor.write(this.activityReport(r.hideNames)),
    start_diagnosis: (r) => this.doctor.start(r, this.syncSettings.target.kind === 'couchdb' ? this.syncSettings.target.fields : null, this.password),
    diagnosis: () => this.doctor.get(),
    wait_for_diagnosis: (r) => this.doctor.wait(r.run),
    cancel_diagnosis: (r) => this.doctor.cancel(r.run),
    apply_fix: (r) => {
      const done = this.doctor.apply(r.run, r.fix);
      if (done.fix.kind === 'createDatabase') this.remote.created.add(done.fix.name);
      return done;
    },
    undo_fix: (r) => this.doctor.undo(r.id),
    diagnosis_report: (r) => this.doctor.report(r.run, r.hideNames),
    save_diagnosis_report: (r) => this.doctor.save(r.run, r.hideNames),
    support_bundle: (r) => this.support(r.hideNames),
    save_support_bundle: (r) => this.doctor.write(this.support(r.hideNames)),
    open_link: (r) => {
      if (!/^(https?|mailto):/.test(r.url)) refuse('invalid', 'scheme');
      this.opened.push(r.url);
      return null;
    },
    open_folder: () => null,
    clipboard_image: () => null,
    ready_to_close: () => { this.closed = true; return null; },
    stay_open: () => { this.stayed += 1; return null; },
    close_window: () => { this.shell({ type: 'closeRequested' }); return null; },
    quit: () => { this.shell({ type: 'closeRequested' }); return null; },
    open_note_window: ({ id }) => { this.windows.push(id); return null; },
    open_quick_note: () => { this.windows.push('new'); return null; },
    use_quick_note_key: ({ key }) => {
      // One that another program has: Ctrl+Alt+Delete, as everywhere.
      if (key !== null) this.quickNoteKey = /Delete$/.test(key) ? '' : key;
      return { works: key === '' || this.quickNoteKey !== '' };
    },
    call_for_person: ({ title, body }) => { this.called.push(`${title}: ${body}`); return null; },
    zoom: ({ percent }) => { document.documentElement.style.setProperty('zoom', String(percent / 100)); return null; },
    print: () => { this.printed += 1; return null; },
  };

  private activityReport(hideNames: boolean): ReportText {
    const { target } = this.syncSettings;
    const names = target.kind === 'couchdb' ? [hostOf(target.fields).replace(/:\d+$/, ''), target.fields.user, target.fields.database] : [];
    return this.activity.report(hideNames ? names.sort((a, b) => b.length - a.length) : []);
  }

  private test(fields: CouchFields, password: string | null, vault: string | null = null): RemoteReport {
    const given = password ?? this.password;
    return this.remote.test(fields, given, this.doctor.test(fields, given, vault));
  }

  private settle(): void {
    this.lastSuccess = this.now();
    this.setSync({ kind: 'idle' });
  }

  private travelling(): number {
    return this.store.notes.size;
  }

  /** Counts for a moment, and is done. */
  private replace(direction: ResetDirection): void {
    this.replacing = direction === 'cancel' ? null : direction;
    if (direction === 'cancel') return this.settle();
    this.setSync({ kind: direction === 'pull' ? 'pulling' : 'pushing', done: 140, total: 482 });
    setTimeout(() => { this.replacing = null; this.settle(); }, this.options.latency + 400);
  }

  private forget(ids: string[]): Touched {
    const gone = ids.filter((id) => this.store.notes.get(id)?.place.kind === 'trash');
    for (const id of gone) {
      this.store.notes.delete(id);
      this.history.forget(id);
    }
    return this.changed(gone);
  }

  /** The database in use. */
  private database(): CouchFields {
    const { target } = this.syncSettings;
    return target.kind === 'couchdb' ? target.fields : refuse('syncOff');
  }

  private holdings(): { notes: number; notebooks: number; tags: number; attachments: number } {
    return { notes: this.travelling(), notebooks: 9, tags: 14, attachments: 3 };
  }

  private encryptionChanged(): void {
    const { target } = this.syncSettings;
    if (target.kind === 'couchdb') this.syncSettings = { ...this.syncSettings, target: { ...target, encryption: this.vaults.encryption(target.fields.database) } };
  }

  private movedTo(fields: CouchFields): void {
    this.syncSettings = { ...this.syncSettings, target: { kind: 'couchdb', fields, display: display(fields), encryption: this.vaults.encryption(fields.database) } };
    this.settle();
  }

  private account(): Extract<SyncTarget, { kind: 'hosted' }> {
    const { target } = this.syncSettings;
    return target.kind === 'hosted' ? target : refuse('syncOff');
  }

  private enterAccount(target: SyncTarget): SyncSettings {
    this.syncSettings = { ...this.syncSettings, target, hasPassword: true };
    this.settle();
    return this.syncSettings;
  }

  private leaveAccount(): SyncSettings {
    this.syncSettings = { ...this.syncSettings, target: { kind: 'off' }, hasPassword: false };
    this.setSync({ kind: 'off' });
    return this.syncSettings;
  }

  private shownProxy(): ProxySettings {
    return { setting: this.proxy.setting, secretStore: this.syncSettings.secretStore, hasPassword: this.proxy.password !== null };
  }

  /** When the token in use says that it ends. */
  private readToken(): void {
    const { tokenExpires: _, ...rest } = this.syncSettings;
    const { target } = rest;
    const ends = target.kind === 'couchdb' && target.fields.token === true ? tokenEnd(this.password) : null;
    this.syncSettings = ends === null ? rest : { ...rest, tokenExpires: ends };
  }

  private apply(request: RequestOf<'apply_sync'>): ResponseOf<'apply_sync'> {
    if (request.kind === 'off') {
      this.syncSettings = { ...this.syncSettings, target: { kind: 'off' }, hasPassword: false };
      this.setSync({ kind: 'off' });
      return { applied: true, settings: this.syncSettings, report: null, sides: null };
    }
    if (this.syncSettings.secretStore === 'unavailable') refuse('secretStore');
    const { fields, password } = request.form;
    const report = this.test(fields, password, request.form.vault);
    const away = ['timedOut', 'unreachable', 'connectionRefused', 'hostNotFound', 'serverFault', 'rateLimited', 'proxyUnreachable', 'proxyRefused'];
    const applied = report.problem === null || (request.although_unreachable && away.includes(report.problem.code));
    const sides = this.remote.sides(fields, this.travelling());
    const another = this.syncSettings.target.kind !== 'couchdb' || display(this.syncSettings.target.fields) !== display(fields);
    if (applied && report.problem === null && another && request.joining === null && asks(sides)) return { applied: false, settings: this.syncSettings, report, sides };
    if (applied) {
      if (password !== null) this.password = password;
      this.syncSettings = { ...this.syncSettings, target: { kind: 'couchdb', fields, display: display(fields), encryption: this.vaults.encryption(fields.database) }, hasPassword: this.password !== '' };
      this.readToken();
      if (fields.database === 'other') this.setSync(states['targetChanged']?.(this.now()) ?? { kind: 'idle' });
      else if (report.problem === null && request.joining !== null && request.joining !== 'merge') this.replace(request.joining === 'replaceHere' ? 'pull' : 'push');
      else if (report.problem === null) this.settle();
      else this.setSync({ kind: 'offline', retryAt: this.now() + 40_000 });
    }
    return { applied, settings: this.syncSettings, report, sides: null };
  }
}

