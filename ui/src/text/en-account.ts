// An account at a Sheaf server: signing up and in, leaving, passwords, and what its owner is told.

import type { HostedWarningKind } from '../ipc/generated';

const warnings: Record<HostedWarningKind, (name: string) => string> = {
  older: (name) => `It returned an older version of “${name}”. The newer one is kept and was sent again.`,
  forked: (name) => `It showed this device another history of “${name}” than before. Compare it with your other devices.`,
  retyped: (name) => `It says “${name}” is something else than what was written. It was left alone.`,
  missing: (name) => `It does not hand out “${name}”, which another device has written.`,
  deleted: (name) => `It deleted “${name}”, which none of your devices that run Sheaf did. The last text is still on this computer.`,
  altered: (name) => `What it handed out for “${name}” was written by none of your devices. It was not taken; what is here stays.`,
};

export const account = {
  option: 'Sheaf Server', optionHint: 'Encrypted before it leaves this computer. Host it yourself with one program, or use someone’s you trust.',
  ways: 'Account', signIn: 'Sign in', signUp: 'New account',
  address: 'Address', addressPlaceholder: 'https://notes.example.org', addressHint: 'As the server prints it when it starts. Other servers for Standard Notes work, too.',
  email: 'E-mail', emailPlaceholder: 'anna@example.org', emailHint: 'Only the name of the account. Nothing is sent to it.',
  password: 'Password', repeat: 'Once more', code: 'Recovery code',
  useCode: 'Use a recovery code', usePassword: 'Use the password',
  passwordHint: 'The keys of your notes are made from it on this computer. The server never sees it, and nobody can reset it.',
  short: 'Eight characters or more.', differs: 'The two are not the same.', plainHttp: 'Plain http to another computer: notes stay encrypted, but others can see that you sync and when. Use https where you can.',
  doSignIn: 'Sign in', doSignUp: 'Create account', working: 'Making keys from the password…', answers: (host: string) => `A Sheaf server answers at ${host}.`, missing: 'Fill in address, e-mail and password first.',
  older: { what: 'This account is protected as older apps do it', body: 'Its password is easier to guess for somebody who gets into the server. You can open it, and upgrade it afterwards; apps that only know the older way cannot open it after that.', open: 'Open it all the same' },
  upgrade: { what: 'This account can be protected better', body: 'It is still as an older app made it. The upgrade makes new keys from a password of your choice.', do: 'Upgrade…' },
  keyring: 'Kept in the system keyring: the keys, never the password.',
  keyringOther: 'The keys are kept where passwords are kept; the password itself is not.',

  signedIn: (display: string) => `Signed in: ${display}`, signedOut: (display: string) => `Signed out: ${display}`, protectedBy: 'Encrypted on this computer before anything is sent.',
  hideSizes: 'Hide sizes', hideSizesHint: 'Fills notes up to a few sizes, so that the server cannot tell a short one from a long one. Takes some more space there.',
  changePassword: 'Change password…', kit: 'Recovery code…', leave: 'Sign out…', remove: 'Delete account…',
  again: 'Sign in again to go on. What you wrote meanwhile is kept and sent.',

  suspicious: { title: 'The server did what an honest one never does', dismiss: 'I have read this' }, warnings,

  change: { title: 'Change the password', lead: 'Notes stay as they are and nothing is sent again; only their keys are locked anew. Other devices ask for the new password when they sync next.', current: 'Current password', fresh: 'New password', repeat: 'New password once more', do: 'Change password' },
  upgradeTitle: 'Upgrade the account', upgradeLead: 'Makes new, stronger keys. You may type the same password again. Other devices ask for it when they sync next.', upgradeDo: 'Upgrade',
  recovery: {
    title: 'Your recovery code', lead: 'It opens the account when the password is lost. Nobody else can, so keep it where only you find it: on paper, or in a password manager.',
    copy: 'Copy', copied: 'Copied', copyFailed: 'It could not be copied. Select it and copy it by hand, or write it down.', done: 'I have kept it',
    text: (email: string, address: string, code: string) => `Sheaf recovery code\n\nAccount: ${email}\nServer:  ${address}\n\n${code}\n\nWhoever has this code can read all notes of the account. Type it in\nPreferences, Sync, Sheaf Server, Use a recovery code.\n`,
  },
  show: { title: 'Show the recovery code', lead: 'Type the password of the account.', do: 'Show' },
  removal: { title: 'Delete the account', lead: 'Everything on the server is deleted, for all your devices and for good. The notes on this computer stay.', do: 'Delete the account' },
  leaving: {
    title: 'Sign out', keep: 'Keep the notes on this computer', keepHint: 'They stay as they are and are not synced any more.', drop: 'Take them off this computer', dropHint: 'All of them are sent first; they stay on the server. Former versions kept here go, too.', do: 'Sign out',
  },
  file: {
    title: 'All notes as a file', lead: 'Notes, notebooks and tags as JSON, as every app for Standard Notes reads and writes it. The file is not encrypted; pictures and other attachments are not in it.',
    save: 'Export', take: 'Import…', taking: 'A file of items', saved: (path: string) => `Saved as ${path}. Whoever has the file can read it.`,
    taken: (notes: number, others: number) => `${notes === 1 ? 'One note was' : `${notes} notes were`} taken in${others === 0 ? '.' : others === 1 ? ', and one notebook or tag.' : `, and ${others} notebooks and tags.`}`,
    nothing: 'Nothing in it is new.', here: (n: number) => `${n === 1 ? 'One item was' : `${n} items were`} here already.`, skipped: (n: number) => `${n === 1 ? 'One item is' : `${n} items are`} of a kind Sheaf does not know, or encrypted, and ${n === 1 ? 'was' : 'were'} left out.`,
    refused: 'This is not a file of items. Nothing was changed.',
  },
} as const;
