// One sentence for every error code: what happened · what is safe · what to do.

import type { ErrorCode } from '../ipc/generated';

export interface Problem {
  what: string;
  safe: string;
  todo: string;
}

/** What the sentences may name. `host` is `host:port`. */
export interface ProblemContext {
  host: string;
  database: string;
  user: string;
  /** The proxy that stands in the way, `host:port`; may be unknown. */
  proxy: string;
}

const unchanged = 'Nothing was changed on either side.';
const here = 'Your notes are safe here.';
const kept = 'Your edits are kept on this computer.';

const proxyTo = (proxy: string, host: string): string =>
  `The proxy${proxy === '' ? '' : ` ${proxy}`}${host === '' || host === nowhere.host ? '' : ` on the way to ${bare(host)}`}`;

type Sentence = (context: ProblemContext) => Problem;

const port = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? '';
const bare = (host: string): string => host.replace(/:\d+$/, '');

const sentences: Record<ErrorCode, Sentence> = {
  notFound: () => ({ what: 'That is no longer there.', safe: 'Nothing was changed.', todo: 'Look at the list again.' }),
  invalid: () => ({ what: 'This does not fit the shared format.', safe: 'Nothing was changed.', todo: 'Shorten or correct it.' }),
  notebookCycle: () => ({ what: 'A notebook cannot move into itself.', safe: 'Nothing was changed.', todo: 'Choose another place.' }),
  defaultNotebook: () => ({ what: 'The default notebook cannot be deleted.', safe: 'Nothing was changed.', todo: 'New notes need a place.' }),
  nameTaken: () => ({ what: 'Another tag already has this name.', safe: 'Nothing was changed.', todo: 'Choose another name.' }),
  databaseLocked: () => ({ what: 'Another Sheaf has these notes open.', safe: 'They are untouched.', todo: 'Close it and try again.' }),
  databaseNewer: () => ({ what: 'A newer version of Sheaf wrote these notes.', safe: 'They are untouched.', todo: 'Update Sheaf on this computer.' }),
  databaseCorrupt: () => ({ what: 'The note database is damaged.', safe: 'A copy was set aside unchanged.', todo: 'Open the data folder to find it.' }),
  diskFull: () => ({ what: 'The disk is full; this could not be saved.', safe: 'The text is still in this window.', todo: 'Free some space and it is saved at once.' }),
  secretStore: () => ({ what: 'The keyring of this computer cannot be used.', safe: 'No password was stored.', todo: 'Unlock it, or choose below where the password is kept.' }),
  passwordMissing: ({ user }) => ({ what: user === '' ? 'A password is needed.' : `The password for ${user} is needed.`, safe: here, todo: 'Enter it to go on.' }),
  wrongPassphrase: () => ({ what: 'This passphrase does not open it.', safe: unchanged, todo: 'Type it exactly as it was chosen; upper and lower case matter.' }),
  addressInvalid: () => ({ what: 'This is not an address Sheaf can use.', safe: 'Nothing was sent.', todo: 'It looks like https://host:6984.' }),
  hostNotFound: ({ host }) => ({ what: `No computer is called ${bare(host)}.`, safe: 'Nothing was sent.', todo: 'Check the spelling, or whether this network knows it.' }),
  connectionRefused: ({ host }) => ({ what: port(host) === '' ? `Nothing listens on ${host}.` : `Nothing listens on port ${port(host)} of ${bare(host)}.`, safe: here, todo: 'Check the port, or start the server.' }),
  timedOut: ({ host }) => ({ what: port(host) === '' ? `${host} does not answer.` : `${bare(host)} does not answer on port ${port(host)}.`, safe: here, todo: 'A firewall may be in the way, or the server is asleep.' }),
  unreachable: ({ host }) => ({ what: host === '' ? 'The network cannot be reached.' : `The connection to ${host} broke.`, safe: kept, todo: 'They are sent as soon as the network is back.' }),
  certificate: ({ host }) => ({ what: `The certificate of ${bare(host)} cannot be trusted.`, safe: 'Nothing was sent.', todo: 'Whoever runs the server must renew it, or this computer must learn to trust it.' }),
  proxyPassword: ({ host, proxy }) => ({ what: `${proxyTo(proxy, host)} wants a name and a password.`, safe: here, todo: 'Enter them in Preferences, Sync, Proxy.' }),
  proxyUnreachable: ({ host, proxy }) => ({ what: `${proxyTo(proxy, host)} does not answer.`, safe: here, todo: 'Correct it in Preferences, Sync, Proxy; in a network without one, choose None there.' }),
  proxyRefused: ({ host, proxy }) => ({ what: `${proxyTo(proxy, host)} does not let us through, or does not find the server.`, safe: kept, todo: 'Ask whoever runs the proxy to allow it, or go without it in Preferences, Sync, Proxy.' }),
  notCouchdb: ({ host }) => ({ what: `What answers on ${host} is not a CouchDB.`, safe: 'No password was sent on.', todo: 'Check port and path, or sign in to the network first.' }),
  notNotesServer: ({ host }) => ({ what: `What answers on ${host} is not a server for notes.`, safe: 'No password was sent on.', todo: 'Check address and port, or sign in to the network first.' }),
  redirected: ({ host }) => ({ what: `${host} sends us to another address.`, safe: 'The password did not follow it.', todo: 'Enter the address it names, if you trust it.' }),
  unauthorised: ({ user, host }) => ({ what: user === '' ? `${host} wants a user and a password.` : `The password for ${user} was refused.`, safe: unchanged, todo: 'Check the user, then type the password again.' }),
  tokenExpired: ({ host }) => ({ what: `The token for ${host} has expired.`, safe: kept, todo: 'Get a new one where you got it, and enter it here.' }),
  tokenRefused: ({ host }) => ({ what: `${host} does not accept the token.`, safe: unchanged, todo: 'Enter one that was made for this server. CouchDB reads tokens only where its administrator has switched that on.' }),
  lockedOut: ({ user }) => ({ what: `The account ${user} is locked after failed sign-ins.`, safe: unchanged, todo: 'Wait a few minutes, then try again.' }),
  forbidden: ({ user, database }) => ({ what: `${user === '' ? 'This account' : user} may not read ${database}.`, safe: unchanged, todo: 'Whoever runs the server must add the account to the members of the database.' }),
  readOnly: ({ user, database }) => ({ what: `${user === '' ? 'This account' : user} may read ${database} but not write to it.`, safe: unchanged, todo: 'Whoever runs the server must allow it to write.' }),
  databaseMissing: ({ database, host }) => ({ what: `There is no database ${database} on ${host}.`, safe: 'Nothing was changed.', todo: 'Check the name, or create it.' }),
  rateLimited: ({ host }) => ({ what: `${host} asks us to slow down.`, safe: kept, todo: 'Sheaf goes on by itself.' }),
  quotaExceeded: () => ({ what: 'The server is out of space.', safe: 'Your newest edits are kept here.', todo: 'Free some space there; sync goes on by itself.' }),
  tooLarge: () => ({ what: 'This is larger than the server takes.', safe: 'It stays on this computer; everything else syncs.', todo: 'Ask for a higher limit or make it smaller.' }),
  serverFault: ({ host }) => ({ what: `${host} has a fault of its own.`, safe: kept, todo: 'Sheaf tries again by itself; its log says more.' }),
  emailTaken: ({ user }) => ({ what: user === '' ? 'This e-mail has an account already.' : `${user} has an account already.`, safe: 'Nothing was changed.', todo: 'Sign in instead.' }),
  registrationClosed: ({ host }) => ({ what: `${host} takes no new accounts.`, safe: 'Nothing was changed.', todo: 'Whoever runs the server can make one for you.' }),
  olderAccount: () => ({ what: 'This account is protected as older apps do it.', safe: 'Nothing was changed.', todo: 'Open it if you know that, and upgrade it afterwards.' }),
  weakerKeys: ({ host }) => ({ what: `${host} offers weaker keys than this account has, or those of another one.`, safe: 'Nothing was sent.', todo: 'Do not sign in there before you know why.' }),
  secondFactor: () => ({ what: 'This account asks for a second factor, which Sheaf cannot give.', safe: 'Nothing was changed.', todo: 'Switch it off in the app that set it up.' }),
  sessionEnded: () => ({ what: 'The session was ended at the server.', safe: kept, todo: 'Sign in again to go on.' }),
  passwordChanged: () => ({ what: 'The password was changed on another device.', safe: kept, todo: 'Sign in with the new one to go on.' }),
  keysMissing: ({ host }) => ({ what: `${host} has notes of this account, but not the keys that open them.`, safe: here, todo: 'Sync the device that wrote them first.' }),
  recoveryCode: () => ({ what: 'This is not a recovery code.', safe: 'Nothing was changed.', todo: 'Type it once more; capitals, spaces and dashes do not matter.' }),
  appTooOld: ({ host }) => ({ what: `${host} needs a newer version of Sheaf.`, safe: kept, todo: 'Update Sheaf on this computer, then sync again.' }),
  unsent: () => ({ what: 'Some notes are only on this computer.', safe: 'Nothing was removed.', todo: 'Sync until nothing waits, or keep the notes here.' }),
  vaultLocked: ({ database }) => ({ what: `${database} is encrypted, and its passphrase was not entered here.`, safe: 'Nothing was sent or received.', todo: 'Enter the passphrase, or the recovery code.' }),
  otherVault: ({ database }) => ({ what: `${database} is encrypted with another key than before.`, safe: unchanged, todo: 'If you made it anew, enter its passphrase. If nobody did, do not.' }),
  vaultUnreadable: ({ database }) => ({ what: `The key in ${database} cannot be used: it was changed, or a newer Sheaf wrote it.`, safe: unchanged, todo: 'Update Sheaf, or put the document sheaf-vault back from a backup.' }),
  notEncrypted: ({ database }) => ({ what: `${database} should be encrypted, and is not.`, safe: 'Nothing was sent.', todo: 'Check the name. If it is right, somebody has exchanged the database.' }),
  notEmpty: ({ database }) => ({ what: `${database} holds notes, or held some; they would stay readable.`, safe: unchanged, todo: 'Choose a name that is not used yet.' }),
  converting: () => ({ what: 'The notes are moving into another database.', safe: here, todo: 'Wait until that is done, or cancel it.' }),
  countsDiffer: () => ({ what: 'The new database has not everything that the old one has.', safe: 'The old database is in use as before.', todo: 'Go on with the move to try again.' }),
  syncOff: () => ({ what: 'Sync is switched off.', safe: here, todo: 'Choose a place to sync with in Preferences.' }),
  targetChanged: () => ({ what: 'Sync is paused: this is another database with the same name.', safe: 'Nothing has been changed here or there.', todo: 'Choose what should happen.' }),
  massDeletion: () => ({ what: 'The remote wants to delete many notes.', safe: 'They are still here.', todo: 'If you did that on another device, let it happen.' }),
  cancelled: () => ({ what: 'Stopped.', safe: 'Nothing was changed.', todo: 'Start it again when you like.' }),
  bug: () => ({ what: 'Something in Sheaf went wrong.', safe: here, todo: 'The log says more; try again.' }),
};

export const errorCodes = Object.keys(sentences) as ErrorCode[];

const nowhere: ProblemContext = { host: 'The server', database: 'the database', user: '', proxy: '' };

export const problems = (code: ErrorCode, context: Partial<ProblemContext> = {}): Problem => sentences[code]({ ...nowhere, ...context });
