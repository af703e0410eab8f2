// What is typed into the sync page, and what the server said about it. Nothing typed is ever
// cleared by a failed test; nothing is in force before *Apply*.

import { asApiError, call } from '../../ipc/call';
import type { AddressHint, ApiError, CouchFields, ErrorCode, HostedAccount, Joining, ParsedAddress, RemoteForm, RemoteReport, SecretStore } from '../../ipc/generated';
import { app } from '../../state/app.svelte';

export type Choice = 'off' | 'hosted' | 'couchdb';
type Busy = 'test' | 'apply' | 'create' | null;

/** The server cannot be reached now, but may be later: these do not stand in the way of *Apply anyway*. */
const passing: readonly ErrorCode[] = ['hostNotFound', 'connectionRefused', 'timedOut', 'unreachable', 'proxyUnreachable', 'proxyRefused', 'rateLimited', 'serverFault'];

/** Kept while the window is open: going to look something up in a note costs nothing that was typed. */
let kept: SyncForm | null = null;

export function keptForm(): SyncForm {
  kept ??= new SyncForm();
  if (!kept.changed) kept.reset();
  kept.edited();
  return kept;
}

export class SyncForm {
  choice = $state<Choice>('off');
  pasted = $state('');
  pasteFailed = $state(false);
  address = $state('');
  user = $state('');
  database = $state('');
  /** A token is the secret, in place of name and password. */
  token = $state(false);
  /** `null`: use the stored one. */
  password = $state<string | null>(null);
  hints = $state.raw<readonly AddressHint[]>([]);
  /** The vault that this very database must have; a setup link said so. */
  private linked: { vault: string; address: string; database: string } | null = null;
  /** The token that a setup link brought, and when it says that it ends. */
  private carried = $state.raw<{ token: string; expires: number } | null>(null);
  report = $state.raw<RemoteReport | null>(null);
  failure = $state.raw<ApiError | null>(null);
  busy = $state.raw<Busy>(null);
  done = $state.raw<'applied' | 'off' | 'created' | null>(null);

  constructor() {
    this.reset();
  }

  /** Fills the fields with what is in force. */
  reset(): void {
    const target = app.sync.settings?.target;
    this.choice = target?.kind ?? 'off';
    if (target?.kind !== 'couchdb') return;
    this.address = target.fields.address;
    this.user = target.fields.user;
    this.database = target.fields.database;
    this.token = target.fields.token ?? false;
    this.password = null;
  }

  get fields(): CouchFields {
    const fields = { address: this.address.trim(), user: this.token ? '' : this.user.trim(), database: this.database.trim() };
    return this.token ? { ...fields, token: true } : fields;
  }

  /** The stored password belongs to the target in force and to no other. */
  get usesStored(): boolean {
    const settings = app.sync.settings;
    return this.password === null && settings?.hasPassword === true && settings.target.kind === 'couchdb' && (settings.target.fields.token ?? false) === this.token && settings.target.fields.user === this.fields.user && settings.target.fields.address === this.address.trim();
  }

  /** When the token says that it ends: the one in use, or the one that a setup link brought. What is typed is the server's to read. */
  get tokenExpires(): number | null {
    if (!this.token) return null;
    if (this.usesStored) return app.sync.settings?.tokenExpires ?? null;
    return this.carried !== null && this.carried.token === this.password ? this.carried.expires : null;
  }

  get complete(): boolean {
    return this.address.trim() !== '' && this.database.trim() !== '';
  }

  get changed(): boolean {
    const target = app.sync.settings?.target ?? { kind: 'off' };
    if (this.choice !== target.kind) return true;
    if (target.kind !== 'couchdb') return false;
    const { address, user, database } = this.fields;
    return this.password !== null || this.token !== (target.fields.token ?? false) || address !== target.fields.address || user !== target.fields.user || database !== target.fields.database;
  }

  get canApplyAnyway(): boolean {
    return this.report?.problem !== null && this.report?.problem !== undefined && passing.includes(this.report.problem.code);
  }

  choose(choice: Choice): void {
    this.choice = choice;
    this.done = null;
    this.failure = null;
  }

  /** The other way to sign in. A password is no token: what was typed as one is not sent as the other. */
  signInBy(token: boolean): void {
    this.token = token;
    this.password = null;
    this.edited();
  }

  /** A field changed: what was found out before is about something else. */
  edited(): void {
    this.report = null;
    this.failure = null;
    this.done = null;
  }

  async paste(text: string): Promise<void> {
    this.pasted = text;
    this.pasteFailed = false;
    if (text.trim() === '') return;
    if (text.trim().startsWith('sheaf://setup/')) {
      this.pasted = '';
      this.useLink(text.trim());
      return;
    }
    this.edited();
    try {
      this.fill(await call('parse_address', { text }));
    } catch {
      this.pasteFailed = true;
    }
  }

