// A second client of the same database that Sheaf's authors did not write: PouchDB 9 with a database in memory.
// One JSON command per line on stdin, one JSON answer per line on stdout: `{"ok":…}` or `{"error":…}`.
import readline from 'node:readline';
import PouchDB from 'pouchdb';
import memory from 'pouchdb-adapter-memory';

PouchDB.plugin(memory);
const db = new PouchDB('foreign', { adapter: 'memory' });

const summary = ({ docs_read, docs_written, doc_write_failures }) => ({ docs_read, docs_written, doc_write_failures });

const commands = {
  /** Everything of `url` into this client. */
  pull: async ({ url }) => summary(await db.replicate.from(url)),
  /** Everything of this client into `url`. */
  push: async ({ url }) => summary(await db.replicate.to(url)),
  get: ({ id, options }) => db.get(id, options ?? {}),
  put: ({ doc }) => db.put(doc),
  /** Reads a document, lays `set` over it and writes it back: what an app does when its user types. */
  edit: async ({ id, set }) => db.put({ ...(await db.get(id)), ...set }),
  delete: async ({ id }) => db.remove(await db.get(id)),
  /** Every live document, winning revision. */
  list: async () => (await db.allDocs({ include_docs: true })).rows.map((row) => row.doc),
  /** Every leaf of one document, deleted ones too. */
  leaves: async ({ id }) => (await db.get(id, { open_revs: 'all' })).map((leaf) => leaf.ok),
  /** One attachment's bytes, base64. */
  attachment: async ({ id, name }) => (await db.getAttachment(id, name)).toString('base64'),
};

process.stdout.write('{"ok":"ready"}\n');
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { cmd, ...parameters } = JSON.parse(line);
  let answer;
  try {
    answer = { ok: (await commands[cmd](parameters)) ?? null };
  } catch (error) {
    answer = { error: { name: error.name, status: error.status, message: error.message ?? String(error) } };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
