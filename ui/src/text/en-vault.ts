// Encryption of one's own database: turning it on, getting in, the recovery kit, and the move into
// another database.

import { thousands } from './plain';

const many = (n: number, one: string, other: string): string => `${thousands(n, 'en-GB')} ${n === 1 ? one : other}`;

export const vault = {
  title: 'Encryption',
  off: 'Off', offHint: 'Whoever runs the server can read what is in the database. So can Inkdrop’s own apps, which need it that way.',
  on: 'On', onHint: 'Encrypted on this computer before it is sent. The key is where your passwords are kept; the passphrase is kept nowhere.',
  locked: 'The passphrase is missing here', lockedHint: 'The database is encrypted. Nothing is sent or received before its passphrase is entered on this computer.',
  turnOn: 'Encrypt…', enter: 'Enter the passphrase…', kit: 'Recovery kit…', change: 'Change the passphrase…', turnOff: 'Move into a plain database…',
  fromTheBeginning: 'Encrypt it from the beginning…', fromTheBeginningHint: 'It holds nothing yet. Later that takes a move into another database.',

  passphrase: 'Passphrase', repeat: 'Once more', fresh: 'New passphrase', code: 'Recovery code', useCode: 'Use the recovery code', usePassphrase: 'Use the passphrase',
  differs: 'The two are not the same.',
  short: 'Ten characters or more.',
  strength: {
    weak: 'Easy to guess for whoever has the server. Add some words that do not belong together.',
    fair: 'Withstands somebody curious. A few more words make it last.',
    good: 'Good. Five or more words that do not belong together are hard to guess for anybody.',
  },
  none: 'Whoever runs the server may try as many as they like, so it should be longer than a password: a few words that do not belong together.',

  create: { title: 'Encrypt the database', lead: 'From now on everything is encrypted on this computer before it is sent. Your other devices need this passphrase once. Inkdrop’s own apps cannot read such a database.', do: 'Encrypt', working: 'Making the key…' },
  move: {
    title: 'Move into an encrypted database', lead: (database: string) => `${database} holds notes already, and its former versions would stay readable. Everything is copied into a new database, counted, and only then that one is used. ${database} stays as it is.`,
    name: 'New database', do: 'Copy and change over', taken: 'Choose a name that is not used yet.',
    plainTitle: 'Move into a plain database', plainLead: (database: string) => `Everything is copied into a new database that other apps can read, and so can whoever runs the server. ${database} stays as it is.`,
  },
  open: { title: 'Enter the passphrase', lead: (database: string) => `${database} is encrypted. Its passphrase was chosen on the device that encrypted it.`, do: 'Open', lost: 'Lost it? The recovery code opens the database too. Without either nobody can read what is there, and nobody can help; the notes on your devices stay.' },
  confirm: { title: 'Show the recovery kit', lead: 'Type the passphrase of the database.', do: 'Show' },
  changing: { title: 'Change the passphrase', lead: 'The notes stay as they are and devices that are in already stay in. The recovery code stays the same, too.', do: 'Change' },

  recovery: {
    title: 'Your recovery kit', lead: 'The code opens the database when the passphrase is lost. Print it or write it down, and keep it away from this computer. Without the code and without the passphrase nobody can read what is there, and nobody can help.',
    print: 'Print…', copy: 'Copy', copied: 'Copied', copyFailed: 'It could not be copied. Write it down.', printFailed: 'It could not be printed. Copy it, or write it down.', done: 'I have kept it',
    page: {
      title: 'Sheaf recovery kit', database: 'Database', key: 'Key', code: 'Recovery code', passphrase: 'Passphrase (if you want to write it here)',
      what: 'Whoever has this code can read all notes in the database. It contains no password: to reach the server, the account’s own password is still needed.',
      how: 'To use it: Preferences, Sync, Advanced (CouchDB). Type address and account, then “Enter the passphrase…” and “Use the recovery code”.',
      nobody: 'There is no other way in. Neither the makers of Sheaf nor whoever runs the server can open the database.',
    },
  },

  conversion: {
    encrypting: 'Moving into an encrypted database', decrypting: 'Moving into a plain database',
    stages: {
      receiving: (from: string) => `Receiving everything from ${from}`, creating: (to: string) => `Creating ${to}`,
      copying: (done: number, total: number) => total === 0 ? 'Copying' : `Copying, ${thousands(done, 'en-GB')} of ${thousands(total, 'en-GB')}`, checking: 'Counting both databases',
    },
    safe: (from: string) => `${from} is not changed. Sync goes on when this is done.`,
    cancel: 'Cancel', carryOn: 'Go on', giveUp: 'Give it up',
    interrupted: 'The move was interrupted', failed: 'The move has stopped', stillOld: (from: string) => `${from} is in use as before. What was copied already is not copied again.`,
    giveUpHint: 'Giving it up takes the unfinished database away.',
    done: (to: string) => `${to} is in use`,
    counts: (notes: number, notebooks: number, tags: number, attachments: number) => `${many(notes, 'note', 'notes')}, ${many(notebooks, 'notebook', 'notebooks')}, ${many(tags, 'tag', 'tags')} and ${many(attachments, 'attachment', 'attachments')} are there, as many as before.`,
    left: (n: number, from: string) => `${many(n, 'document', 'documents')} could not be read and stayed in ${from}.`,
    oldPlain: (from: string) => `${from} still holds everything in the clear. Set up your other devices with the new database, then delete the old one on the server, and its backups.`,
    oldSealed: (from: string) => `${from} was not changed. Set up your other devices with the new database, then delete the old one on the server.`,
    read: 'Close',
  },
} as const;
