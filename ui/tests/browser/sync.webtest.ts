import { expect, test, type Sheaf } from './window';

async function openSync(sheaf: Sheaf, query = ''): Promise<void> {
  await sheaf.open(query);
  await sheaf.page.getByTestId('open-preferences').click();
  await sheaf.page.getByTestId('prefs-sync').click();
}

test('a pasted URL fills the fields, is tested, applied, and its password is nowhere to be read', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('https://anna:s%40cret@couch.example.org:6984/my-notes');
  await page.getByTestId('sync-url').press('Tab');
  await expect(page.getByTestId('sync-address')).toHaveValue('https://couch.example.org:6984');
  await expect(page.getByTestId('sync-user')).toHaveValue('anna');
  await expect(page.getByTestId('sync-database')).toHaveValue('my-notes');
  await expect(page.getByTestId('sync-url')).toHaveValue('');
  await page.getByTestId('sync-test').click();
  await expect(page.getByTestId('sync-result')).toContainText('CouchDB 3.4.2 answered in 48 ms. Signed in as anna.');
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('sync-result')).toContainText('Applied. Sync is on.');
  await expect(page.getByTestId('sync-remote')).toHaveText('anna@couch.example.org:6984/my-notes');
  await expect(page.getByTestId('sync-password')).toHaveAttribute('placeholder', 'Kept in the keyring');
  expect(await page.content()).not.toMatch(/s%40cret|s@cret/);
  await expect(page.getByTestId('sync-apply')).toBeDisabled();

  await page.getByTestId('sync-radio-off').click();
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('sync-result')).toContainText('all notes stay here');
});

const problems: [string, Record<string, string>, string, string][] = [
  ['no such host', { address: 'https://unknown.example.org:6984' }, 'hostNotFound', 'Nobody knows the name unknown.example.org'],
  ['nothing listening', { address: 'https://down.example.org:5984' }, 'connectionRefused', 'Nothing listens on port 5984, but a server answers on 6984'],
  ['no answer', { address: 'https://slow.example.org:6984' }, 'timedOut', 'slow.example.org does not answer on port 6984'],
  ['another service', { address: 'https://web.example.org:80' }, 'notCouchdb', 'A login page answers instead of web.example.org'],
  ['an old certificate', { address: 'https://expired.example.org:6984' }, 'certificate', 'The certificate of expired.example.org expired on 3 November 2026'],
  ['a wrong password', { password: 'wrong' }, 'unauthorised', 'Name or password for anna is wrong'],
  ['a locked account', { password: 'locked' }, 'lockedOut', 'The account anna is locked for some minutes'],
  ['no right to read', { database: 'forbidden' }, 'forbidden', 'anna may not read forbidden'],
  ['no right to write', { database: 'readonly' }, 'readOnly', 'anna may read readonly, but not write to it'],
];

for (const [name, change, code, sentence] of problems) {
  test(`${name} gets a sentence of its own and clears no field`, async ({ sheaf, page }) => {
    await openSync(sheaf);
    await page.getByTestId('sync-radio-couchdb').click();
    const fields: Record<string, string> = { address: 'https://couch.example.org:6984', user: 'anna', password: 'secret', database: 'notes', ...change };
    for (const [field, value] of Object.entries(fields)) await page.getByTestId(`sync-${field}`).fill(value);
    await page.getByTestId('sync-test').click();
    await expect(page.getByTestId('sync-result')).toHaveAttribute('data-code', code);
    await expect(page.getByTestId('sync-result')).toContainText(sentence);
    for (const [field, value] of Object.entries(fields)) await expect(page.getByTestId(`sync-${field}`)).toHaveValue(value);
  });
}

test('a missing database is created from the sentence that says so', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('https://anna:secret@couch.example.org:6984/missing');
  await page.getByTestId('sync-url').press('Tab');
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('sync-result')).toContainText('There is no database missing');
  await page.getByTestId('create-database').click();
  await expect(page.getByTestId('sync-result')).toContainText('missing was created.');
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('sync-footer')).toContainText('Synced');
});

test('a failed test says what to do, and a better address is taken from it', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('https://anna:secret@down.example.org:5984/notes');
  await page.getByTestId('sync-url').press('Tab');
  await page.getByTestId('sync-test').click();
  // Once: the button says it.
  await expect(page.getByTestId('use-better')).toContainText('https://down.example.org:6984');
  await expect(page.getByTestId('sync-result')).not.toContainText('Use https://down.example.org:6984.');
  await page.getByTestId('use-better').click();
  await expect(page.getByTestId('sync-address')).toHaveValue('https://down.example.org:6984');
  expect(await sheaf.violations()).toEqual([]);
});

