// Before one side is brought to another, beginning anew, setting up a server, the link to the next device.

import { thousands } from './plain';

const many = (n: number, one: string, other: string): string => `${thousands(n, 'en-GB')} ${n === 1 ? one : other}`;
const notes = (n: number): string => many(n, 'note', 'notes');
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toLocaleString('en-GB', { maximumFractionDigits: 1 })} MB`;

export const join = {
  title: { switch: 'Both sides have notes', shared: 'This database is used by others too', guard: 'Another database', pull: 'Sync from scratch', push: 'Rebuild the remote' },
  lead: {
    switch: 'Nothing has been changed yet. Choose what happens to what is on one side only.',
    guard: 'Nothing has been changed here or there. Choose what happens to what is on one side only.',
    pull: 'This computer becomes what the database has. Use it when the notes here are not what they should be.',
    push: 'The database becomes what this computer has. Use it when the notes there are not what they should be.',
  },
  counting: 'Counting both sides', countFailed: 'The database could not be counted.',
  here: 'This computer', both: 'On both', notes,
  others: (n: number, examples: readonly string[]) => `${many(n, 'document', 'documents')} there ${n === 1 ? 'is' : 'are'} not Sheaf’s (${examples.join(', ')}${n > examples.length ? ', …' : ''}). Another application uses this database; a database of its own is safer.`,
  accounts: (names: readonly string[]) => `Notes there are also synced as ${names.join(', ')}. Merged, they would be in one list.`,
  nothingInCommon: 'No note is on both sides. They may be somebody else’s.',
  choice: 'What happens',
  merge: 'Merge', mergeHint: 'Brings both together. Nothing is deleted on either side.',
  replaceRemote: 'Replace the database',
  replaceRemoteHint: (n: number) => n === 0 ? 'It becomes what this computer has.' : `${notes(n)} that ${n === 1 ? 'is' : 'are'} only there ${n === 1 ? 'is' : 'are'} deleted, on the other devices too.`,
  replaceHere: 'Replace this computer',
  replaceHereHint: (n: number) => n === 0 ? 'It becomes what the database has.' : `${notes(n)} that ${n === 1 ? 'is' : 'are'} only here ${n === 1 ? 'leaves' : 'leave'} this computer.`,
  backup: 'A copy of everything on this computer is put into the data folder first.',
  resumes: 'If it is interrupted, it goes on by itself.',
  doMerge: 'Merge', doReplaceRemote: (n: number) => n === 0 ? 'Replace the database' : `Delete ${notes(n)} there`, doReplaceHere: (n: number) => n === 0 ? 'Replace this computer' : `Replace ${notes(n)} here`,
  moved: 'The numbers have changed since you read them. Nothing was done; look at them once more.',
  replaceRemoteAsk: 'Replace the remote…', replaceHereAsk: 'Replace this computer…',
} as const;

export const reset = {
  title: 'Begin anew', pull: 'Sync from scratch…', push: 'Rebuild the remote…', cancel: 'Merge instead',
  pulling: (done: number, total: number) => `From scratch, ${thousands(done, 'en-GB')} of ${thousands(total, 'en-GB')}`,
  pushing: (done: number, total: number) => `Rebuilding, ${thousands(done, 'en-GB')} of ${thousands(total, 'en-GB')}`,
  waiting: { pull: 'Sync from scratch goes on when the server answers.', push: 'Rebuilding the remote goes on when the server answers.', cancel: '' },
} as const;

export const server = {
  title: 'The server', lead: 'Who gets in, what phones need, and what fits through.', look: 'Look at it', looking: 'Asking the server', failed: 'The server did not tell',
  access: 'Who gets in', open: 'Everybody, without a password', openHint: 'Asked without a name, the database showed its contents. Anyone who knows the address can read and change your notes.',
  party: 'Whoever reaches this server is its administrator: nobody has been made one yet. Name an administrator in the server’s own pages first.',
  closed: 'Only who is named', closedHint: 'Asked without a name, the database shows nothing.',
  members: 'Members', admins: 'Administrators', roles: 'Roles', nobody: 'Nobody by name',
  restrict: (name: string) => `Restrict it to ${name}`, restrictMore: (name: string, n: number) => `Restrict it to ${name} and ${many(n, 'other', 'others')}`,
  restrictHint: 'Whoever is named already stays.', mayNot: 'This account may not change who gets in. Whoever runs the server can.',
  mobile: 'Phones', mobileReady: 'They find the filter they need.', mobileMissing: 'The mobile apps need a filter that leaves attachments out.', prepare: 'Prepare for mobile apps',
  limits: 'What fits through', limitsHint: 'Sends up to 11 MB that are kept nowhere.', measure: 'Measure',
  takes: (bytes: number) => `${megabytes(bytes)} went through.`, refuses: (bytes: number) => `${megabytes(bytes)} did not go through. Larger notes and attachments stay on this computer until the limit is raised (nginx: client_max_body_size).`,
  document: (bytes: number) => `One note may have ${megabytes(bytes)}.`,
} as const;

export const link = {
  title: 'Another device', lead: 'A setup link carries these settings, closed with a passphrase of your choice.', create: 'Create a setup link…', use: 'Use a setup link…',
  createTitle: 'Setup link for another device', createLead: 'Send the link by any way you like, and the passphrase by another.',
  useTitle: 'Use a setup link', useLead: 'Create one on the other device: Preferences, Sync.',
  link: 'Setup link', placeholder: 'sheaf://setup/…', passphrase: 'Passphrase', tooShort: 'At least 8 characters. Whoever finds the link can try as many as they like.',
  withPassword: 'With the password', withToken: 'With the token', tokenHint: 'Once more: the app shows a stored token to nobody, not even to its own window.', otherToken: 'This is not the token that is in use here.', withPasswordHint: 'Without it, it is typed on the other device.', password: (user: string) => `Password of ${user}`, passwordHint: 'Once more: the app shows a stored password to nobody, not even to its own window.', make: 'Create', open: 'Fill in the fields', copy: 'Copy the link', copied: 'Copied', noLink: 'This is not a setup link. It begins with sheaf://setup/.',
} as const;
