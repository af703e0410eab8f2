// Pretended accounts at a pretended server. What it answers depends on what is typed: hosts `down`,
// `web`, `closed`; e-mails `taken@…`, `older@…`; password `wrong`.

import type { ErrorCode, HostedAccount, HostedProof, HostedSignIn, HostedSignUp, HostedWarning, RecoveryKit, SyncTarget } from '../generated';
import { refuse } from './store';

type Target = Extract<SyncTarget, { kind: 'hosted' }>;

const code = 'A0Q4G-YJ8KT-3ZC7M-WN5PX-B1D6R-HV92E-SF0KA-7TQMJ-4XWZ8-C3N5G-YB1PD-R6HV9-2ESFA-0KT7Q-MJ4XW-Z8C3N-5GYB1-PD6RH-V92ES-FA0KT-7QMJ4-XW';

export class FakeAccounts {
  warnings: HostedWarning[] = [];
  private password = '';

  private reach(account: HostedAccount): string {
    let url: URL;
    try {
      url = new URL(/^https?:\/\//.test(account.address) ? account.address : `https://${account.address}`);
    } catch {
      return refuse('addressInvalid');
    }
    const network: Record<string, ErrorCode> = { down: 'connectionRefused', web: 'notNotesServer', unknown: 'hostNotFound', slow: 'timedOut' };
    const trouble = network[url.hostname.replace(/\..*$/, '')];
    if (trouble !== undefined) refuse(trouble);
    return url.host;
  }

  private entered(account: HostedAccount, host: string, version: string): Target {
    const email = account.email.trim().toLowerCase();
    return { kind: 'hosted', account: { address: account.address, email }, display: `${email} at ${host}`, version, hideSizes: false };
  }

  signUp({ account, password }: HostedSignUp): { target: Target; kit: RecoveryKit } {
    const host = this.reach(account);
    if (host.startsWith('closed')) refuse('registrationClosed');
    if (account.email.startsWith('taken')) refuse('emailTaken');
    this.password = password;
    const target = this.entered(account, host, '004');
    return { target, kit: { account: target.account, code } };
  }

  signIn({ account, proof, allowOlder }: HostedSignIn): Target {
    const host = this.reach(account);
    const older = account.email.startsWith('older');
    if (older && !allowOlder) refuse('olderAccount');
    if (proof.kind === 'recoveryCode' && proof.code.replace(/[^0-9a-z]/gi, '').length < 20) refuse('recoveryCode');
    if (proof.kind === 'password' && proof.password === 'wrong') refuse('unauthorised');
    if (proof.kind === 'password') this.password = proof.password;
    return this.entered(account, host, older ? '003' : '004');
  }

  private proved(proof: HostedProof): void {
    if (proof.kind === 'password' && proof.password !== this.password) refuse('unauthorised');
  }

  changePassword(target: Target, current: HostedProof, fresh: string): { target: Target; kit: RecoveryKit } {
    this.proved(current);
    this.password = fresh;
    return { target: { ...target, version: '004' }, kit: { account: target.account, code } };
  }

  kit(target: Target, password: string): RecoveryKit {
    this.proved({ kind: 'password', password });
    return { account: target.account, code };
  }

  confirm(password: string): void {
    this.proved({ kind: 'password', password });
  }
}