test('the server of an account is tested before anybody signs in', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await page.getByTestId('sync-radio-hosted').click();
  await expect(page.getByTestId('account-test')).toBeDisabled();
  await page.getByTestId('account-address').fill('https://couch.example.org');
  await page.getByTestId('account-test').click();
  await expect(page.getByTestId('account-result')).toContainText('A CouchDB answers, not a Sheaf server');
  await page.getByTestId('account-address').fill('https://notes.example.org');
  await page.getByTestId('account-test').click();
  await expect(page.getByTestId('account-result')).toContainText('A Sheaf server answers at notes.example.org.');
  expect(await sheaf.violations()).toEqual([]);
});

test('a server that is away can be applied all the same', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('https://anna:secret@down.example.org:6984/notes');
  await page.getByTestId('sync-url').press('Tab');
  await page.getByTestId('sync-apply').click();
  await page.getByTestId('apply-anyway').click();
  await expect(page.getByTestId('sync-footer')).toContainText('Offline, again in 40 s');
});

test('slips are named before anything is sent', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('http://couch.example.org:5984/_utils/#/_all_dbs');
  await page.getByTestId('sync-url').press('Tab');
  await expect(page.getByTestId('sync-hint').filter({ hasText: '/_utils is the administration page' })).toBeVisible();
  await expect(page.getByTestId('sync-hint').filter({ hasText: 'Plain http to another computer' })).toBeVisible();
  await expect(page.getByTestId('sync-address')).toHaveValue('http://couch.example.org:5984');
});

test('a database open to everybody is warned of', async ({ sheaf, page }) => {
  await openSync(sheaf, 'sync=idle');
  await page.getByTestId('sync-database').fill('open');
  await page.getByTestId('sync-test').click();
  await expect(page.getByTestId('sync-warning')).toContainText('Open to everybody');
});

test('without a keyring the choice is made in the open', async ({ sheaf, page }) => {
  await openSync(sheaf, 'keyring=none');
  await page.getByTestId('sync-radio-couchdb').click();
  await expect(page.getByTestId('secret-store')).toContainText('unencrypted');
  await page.getByTestId('store-session').click();
  await expect(page.getByTestId('secret-store')).toBeHidden();
  await expect(page.getByTestId('sync-store-hint')).toHaveText('Kept until Sheaf is closed; you are asked again after that.');
});

test.describe('the footer says the ten states in one line', () => {
  for (const [state, words] of [
    ['off', 'Not syncing'], ['connecting', 'Connecting…'], ['pushing', 'Sending'], ['pulling', '140/482'], ['attention', '1 conflict'], ['offline', 'Offline, again in 40 s'],
    ['error', 'Server busy, again in 2 min'], ['blocked', 'Sign in again to sync'], ['paused', 'Paused'],
  ] as const) {
    test(state, async ({ sheaf, page }) => {
      await sheaf.open(`sync=${state}`);
      await expect(page.getByTestId('sync-footer')).toContainText(words);
    });
  }
});

test('signing in again goes on with sync', async ({ sheaf, page }) => {
  await sheaf.open('sync=blocked');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByTestId('sign-in-password').fill('better');
  await page.getByTestId('sign-in').click();
  await expect(page.getByTestId('sync-footer')).toContainText('Synced');
});

test('a guard asks with numbers and does what is answered', async ({ sheaf, page }) => {
  await openSync(sheaf, 'sync=massDeletion');
  await expect(page.getByTestId('guard')).toContainText('The remote wants to delete 214 of 482 notes.');
  await expect(page.getByTestId('guard-delete')).toHaveText('Delete 214 notes');
  await page.getByTestId('guard-keep').click();
  await expect(page.getByTestId('guard')).toBeHidden();
});

test('another database of the same name is merged, not overwritten', async ({ sheaf, page }) => {
  await openSync(sheaf, 'sync=targetChanged');
  await expect(page.getByTestId('guard')).toContainText('Nothing has been changed here or there.');
  await page.getByTestId('guard-merge').click();
  await expect(page.getByTestId('sync-rail')).toContainText('Up to date');
});

test('sync is paused and resumed, from the footer too', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle');
  await page.getByTestId('sync-footer').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Pause sync' }).click();
  await expect(page.getByTestId('sync-footer')).toContainText('Paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByTestId('sync-footer')).toContainText('Synced');
});
