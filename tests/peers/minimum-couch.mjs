// express-pouchdb with only what PouchDB's own replication needs: no accounts, no _security, a stub _session.
import express from 'express';
import expressPouchDB from 'express-pouchdb';
import PouchDB from 'pouchdb';
import memory from 'pouchdb-adapter-memory';
import { listen } from './listen.mjs';

PouchDB.plugin(memory);
const app = express();
app.use(expressPouchDB(PouchDB.defaults({ adapter: 'memory' }), { mode: 'minimumForPouchDB' }));
listen(app, 'express-pouchdb 4.2.0, minimum, PouchDB 9 in memory');
