// Sync: the footer's ten states and the panel. The same words in footer, panel and palette.

import { proxy } from './en-proxy';
import { join, link, reset, server } from './en-sync-setup';
import type { AddressHint } from '../ipc/generated';
import { thousands } from './plain';

const many = (n: number, one: string, other: string): string => `${thousands(n, 'en-GB')} ${n === 1 ? one : other}`;

const hints: Record<AddressHint, string> = {
  utilsPage: '/_utils is the administration page, not the address of the server. It was cut off.',
  schemeAssumed: 'No http:// or https:// was given, so one was assumed. Check that it is the right one.',
  noPort: 'No port was given. CouchDB usually listens on 5984 (http) or 6984 (https).',
  plainHttp: 'Plain http to another computer: the password and the notes could be read on the way. Use https where you can.',
  databaseName: 'Database names are lower case, begin with a letter and have no spaces.',
  noDatabase: 'The name of the database is still missing.',
};

export const sync = {
  hints, join, reset, server, link, proxy,
  title: 'Sync',
  lead: 'Sheaf always works from this computer. Sync keeps a second copy in step, so that your other devices see the same notes and a lost laptop loses nothing.',
  choice: 'Where to sync', off: 'Don’t sync', offHint: 'Notes stay on this computer. Nothing is sent anywhere.',
  couchdb: 'Advanced (CouchDB)', couchdbHint: 'A database you already own. Works with the apps that share its document format.',
  paste: 'Paste a URL', pastePlaceholder: 'https://user:password@host:port/database',
  pasteHint: { keyring: 'Sheaf fills the fields below and moves the password to the keyring.', other: 'Sheaf fills the fields below.' },
  pasteFailed: 'This is not an address Sheaf can take apart. It looks like https://user:password@host:6984/my-notes.',
  address: 'Address', addressPlaceholder: 'https://host:6984', userAndPassword: 'User and password', user: 'User', password: 'Password', database: 'Database', databasePlaceholder: 'my-notes',
  stored: { keyring: 'Kept in the keyring', clearFile: 'Kept in a file', session: 'Kept until Sheaf closes', unavailable: 'Not kept' },
  storeHint: {
    keyring: 'Kept in the system keyring, never in a file or a log.',
    clearFile: 'Kept unencrypted in a file only your account can read.',
    session: 'Kept until Sheaf is closed; you are asked again after that.',
    unavailable: 'The system keyring cannot be used; choose below where the password is kept.',
  },
  test: 'Test', apply: 'Apply', applyAnyway: 'Apply anyway', createDatabase: (name: string) => `Create ${name}`, createHint: 'You may create it with this account.',
  working: 'Asking the server', nothingToApply: 'This is already in force.', missingFields: 'Fill in address and database first.',
  answered: (server: string, ms: number) => `${server} answered in ${ms} ms.`, signedIn: (user: string) => `Signed in as ${user}.`, anonymous: 'Signed in as nobody.', documents: (n: number) => n === 0 ? 'The database is empty.' : `${many(n, 'document', 'documents')} there.`,
  applied: 'Applied. Sync is on.', appliedOff: 'Applied. Nothing is sent any more; all notes stay here.', created: (name: string) => `${name} was created.`,
  unreachableHint: 'You can apply it all the same: Sheaf keeps trying and syncs as soon as the server answers.',
  store: {
    title: 'The system keyring cannot be used', body: 'Without it, Sheaf does not keep passwords on its own. Choose one:', session: 'Until Sheaf closes', sessionHint: 'Nothing is written. You are asked for the password at every start.',
    clearFile: 'In a file, unencrypted', clearFileHint: 'Only your account may read it, but whoever copies your disk can.', keyring: 'Try the keyring again', useSession: 'Keep it until Sheaf closes', useFile: 'Keep it in a file',
  },
  token: { label: 'Token', placeholder: 'eyJhbGciOi…', use: 'Use a token instead', usePassword: 'Use a name and password instead', again: 'Enter a new token', expires: (when: string) => `The token is good until ${when}.`, expired: (when: string) => `The token was good until ${when}. Enter a new one.` },
  signIn: { title: 'Enter the password again', label: (user: string) => user === '' ? 'Password' : `Password for ${user}`, do: 'Sign in', button: 'Sign in' },

  waitsForYou: 'Sync waits for you',
  foot: {
    label: 'Sync status', off: 'Not syncing', synced: (time: string) => `Synced ${time}`, ready: 'In step', connecting: 'Connecting…', sending: 'Sending', receiving: 'Receiving', progress: (done: number, total: number) => `${thousands(done, 'en-GB')}/${thousands(total, 'en-GB')}`,
    conflicts: (n: number) => many(n, 'conflict', 'conflicts'), offline: (wait: string) => `Offline, again in ${wait}`, offlineNow: 'Offline, trying again', trouble: (what: string, wait: string) => `${what}, again in ${wait}`, troubleNow: (what: string) => `${what}, trying again`,
    paused: 'Paused', resume: 'Resume', signIn: 'Sign in', decide: 'Decide', look: 'Look', heldBack: (n: number) => `${n} not sent`,
    seconds: (n: number) => `${n} s`, minutes: (n: number) => `${n} min`,
    blocked: { signIn: 'Sign in again to sync', targetChanged: 'Another database: decide', massDeletion: 'Many deletions: decide', certificate: 'Certificate not trusted', quota: 'The server is out of space', other: 'Sync needs you' },
    troubles: { busy: 'Server busy', silent: 'No answer', fault: 'Server fault', refused: 'Nothing listens', unknownHost: 'Host not found', proxySilent: 'Proxy silent', proxyRefuses: 'Proxy refuses', other: 'Trouble' },
  },
  menu: { diagnose: 'Network diagnosis', now: 'Sync now', pause: 'Pause sync', resume: 'Resume sync', preferences: 'Sync preferences', conflicts: 'Decide conflicts…', log: 'Open the log folder' },

  rail: {
    title: 'Status', upToDate: 'Up to date', off: 'Not syncing', offHint: 'Notes stay on this computer.', connecting: 'Connecting…', sending: (done: number, total: number) => `Sending ${done} of ${total}`, receiving: (done: number, total: number) => `Receiving ${done} of ${total}`,
    attention: 'Up to date, with conflicts', offline: 'Offline', trouble: 'Trouble', blocked: 'Sync needs you', paused: 'Paused', pausedHint: 'Edits are kept here until you resume.',
    last: (time: string, ago: string) => `Last sync ${time}, ${ago}`, never: 'Not synced yet', next: (wait: string) => `Trying again in ${wait}`, soon: 'Trying again now',
    now: 'Sync now', tryNow: 'Try now', pause: 'Pause', resume: 'Resume', onThisComputer: 'On this computer', waiting: 'Waiting to be sent', conflicts: 'Conflicts', decide: (n: number) => `${n} to decide`, remote: 'With',
    secondsAgo: (n: number) => `${n} s ago`, minutesAgo: (n: number) => `${n} min ago`, hoursAgo: (n: number) => `${n} h ago`, daysAgo: (n: number) => many(n, 'day ago', 'days ago'), justNow: 'just now',
    round: (pulled: number, pushed: number) => pulled === 0 && pushed === 0 ? 'Nothing new on either side.' : `Received ${pulled}, sent ${pushed}.`,
    openLog: 'Open the log folder', roundFailed: 'Sync did not finish',
  },
  held: { title: 'Not sent', lead: 'These stay on this computer, whole. Everything else syncs.', retry: 'Try again', since: (when: string) => `since ${when}`, retried: 'Sheaf tries them again.' },
  guard: {
    targetChanged: {
      what: 'Sync is paused: this is another database with the same name.', safe: 'Nothing has been changed here or there.',
      sides: (local: number, remote: number) => `This computer has ${many(local, 'note', 'notes')}; the database has ${many(remote, 'document', 'documents')}.`, merge: 'Merge', mergeHint: 'Merge brings both sides together; nothing is deleted on either.',
    },
    massDeletion: {
      what: (deletions: number, notes: number) => `The remote wants to delete ${thousands(deletions, 'en-GB')} of ${many(notes, 'note', 'notes')}.`, safe: 'They are still here.', todo: 'If you did that on another device, let it happen.',
      delete: (n: number) => `Delete ${many(n, 'note', 'notes')}`, keep: 'Keep them',
    },
  },
} as const;
