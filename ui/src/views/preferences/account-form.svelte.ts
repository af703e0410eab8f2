// What is typed to get into an account, and what the server said about it. Nothing typed is cleared
// by a refusal; passwords are gone as soon as they were taken.

import { asApiError, call } from '../../ipc/call';
import type { ApiError, HostedAccount, HostedWarning, RemoteReport, SecretStore } from '../../ipc/generated';
import { app } from '../../state/app.svelte';

export type Way = 'signIn' | 'signUp';

export const SHORTEST_PASSWORD = 8;

/** What sentences about the account in force may name. */
export function accountContext(): { host: string; user: string } {
  const target = app.sync.settings?.target;
  if (target?.kind !== 'hosted') return { host: '', user: '' };
  return { host: target.account.address.replace(/^https?:\/\//, '').replace(/\/.*$/, ''), user: target.account.email };
}

let kept: AccountForm | null = null;

export function keptAccountForm(): AccountForm {
  kept ??= new AccountForm();
  kept.reset();
  return kept;
}

export class AccountForm {
  way = $state<Way>('signIn');
  address = $state('');
  email = $state('');
  password = $state('');
  repeat = $state('');
  code = $state('');
  byCode = $state(false);
  failure = $state.raw<ApiError | null>(null);
  /** What *Test* found out about the server. */
  report = $state.raw<RemoteReport | null>(null);
  testing = $state.raw(false);
  busy = $state.raw(false);
  warnings = $state.raw<readonly HostedWarning[]>([]);

  reset(): void {
    this.failure = null;
    const target = app.sync.settings?.target;
    if (target?.kind !== 'hosted') return;
    this.address = target.account.address;
    this.email = target.account.email;
    this.way = 'signIn';
  }

  get account(): HostedAccount {
    return { address: this.address.trim(), email: this.email.trim() };
  }

  get short(): boolean {
    return this.way === 'signUp' && this.password !== '' && [...this.password].length < SHORTEST_PASSWORD;
  }

  get differs(): boolean {
    return this.way === 'signUp' && this.repeat !== '' && this.repeat !== this.password;
  }

  get complete(): boolean {
    if (this.address.trim() === '' || this.email.trim() === '') return false;
    if (this.way === 'signUp') return this.password !== '' && this.repeat === this.password && !this.short;
    return this.byCode ? this.code.trim() !== '' : this.password !== '';
  }

  choose(way: Way): void {
    this.way = way;
    this.byCode = false;
    this.failure = null;
  }

  edited(): void {
    this.failure = null;
    this.report = null;
  }

  /** Looks at the server, without signing in. */
  async test(): Promise<void> {
    if (this.testing || this.address.trim() === '') return;
    this.testing = true;
    this.edited();
    try {
      this.report = await call('test_server', this.account);
    } catch (reason) {
      this.failure = asApiError(reason);
    }
    this.testing = false;
  }

  private async run(go: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    this.report = null;
    try {
      await go();
    } catch (reason) {
      this.failure = asApiError(reason);
    }
    this.busy = false;
  }

  private taken(): void {
    this.password = '';
    this.repeat = '';
    this.code = '';
    this.byCode = false;
    // There is an account from now on: whoever leaves it comes back by signing in.
    this.way = 'signIn';
  }

  /** Signs in, or makes the account. */
  enter(allowOlder = false): Promise<void> {
    if (!this.complete) return Promise.resolve();
    return this.run(async () => {
      await app.flushAll();
      if (this.way === 'signUp') {
        const { settings, kit } = await call('hosted_sign_up', { account: this.account, password: this.password });
        app.sync.settings = settings;
        app.overlays.open({ kind: 'recoveryKit', kit });
      } else {
        const proof = this.byCode ? { kind: 'recoveryCode' as const, code: this.code } : { kind: 'password' as const, password: this.password };
        app.sync.settings = await call('hosted_sign_in', { account: this.account, proof, allowOlder });
      }
      this.taken();
    });
  }

  hideSizes(hideSizes: boolean): Promise<void> {
    return this.run(async () => {
      app.sync.settings = await call('hosted_options', { hideSizes });
    });
  }

  async readWarnings(): Promise<void> {
    this.warnings = await call('hosted_warnings').catch(() => []);
  }

  dismissWarnings(): Promise<void> {
    return this.run(async () => {
      await call('dismiss_hosted_warnings');
      await this.readWarnings();
    });
  }

  chooseStore(store: SecretStore): Promise<void> {
    return this.run(async () => {
      app.sync.settings = await call('choose_secret_store', { store });
    });
  }
}
