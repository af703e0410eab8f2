// How every peer tells the fixture where it is: one JSON line on stdout once the socket listens, and the peer
// ends when its stdin closes, so that a killed test run leaves no server behind.

/** Serves `app` on a free loopback port and announces it as `name`. */
export function listen(app, name) {
  const server = app.listen(0, '127.0.0.1', () => announce(server, name));
}

/** Prints the ready line for an http server that already listens. */
export function announce(server, name) {
  process.stdout.write(JSON.stringify({ port: server.address().port, name }) + '\n');
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}

/** `--admin name:password` as `{ name, password }`, or undefined when the server is to be open to everybody. */
export function adminFrom(argv) {
  const at = argv.indexOf('--admin');
  if (at < 0) return undefined;
  const [name, ...rest] = argv[at + 1].split(':');
  return { name, password: rest.join(':') };
}

/**
 * express-pouchdb dies of an uncaught exception when somebody who may not create a database tries to: its error path
 * assumes a database object. CouchDB answers 401; this answers for it, so that the case can be tested at all.
 */
export function refuseStrangersCreatingDatabases(admin) {
  const expected = 'Basic ' + Buffer.from(`${admin.name}:${admin.password}`).toString('base64');
  return (request, response, next) => {
    const creates = request.method === 'PUT' && /^\/[^/]+\/?$/.test(request.path);
    if (!creates || request.headers.authorization === expected) return next();
    response.status(401).json({ error: 'unauthorized', reason: 'You are not a server admin.' });
  };
}
