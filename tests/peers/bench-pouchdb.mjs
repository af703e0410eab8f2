// The peer of the replication benchmarks: PouchDB 9 on leveldb, one direction, one batch size, one process a run.
//   bench-pouchdb.mjs pull URL BATCH DIR            everything of URL into an empty database in DIR
//   bench-pouchdb.mjs fill FILE DIR                 the documents of FILE (JSON lines) into a database in DIR, untimed
//   bench-pouchdb.mjs live URL COUNT DIR            COUNT edits in one database until another has them, both live; `seconds` is a list
//   bench-pouchdb.mjs push URL BATCH DIR            everything of the database in DIR into URL
// Prints one JSON line. `seconds` spans `replicate` alone: starting Node and loading PouchDB are not held against it.
// BATCH `default` leaves PouchDB's own choice, 100.
import fs from 'node:fs';
import path from 'node:path';
import PouchDB from 'pouchdb';

const [action, ...rest] = process.argv.slice(2);

const open = (dir) => new PouchDB(path.join(dir, 'notes'), { adapter: 'leveldb' });
const options = (batch) => (batch === 'default' ? {} : { batch_size: Number(batch) });
const direction = { pull: (db) => db.replicate.from, push: (db) => db.replicate.to };

async function replicate([url, batch, dir]) {
  const db = open(dir);
  await db.info(); // opens leveldb, which is no part of a replication
  const started = performance.now();
  const result = await direction[action](db)(url, options(batch));
  const seconds = (performance.now() - started) / 1000;
  await db.close();
  return { seconds, documents: result.docs_written, failures: result.doc_write_failures };
}

async function fill([file, dir]) {
  const db = open(dir);
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  for (let at = 0; at < lines.length; at += 1000) {
    await db.bulkDocs(lines.slice(at, at + 1000).map((line) => JSON.parse(line)));
  }
  const { doc_count } = await db.info();
  await db.close();
  return { documents: doc_count };
}

async function live([url, count, dir]) {
  const [here, there] = ['here', 'there'].map((name) => new PouchDB(path.join(dir, name), { adapter: 'leveldb' }));
  const syncs = [here, there].map((db) => db.sync(url, { live: true }));
  // In step before the first edit.
  await Promise.all(syncs.map((sync) => new Promise((resolve) => sync.once('paused', resolve))));
  const seconds = [];
  const changes = there.changes({ live: true, since: 'now' });
  for (let number = 0; number < Number(count); number += 1) {
    const _id = `note:live-${number}`;
    const arrived = new Promise((resolve) => {
      const listen = (change) => {
        if (change.id !== _id) return;
        changes.off('change', listen);
        resolve();
      };
      changes.on('change', listen);
    });
    const started = performance.now();
    await here.put({ _id, title: `Live ${number}`, body: '' });
    await arrived;
    seconds.push((performance.now() - started) / 1000);
  }
  // The databases end with the process: closed, they fail the checkpoint that a cancelled sync still writes.
  changes.cancel();
  for (const sync of syncs) sync.cancel();
  return { seconds };
}

const actions = { fill, live, pull: replicate, push: replicate };
console.log(JSON.stringify(await actions[action](rest)));
process.exit(0);
