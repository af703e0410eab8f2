// A pretended server. What it answers depends on what is typed, so that every sentence of the sync
// panel can be reached: hosts `down`, `slow`, `unknown`, `web`, `busy`; passwords `wrong`, `locked`;
// tokens `expired`, `refused`; databases `missing`, `readonly`, `open`, `shared`, `other`, `both` (notes on both sides), `family`
// (another account uses it too), `empty`, `sealed` (encrypted, see `vault.ts`).

import type { AddressHint, CouchFields, DiagnosisLine, ErrorCode, ParsedAddress, RemoteReport, RemoteWarning, ServerLimits, ServerSetup, Sides } from '../generated';
import { refuse } from './store';
import type { FakeVaults } from './vault';

export function parseAddress(text: string): ParsedAddress {
  const hints: AddressHint[] = [];
  let rest = text.trim();
  if (!/^https?:\/\//i.test(rest)) {
    if (rest === '' || /\s/.test(rest)) refuse('addressInvalid');
    hints.push('schemeAssumed');
    rest = (/^(localhost|127\.)/.test(rest.replace(/^[^@]*@/, '')) ? 'http://' : 'https://') + rest;
  }
  let url: URL;
  try {
    url = new URL(rest);
  } catch {
    return refuse('addressInvalid');
  }
  const port = /:(\d+)(?:[/?#]|$)/.exec(rest.replace(/^https?:\/\//i, '').replace(/^[^@/]*@/, ''))?.[1];
  if (port === undefined) hints.push('noPort');
  let path = decodeURIComponent(url.pathname).split('/').filter((p) => p !== '');
  if (path.includes('_utils')) {
    hints.push('utilsPage');
    path = path.slice(0, path.indexOf('_utils'));
  }
  const database = path.pop() ?? '';
  if (database === '') hints.push('noDatabase');
  else if (!/^[a-z][a-z0-9_$()+/-]*$/.test(database)) hints.push('databaseName');
  if (url.protocol === 'http:' && !/^(localhost|127\.)/.test(url.hostname)) hints.push('plainHttp');
  const prefix = path.length > 0 ? `/${path.join('/')}` : '';
  return {
    fields: { address: `${url.protocol}//${url.hostname}${port === undefined ? '' : `:${port}`}${prefix}`, user: decodeURIComponent(url.username), database },
    password: url.password === '' ? null : decodeURIComponent(url.password),
    hints,
    vault: null,
  };
}

export function hostOf(fields: CouchFields): string {
  return fields.address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

export function display(fields: CouchFields): string {
  return `${fields.user === '' ? '' : `${fields.user}@`}${hostOf(fields)}/${fields.database}`;
}

/** Both sides have notes and not the same ones, or others use the database too. */
export function asks(sides: Sides): boolean {
  const same = sides.hereNotes === sides.onBoth && sides.thereNotes === sides.onBoth;
  return (sides.hereNotes > 0 && sides.thereNotes > 0 && !same) || sides.otherDocuments > 0 || sides.accounts.length > 0;
}

export class FakeRemote {
  readonly created = new Set<string>();
  /** Notes that came to the database lately; set by tests. */
  strangers = 0;
  private readonly restricted = new Map<string, string[]>();
  private readonly mobile = new Set<string>();

  sides(fields: CouchFields, here: number): Sides {
    const both = fields.database === 'both' || fields.database === 'family' || fields.database === 'other';
    const shared = fields.database === 'shared';
    return {
      hereNotes: here, thereNotes: (both ? 310 : shared ? 0 : here) + this.strangers, onBoth: both ? Math.min(here, 20) : shared ? 0 : here, thereDocuments: both ? 340 : 0,
      otherDocuments: shared ? 41 : 0, examples: shared ? ['invoice-17', 'invoice-18', 'customer:meier'] : [], accounts: fields.database === 'family' ? ['berta'] : [],
      host: hostOf(fields), database: fields.database,
    };
  }

  setup(fields: CouchFields): ServerSetup {
    const members = this.restricted.get(fields.database) ?? (fields.database === 'open' ? [] : [fields.user]);
    return { members, admins: ['root'], roles: [], openToEverybody: members.length === 0, everybodyIsAdmin: false, signedInAs: fields.user === '' ? null : fields.user, mayRestrict: fields.user !== '', mobileReady: this.mobile.has(fields.database) };
  }

  restrict(fields: CouchFields, name: string): ServerSetup {
    const { members } = this.setup(fields);
    this.restricted.set(fields.database, [...new Set([...members, name])]);
    return this.setup(fields);
  }

  prepare(fields: CouchFields): ServerSetup {
    this.mobile.add(fields.database);
    return this.setup(fields);
  }

  limits(fields: CouchFields): ServerLimits {
    const small = fields.database === 'open';
    return { maxDocument: small ? null : 8_000_000, maxRequest: null, maxAttachment: null, takes: small ? 2_097_152 : 9_437_184, refuses: small ? 9_437_184 : null };
  }

  constructor(readonly vaults: FakeVaults) {}

  /** Whether no note is or ever was there. */
  isEmpty(database: string): boolean {
    return this.created.has(database) || database === 'empty';
  }

  /** `lines`: what the first half of the checks found. */
  test(fields: CouchFields, password: string, lines: readonly DiagnosisLine[]): RemoteReport {
    const host = hostOf(fields);
    const report: RemoteReport = { problem: null, warnings: [], server: null, answeredInMs: null, signedInAs: null, documents: null, canCreate: false, encrypted: false, host, database: fields.database, lines: [...lines] };
    const stop = (code: ErrorCode, detail: string): RemoteReport => ({ ...report, problem: { code, detail } });
    if (host === '' || !/^https?:\/\//.test(fields.address)) return stop('addressInvalid', 'relative URL without a base');
    if ((fields.user !== '' || fields.token === true) && password === '') return stop('passwordMissing', '');
    const [failed] = lines.filter((line) => line.state === 'failed');
    if (failed?.code === 'database_missing' && this.created.has(fields.database)) report.lines = [];
    else if (failed !== undefined) return { ...stop(problems[failed.code ?? ''] ?? 'bug', failed.evidence.join('\n')), canCreate: failed.code === 'database_missing', encrypted: failed.code === 'key_locked' };
    const warnings: RemoteWarning[] = [];
    if (fields.database === 'open') warnings.push('openToEverybody');
    if (fields.database === 'shared') warnings.push('foreignDocuments');
    return { ...report, warnings, server: 'CouchDB 3.4.2', answeredInMs: 48, signedInAs: fields.token === true ? 'anna' : fields.user === '' ? null : fields.user, documents: this.isEmpty(fields.database) ? 0 : 521, encrypted: this.vaults.isEncrypted(fields.database) };
  }

  /** The server of an account. */
  testServer(address: string): RemoteReport {
    const host = address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
    const report: RemoteReport = { problem: null, warnings: [], server: null, answeredInMs: null, signedInAs: null, documents: null, canCreate: false, encrypted: false, host, database: '', lines: [] };
    const values = { host: host.replace(/:\d+$/, ''), port: /:(\d+)$/.exec(host)?.[1] ?? '443', address };
    const line = (check: string, group: DiagnosisLine['group'], code: string, more: Record<string, string> = {}): DiagnosisLine => ({ check, group, state: 'failed', code, values: { ...values, ...more }, evidence: [`looked at ${host}`], fixes: [], because: null, tookMs: 40 });
    if (host.startsWith('down')) return { ...report, problem: { code: 'connectionRefused', detail: '' }, lines: [line('TCP-1', 'connection', 'port_refused')] };
    if (host.startsWith('hotel')) return { ...report, problem: { code: 'unreachable', detail: '' }, lines: [line('SYS-2', 'computer', 'portal_found', { page: `http://${values.host}/` })] };
    if (host.startsWith('couch')) return { ...report, problem: { code: 'notNotesServer', detail: '' }, lines: [line('HTTP-1', 'server', 'http_wrong_kind', { found: 'A CouchDB', wanted: 'a Sheaf server' })] };
    return { ...report, server: 'A Sheaf server' };
  }
}

/** What a failed check is called in the table of errors. */
const problems: Record<string, ErrorCode> = {
  network_offline: 'unreachable', portal_found: 'unreachable', app_too_old: 'appTooOld', proxy_unreachable: 'proxyUnreachable', proxy_refuses: 'proxyRefused', proxy_password: 'proxyPassword', name_unknown: 'hostNotFound', port_filtered: 'timedOut', port_elsewhere: 'connectionRefused', tls_expired: 'certificate', tls_self_signed: 'certificate', http_login_page: 'notCouchdb',
  http_busy: 'rateLimited', http_gateway_error: 'serverFault', http_redirect: 'redirected', auth_wrong: 'unauthorised', auth_token_expired: 'tokenExpired', auth_token_refused: 'tokenRefused', secret_token_missing: 'passwordMissing', auth_locked: 'lockedOut', database_forbidden: 'forbidden', database_missing: 'databaseMissing', write_read_only: 'readOnly', key_locked: 'vaultLocked', key_missing: 'notEncrypted',
};
