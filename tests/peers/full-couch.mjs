// express-pouchdb with everything it has of CouchDB: accounts, _security, _find, validation functions.
// PouchDB 9 in memory; nothing touches the disk. `--admin name:password` ends its admin party.
import os from 'node:os';
import express from 'express';
import expressPouchDB from 'express-pouchdb';
import PouchDB from 'pouchdb';
import memory from 'pouchdb-adapter-memory';
import { adminFrom, listen, refuseStrangersCreatingDatabases } from './listen.mjs';

PouchDB.plugin(memory);
const couch = expressPouchDB(PouchDB.defaults({ adapter: 'memory' }), {
  mode: 'fullCouchDB',
  inMemoryConfig: true,
  logPath: os.devNull,
});
couch.couchConfig.set('log', 'level', 'none', () => {});
const admin = adminFrom(process.argv);
const app = express();
if (admin) app.use(refuseStrangersCreatingDatabases(admin));
app.use(couch);

const start = () => listen(app, 'express-pouchdb 4.2.0, full, PouchDB 9 in memory');
if (admin) couch.couchConfig.set('admins', admin.name, admin.password, start);
else start();
