// pouchdb-server as published (PouchDB 7, leveldb on disk), in a new folder that is deleted when it ends.
// Its own command line cannot ask for "any free port and tell me which", so its listen call is redirected to one.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { adminFrom, announce } from './listen.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pouchdb-server-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const admin = adminFrom(process.argv);
const config = { log: { file: path.join(dir, 'log.txt'), level: 'none' } };
if (admin) config.admins = { [admin.name]: admin.password };
fs.writeFileSync(path.join(dir, 'config.json'), JSON.stringify(config));

const listen = http.Server.prototype.listen;
http.Server.prototype.listen = function redirected(_port, _host, started) {
  return listen.call(this, 0, '127.0.0.1', () => {
    started?.call(this);
    announce(this, 'pouchdb-server 4.2.0, PouchDB 7 on disk');
  });
};
process.chdir(dir);
process.argv = [process.argv[0], 'pouchdb-server', '--dir', dir, '--config', path.join(dir, 'config.json'), '--no-stdout-logs'];
createRequire(import.meta.url)('pouchdb-server/lib/index.js');
