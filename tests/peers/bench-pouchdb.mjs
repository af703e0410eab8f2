// PouchDB 9 over leveldb as the client to compare with. One replication, timed inside the process so that Node's own
// start does not count, printed as one JSON line: `{docs, seconds, cpu, peakRss}` (seconds of CPU; bytes).
//
//   node bench-pouchdb.mjs pull|push --url URL --dir DIR [--batch N]
//
// `pull` fills the database in DIR, `push` sends it. Without --batch PouchDB's own default (100) is used.
import path from 'node:path';
import { parseArgs } from 'node:util';
import PouchDB from 'pouchdb';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string' }, dir: { type: 'string' }, batch: { type: 'string' } },
});
const [direction] = positionals;
if (!['pull', 'push'].includes(direction) || !values.url || !values.dir) {
  console.error('usage: node bench-pouchdb.mjs pull|push --url URL --dir DIR [--batch N]');
  process.exit(2);
}

const options = values.batch ? { batch_size: Number(values.batch) } : {};
const db = new PouchDB(path.join(values.dir, 'notes'));
const start = performance.now();
const before = process.cpuUsage();
const result =
  direction === 'pull' ? await db.replicate.from(values.url, options) : await db.replicate.to(values.url, options);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
await db.close();
console.log(
  JSON.stringify({
    docs: result.docs_written,
    seconds,
    cpu: (user + system) / 1e6,
    peakRss: process.resourceUsage().maxRSS * 1024,
  }),
);
process.exit(result.ok && result.doc_write_failures === 0 ? 0 : 1);
