// What the replication benchmarks need of a CouchDB-like server besides replication, over plain HTTP.
//   bench-database.mjs create URL          a new, empty database
//   bench-database.mjs load URL FILE       the documents of FILE (JSON lines) into it
//   bench-database.mjs drop URL
//   bench-database.mjs count URL           how many documents it has
//   bench-database.mjs name URL            what the server calls itself; URL is the server's root
//   bench-database.mjs read URL            raw floor of a pull: the streamed changes with their documents, thrown away
//   bench-database.mjs deepen URL FILE N   the documents of FILE into it, each as the last of N revisions
//   bench-database.mjs files URL FILE N    raw floor of attachments: FILE put N times, each read again; `writing` and `reading`
//   bench-database.mjs write URL FILE      raw floor of a push: `_bulk_docs` with ready revisions, 2,000 at a time
// Prints one JSON line; `seconds` spans the requests alone.
import fs from 'node:fs';
import crypto from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

const [action, address, file, times] = process.argv.slice(2);
const url = new URL(address);
const agents = { 'http:': http, 'https:': https };
const agent = new agents[url.protocol].Agent({ keepAlive: true });
const authorization = url.username
  ? 'Basic ' + Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')
  : undefined;

/** Resolves to `{ status, bytes, text }`; the body is counted, and kept only with `keep`. */
function request(method, suffix, { body, keep = true, type = 'application/json' } = {}) {
  const headers = { accept: 'application/json' };
  if (authorization) headers.authorization = authorization;
  if (body !== undefined) {
    headers['content-type'] = type;
    headers['content-length'] = Buffer.byteLength(body);
  }
  const target = {
    agent, method, headers, host: url.hostname, port: url.port, path: url.pathname.replace(/\/$/, '') + suffix,
  };
  return new Promise((resolve, reject) => {
    const sent = agents[url.protocol].request(target, (response) => {
      let bytes = 0;
      const chunks = [];
      response.on('data', (chunk) => {
        bytes += chunk.length;
        if (keep) chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode < 300) resolve({ status: response.statusCode, bytes, text });
        else reject(new Error(`${method} ${suffix || '/'} was answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const lines = () => fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');

function batches(documents, size) {
  const all = [];
  for (let at = 0; at < documents.length; at += size) all.push(documents.slice(at, at + size));
  return all;
}

async function timed(work) {
  const started = performance.now();
  const answer = await work();
  return { seconds: (performance.now() - started) / 1000, ...answer };
}

const actions = {
  create: async () => ({ status: (await request('PUT', '')).status }),
  drop: async () => ({ status: (await request('DELETE', '')).status }),
  count: async () => ({ documents: JSON.parse((await request('GET', '')).text).doc_count }),
  name: async () => {
    const { version, vendor, ...welcome } = JSON.parse((await request('GET', '/')).text);
    return { name: welcome.couchdb ? `Apache CouchDB ${version}` : `${vendor?.name ?? 'CouchDB-like'} ${version ?? ''}` };
  },
  load: async () => {
    for (const batch of batches(lines(), 1000)) {
      await request('POST', '/_bulk_docs', { body: `{"docs":[${batch.join(',')}]}`, keep: false });
    }
    return actions.count();
  },
  deepen: async () => {
    const ready = lines().map((line) => {
      const ids = Array.from({ length: Number(times) }, (_, number) => crypto.createHash('md5').update(`${number} ${line}`).digest('hex'));
      return `{"_rev":"${ids.length}-${ids[0]}","_revisions":{"start":${ids.length},"ids":${JSON.stringify(ids)}},${line.slice(1)}`;
    });
    for (const batch of batches(ready, 200)) {
      await request('POST', '/_bulk_docs', { body: `{"new_edits":false,"docs":[${batch.join(',')}]}`, keep: false });
    }
    return actions.count();
  },
  files: async () => {
    const body = fs.readFileSync(file);
    const names = Array.from({ length: Number(times) }, (_, number) => `/file-${number}/index`);
    const writing = await timed(async () => {
      for (const name of names) await request('PUT', name, { body, keep: false, type: 'application/octet-stream' });
    });
    const reading = await timed(async () => {
      for (const name of names) await request('GET', name, { keep: false });
    });
    return { writing: writing.seconds, reading: reading.seconds };
  },
  read: () =>
    timed(() => request('GET', '/_changes?style=all_docs&include_docs=true&seq_interval=1000', { keep: false })),
  write: async () => {
    const ready = lines().map((line) => {
      const hash = crypto.createHash('md5').update(line).digest('hex');
      return `{"_rev":"1-${hash}","_revisions":{"start":1,"ids":["${hash}"]},${line.slice(1)}`;
    });
    const bodies = batches(ready, 2000).map((batch) => `{"new_edits":false,"docs":[${batch.join(',')}]}`);
    return timed(async () => {
      for (const body of bodies) await request('POST', '/_bulk_docs', { body, keep: false });
    });
  },
};

const answer = await actions[action]();
agent.destroy();
console.log(JSON.stringify(answer));
