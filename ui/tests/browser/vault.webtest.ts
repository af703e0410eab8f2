// Encryption of one's own database in the window: turned on, entered, moved into, and back.

import { expect, test, type Sheaf } from './window';

const words = 'straw ink lantern orchard';

async function openSync(sheaf: Sheaf, query = 'sync=idle'): Promise<void> {
  await sheaf.open(query);
  await sheaf.page.getByTestId('open-preferences').click();
  await sheaf.page.getByTestId('prefs-sync').click();
}

async function choose(sheaf: Sheaf, passphrase = words): Promise<void> {
  await sheaf.page.getByTestId('vault-passphrase').fill(passphrase);
  await sheaf.page.getByTestId('vault-repeat').fill(passphrase);
}

async function connect(sheaf: Sheaf, database: string): Promise<void> {
  await openSync(sheaf, 'sync=off');
  await sheaf.page.getByTestId('sync-radio-couchdb').click();
  for (const [field, value] of Object.entries({ address: 'https://couch.example.org:6984', user: 'anna', password: 'secret', database })) await sheaf.page.getByTestId(`sync-${field}`).fill(value);
}

test('an empty database is encrypted before the first note goes there', async ({ sheaf, page }) => {
  await connect(sheaf, 'empty');
  await page.getByTestId('sync-test').click();
  await page.getByTestId('vault-new').click();
  await page.getByTestId('vault-passphrase').fill('short');
  await expect(page.getByTestId('vault-strength')).toHaveText('Ten characters or more.');
  await page.getByTestId('vault-passphrase').fill('aaaaaaaaaaaa');
  await expect(page.getByTestId('vault-strength')).toContainText('Easy to guess');
  await page.getByTestId('vault-passphrase').fill(words);
  await page.getByTestId('vault-repeat').fill('something else');
  await expect(page.getByText('The two are not the same.')).toBeVisible();
  await expect(page.getByTestId('vault-go')).toBeDisabled();
  await choose(sheaf);
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('vault-go').click();
  await expect(page.getByTestId('vault-code')).toContainText('080G2');
  // A slip of a finger does not lose it.
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('vault-code')).toBeVisible();
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('vault-kept').click();
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('encryption-state')).toHaveText('On');
  expect(await page.content()).not.toMatch(/lantern|080G2/);
});

test('an encrypted database asks for its passphrase, says when it is wrong, and takes the recovery code', async ({ sheaf, page }) => {
  await connect(sheaf, 'sealed');
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('sync-result')).toContainText('The database is encrypted, and its passphrase was not entered on this computer');
  await page.getByTestId('vault-enter').click();
  await page.getByTestId('vault-typed').fill('straw and inc');
  await page.getByTestId('vault-go').click();
  await expect(page.getByTestId('vault-trouble')).toContainText('This passphrase does not open it.');
  await page.getByTestId('vault-other').click();
  await page.getByTestId('vault-typed').fill('not a code');
  await page.getByTestId('vault-go').click();
  await expect(page.getByTestId('vault-trouble')).toContainText('This is not a recovery code.');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('vault-other').click();
  await page.getByTestId('vault-typed').fill('straw and ink');
  await page.getByTestId('vault-go').click();
  await expect(page.getByTestId('encryption-state')).toHaveText('On');
});

test('a database with notes moves into an encrypted one, with progress, and the old one is named', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await expect(page.getByTestId('encryption-state')).toHaveText('Off');
  await page.getByTestId('encryption-on').click();
  await choose(sheaf);
  await page.getByTestId('vault-go').click();
  // It holds notes: a name for the new one.
  await expect(page.getByTestId('vault-name')).toHaveValue('notes-anna-encrypted');
  await page.getByTestId('vault-name').fill('shared');
  await page.getByTestId('vault-go').click();
  await expect(page.getByText('Choose a name that is not used yet.')).toBeVisible();
  await page.getByTestId('vault-name').fill('notes-anna-encrypted');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('vault-go').click();
  await page.getByTestId('vault-kept').click();
  await expect(page.getByTestId('conversion')).toHaveAttribute('data-stage', 'done');
  await expect(page.getByTestId('conversion')).toContainText('notes-anna still holds everything in the clear.');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('conversion-close').click();
  await expect(page.getByTestId('conversion')).toBeHidden();
  await expect(page.getByTestId('encryption-state')).toHaveText('On');
  await expect(page.getByTestId('sync-remote')).toContainText('notes-anna-encrypted');

  await page.getByTestId('encryption-off').click();
  await expect(page.getByTestId('vault-name')).toHaveValue('notes-anna-encrypted-plain');
  await page.getByTestId('vault-name').fill('notes-open');
  await page.getByTestId('vault-go').click();
  await expect(page.getByTestId('conversion')).toHaveAttribute('data-stage', 'done');
  await expect(page.getByTestId('encryption-state')).toHaveText('Off');
});

test('a move is cancelled, and one that stopped is gone on with', async ({ sheaf, page }) => {
  await openSync(sheaf, 'sync=idle&latency=200');
  const begin = async (name: string): Promise<void> => {
    await page.getByTestId('encryption-on').click();
    await choose(sheaf);
    await page.getByTestId('vault-go').click();
    await page.getByTestId('vault-name').fill(name);
    await page.getByTestId('vault-go').click();
    await page.getByTestId('vault-kept').click();
  };
  await begin('one');
  await page.getByTestId('conversion-cancel').click();
  await expect(page.getByTestId('conversion')).toBeHidden();
  await expect(page.getByTestId('encryption-state')).toHaveText('Off');

  await begin('full');
  await expect(page.getByTestId('conversion')).toHaveAttribute('data-stage', 'failed');
  await expect(page.getByTestId('conversion')).toContainText('The server is out of space.');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('conversion-continue').click();
  await expect(page.getByTestId('conversion')).toHaveAttribute('data-stage', 'done');
});

test('the recovery kit is shown again for the passphrase, and printed without staying in the window', async ({ sheaf, page }) => {
  await connect(sheaf, 'sealed');
  await page.getByTestId('sync-apply').click();
  await page.getByTestId('vault-enter').click();
  await page.getByTestId('vault-typed').fill('straw and ink');
  await page.getByTestId('vault-go').click();
  await page.getByTestId('encryption-change').click();
  await page.getByTestId('vault-typed').fill('straw and ink');
  await page.getByTestId('vault-fresh').fill(words);
  await page.getByTestId('vault-again').fill(words);
  await page.getByTestId('vault-go').click();
  await page.getByTestId('encryption-kit').click();
  await page.getByTestId('vault-typed').fill('straw and ink');
  await page.getByTestId('vault-go').click();
  await expect(page.getByTestId('vault-trouble')).toContainText('does not open it');
  await page.getByTestId('vault-typed').fill(words);
  await page.getByTestId('vault-go').click();
  await page.getByTestId('vault-print').click();
  await expect.poll(() => page.evaluate(() => window.sheafFake.printed)).toBe(1);
  await expect(page.locator('.printed.kit')).toContainText('There is no other way in.');
  await page.getByTestId('vault-kept').click();
  await expect(page.locator('.printed.kit')).toHaveCount(0);
  expect(await page.content()).not.toContain('080G2');
});
