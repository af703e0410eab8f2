// Checks documents against Inkdrop's published data model. Documents come as JSON lines on stdin; every failure is a
// JSON line `{id, errors}` on stdout, the last line is `{checked, failed}`, and the exit code is 1 when one failed.
// A `file:` document must carry its attachment's bytes (`attachments=true`): the model requires them.
import readline from 'node:readline';
import model from 'inkdrop-model';

const validators = [
  ['note:', model.validateNote],
  ['book:', model.validateBook],
  ['tag:', model.validateTag],
  ['file:', model.validateFile],
];

function errorsOf(document) {
  const known = validators.find(([prefix]) => document._id?.startsWith(prefix));
  if (!known) return ['no kind of document in the model has an id like this'];
  const [, validate] = known;
  if (validate(document)) return [];
  return validate.errors.map((error) => `${error.instancePath || '/'} ${error.message}`);
}

let checked = 0;
let failed = 0;
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const document = JSON.parse(line);
  const errors = errorsOf(document);
  checked += 1;
  if (errors.length === 0) continue;
  failed += 1;
  console.log(JSON.stringify({ id: document._id, errors }));
}
console.log(JSON.stringify({ checked, failed }));
process.exitCode = failed === 0 ? 0 : 1;