  /** A setup link of another device; its passphrase is asked for first. */
  useLink(link: string): void {
    app.overlays.open({ kind: 'setupLink', link, use: (parsed) => {
      this.edited();
      this.fill(parsed);
    } });
  }

  private fill(parsed: ParsedAddress): void {
    this.address = parsed.fields.address;
    if (parsed.fields.user !== '') this.user = parsed.fields.user;
    this.token = parsed.fields.token ?? (this.token && parsed.fields.user === '');
    if (parsed.fields.database !== '') this.database = parsed.fields.database;
    if (parsed.password !== null) {
      this.password = parsed.password;
      // The secret is in its masked field now and must not stand here in the clear.
      this.pasted = '';
    }
    this.carried = parsed.password !== null && parsed.tokenExpires !== undefined ? { token: parsed.password, expires: parsed.tokenExpires } : null;
    this.hints = parsed.hints;
    this.linked = parsed.vault === null ? null : { vault: parsed.vault, address: this.address, database: this.database };
  }

  /** An address with more in it than an address is taken apart like a pasted one. */
  async addressLeft(): Promise<void> {
    const typed = this.address.trim();
    if (typed === '') {
      this.hints = [];
      return;
    }
    try {
      const parsed = await call('parse_address', { text: typed });
      if (parsed.fields.user !== '') {
        this.user = parsed.fields.user;
        this.token = false;
      }
      if (parsed.password !== null) this.password = parsed.password;
      if (parsed.fields.database !== '' && this.database.trim() === '') this.database = parsed.fields.database;
      if (parsed.fields.database === '' || parsed.fields.database === this.database.trim()) this.address = parsed.fields.address;
      this.hints = parsed.hints.filter((h) => h !== 'noDatabase' || this.database.trim() === '').filter((h) => h !== 'databaseName');
    } catch {
      this.hints = [];
    }
  }

  form(): RemoteForm {
    // Without a typed one, the stored password goes only where it belongs.
    const { address, database } = this.fields;
    const vault = this.linked?.address === address && this.linked.database === database ? this.linked.vault : null;
    return { fields: this.fields, password: this.usesStored ? null : (this.password ?? ''), vault };
  }

  private async run(what: Busy, go: () => Promise<void>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = what;
    this.failure = null;
    this.done = null;
    try {
      await go();
    } catch (reason) {
      this.report = null;
      this.failure = asApiError(reason);
    }
    this.busy = null;
  }

  /** A database that holds nothing and is not in use yet: the time to encrypt it. */
  get mayEncrypt(): boolean {
    return this.choice === 'couchdb' && this.changed && this.report?.problem === null && this.report.documents === 0 && !this.report.encrypted;
  }

  /** After the passphrase was entered or chosen: what stood in the way is gone. */
  again(): Promise<void> {
    return this.changed && this.report !== null && this.report.problem !== null ? this.apply() : this.test();
  }

  test(): Promise<void> {
    return this.run('test', async () => {
      this.report = await call('test_remote', this.form());
    });
  }

  createDatabase(): Promise<void> {
    return this.run('create', async () => {
      this.report = await call('create_database', this.form());
      if (this.report.problem === null) this.done = 'created';
    });
  }

  apply(although = false, joining: Joining | null = null): Promise<void> {
    return this.run('apply', async () => {
      await app.flushAll();
      const applied = await call('apply_sync', this.choice === 'off' ? { kind: 'off' } : { kind: 'couchdb', form: this.form(), although_unreachable: although, joining });
      app.sync.settings = applied.settings;
      this.report = applied.report;
      if (applied.sides !== null) {
        app.overlays.open({ kind: 'sides', mode: 'switch', sides: applied.sides, run: (chosen) => this.apply(although, chosen) });
        return;
      }
      if (!applied.applied) return;
      this.done = this.choice === 'off' ? 'off' : 'applied';
      this.pasted = '';
      this.hints = [];
      this.reset();
    });
  }

  chooseStore(store: SecretStore): Promise<void> {
    return this.run(null, async () => {
      app.sync.settings = await call('choose_secret_store', { store });
    });
  }
}

/** The server of an account that nobody has signed in to yet. */
export function diagnoseServer(account: HostedAccount): void {
  app.layout.section = 'diagnosis';
  app.diagnosis.moved = null;
  void app.diagnosis.start({ kind: 'account', account });
}

/** Looks at what is typed, step by step; a better address that is found there comes back into the fields. */
export function diagnoseForm(form: SyncForm): void {
  app.layout.section = 'diagnosis';
  app.diagnosis.moved = (fields) => {
    form.address = fields.address;
    form.database = fields.database;
    form.edited();
  };
  void app.diagnosis.start({ kind: 'form', form: form.form() });
}
