// The network diagnosis: everything around the sentences of the codes, which are generated from the
// table of the checks.

import type { DiagnosisGroup, FixKind } from '../ipc/generated';
import { checks, findings } from './diagnosis.generated';
import { thousands } from './plain';

const many = (n: number, one: string, other: string): string => `${thousands(n, 'en-GB')} ${n === 1 ? one : other}`;
const counted = (n: number, one: string, other: string): string => n === 1 ? `one ${one}` : `${n} ${other}`;
const capital = (words: string): string => words.charAt(0).toLocaleUpperCase('en-GB') + words.slice(1);
/** Fingerprints are compared by eye, four characters at a time. */
export const grouped = (hex: string): string => hex.replace(/(.{4})(?=.)/g, '$1 ');
const megabytes = (bytes: number): string => bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.round(bytes / 1000)} kB`;

const groups: Record<DiagnosisGroup, string> = {
  computer: 'This computer', address: 'Address', connection: 'Connection', certificate: 'Certificate', server: 'Server', signIn: 'Sign-in', database: 'Database', changes: 'Live changes',
  encryption: 'Encryption', sync: 'Sync',
};

export interface FixWords {
  /** The button. */
  do: string;
  title: string;
  /** What happens, and how it is taken back. */
  body: string;
  /** Past tense, for the list of what was done. */
  done: string;
}

const back = 'You can take it back on this page.';

function fix(kind: FixKind, inForce: boolean): FixWords {
  switch (kind.kind) {
    case 'useAddress': return {
      do: `Use ${kind.address}`, title: `Use ${kind.address}?`, done: `The address is ${kind.address}`,
      body: inForce ? `Sync goes to this address from now on, with the same name, password and database. Nothing is deleted here or there. ${back}` : 'The checks run again with this address. Nothing is put into force.',
    };
    case 'useDatabase': return {
      do: `Use ${kind.name}`, title: `Use the database ${kind.name}?`, done: `The database is ${kind.name}`,
      body: inForce ? `Sync goes to this database from now on. A backup of the notes here is made first. ${back}` : 'The checks run again with this name. Nothing is put into force.',
    };
    case 'trustCertificate': return {
      do: 'Trust this certificate…', title: `Trust this certificate of ${kind.server}?`, done: `The certificate ${grouped(kind.sha256).slice(0, 19)}… is trusted for ${kind.server}`,
      body: `Only go on if the server shows the same fingerprint: ${grouped(kind.sha256)}. Sheaf then trusts this one certificate, for this server, until it changes. ${back}`,
    };
    case 'createDatabase': return {
      do: `Create ${kind.name}`, title: `Create the database ${kind.name}?`, done: `The database ${kind.name} was created`,
      body: 'An empty database is made on the server and nothing else is changed there. While it is empty, you can take it back on this page.',
    };
    case 'restrictSecurity': return {
      do: `Restrict it to ${kind.user}`, title: `Restrict the database to ${kind.user}?`, done: `Only ${kind.user} and administrators get in`,
      body: `Only ${kind.user}, administrators and whoever is named there already may read it from now on. Devices that sync without a name are shut out. ${back}`,
    };
    case 'smallerBatches': return {
      do: `Send at most ${megabytes(kind.bytes)} at once`, title: `Send at most ${megabytes(kind.bytes)} at once?`, done: `At most ${megabytes(kind.bytes)} are sent at once`,
      body: `Sync makes smaller requests to this server, which takes a little longer. ${back}`,
    };
    case 'askEvery': return {
      do: `Ask every ${kind.seconds} seconds`, title: `Ask every ${kind.seconds} seconds?`, done: `Changes are asked for every ${kind.seconds} seconds`,
      body: `Sheaf asks this server for changes every ${kind.seconds} seconds instead of keeping a quiet connection open. ${back}`,
    };
    case 'preferIpv4': return { do: 'Use IPv4 for this server', title: 'Use IPv4 for this server?', done: 'IPv4 is used for this server', body: `Sheaf leaves the IPv6 addresses of this server out. ${back}` };
    case 'withoutProxy': return {
      do: 'Go without the proxy', title: 'Go to this server without the proxy?', done: 'This server is reached without the proxy',
      body: `Sheaf connects to this server directly and leaves the proxy settings of the system alone. ${back}`,
    };
    case 'retryStuck': return {
      do: `Try ${many(kind.documents, 'document', 'documents')} again`, title: `Try ${many(kind.documents, 'document', 'documents')} again?`, done: `${many(kind.documents, 'document was', 'documents were')} tried again`,
      body: 'They are sent once more with the next sync. What is refused again stays here, whole.',
    };
  }
}

export const diagnosis = {
  title: 'Network diagnosis', groups, fix, grouped, checks, findings,
  lead: {
    idle: 'Looks at each step between this computer and your server, and says in plain words what stands in the way. No other host is asked.',
    safe: (target: string) => `${target}. Your notes on this computer are safe.`,
    nowhere: 'Sync is off. Type an address to look at it before you use it; nothing is put into force.',
  },
  verdict: {
    running: 'Looking…', healthy: 'Everything is as it should be', incomplete: 'Not everything was asked',
    problems: (failed: number, warnings: number) => capital([failed > 0 ? counted(failed, 'problem', 'problems') : '', warnings > 0 ? counted(warnings, 'warning', 'warnings') : ''].filter((part) => part !== '').join(', ')),
  },
  address: 'Address', addressPlaceholder: 'https://user:password@host:port/database', check: 'Check', addressHint: 'A password in it is used for these checks and kept nowhere.', another: 'Check another address…', own: 'Check the address in force',
  progress: (done: number, all: number) => `${done} of ${all} checks done`, progressLabel: 'Checks',
  run: 'Run the checks', again: 'Run again', stop: 'Stop', copy: 'Copy report', save: 'Save report', copied: 'The report is on the clipboard', copyFailed: 'The report could not be copied', saved: (path: string) => `Saved as ${path}`,
  deep: 'Watch the quiet connection for 40 seconds', deepHint: 'Most proxies that cut one do it after 30.',
  hideNames: 'Leave out host names',
  redacted: 'The report holds no passwords, no note titles and no text.',
  means: 'What this means', todo: 'What to do', code: (check: string, code: string) => `${check} · ${code}`,
  states: { waiting: 'Waiting', running: 'Looking', passed: 'Fine', notNeeded: 'Not needed', warning: 'Look', failed: 'Stop', skipped: 'Skipped', cancelled: 'Not asked' },
  skipped: (cause: string) => `Skipped: it rests on “${cause}”`, cancelled: 'Ended before this was asked', waiting: 'Waiting',
  copyLine: 'Copy this line', lineCopied: 'The line is on the clipboard',
  applied: 'Done from here', undo: 'Take back', undone: 'Taken back', fixFailed: 'That did not work',
  ms: (n: number) => n < 1000 ? `${n} ms` : `${(n / 1000).toFixed(1)} s`, seconds: (n: number) => `${n.toFixed(1)} s`,
  openLoginPage: 'Open the login page',
  open: 'Diagnose…', likely: (what: string) => `Probably: ${what}.`,
} as const;
