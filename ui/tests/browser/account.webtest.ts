// The Sheaf Server option: every way in and out of an account, in the words people read.

import { expect, test, type Sheaf } from './window';

async function openAccount(sheaf: Sheaf, query = ''): Promise<void> {
  await sheaf.open(query);
  await sheaf.page.getByTestId('open-preferences').click();
  await sheaf.page.getByTestId('prefs-sync').click();
  await sheaf.page.getByTestId('sync-radio-hosted').click();
}

async function fill(sheaf: Sheaf, fields: Record<string, string>): Promise<void> {
  for (const [field, value] of Object.entries({ address: 'https://notes.example.org', email: 'Anna@example.org', password: 'correct horse', ...fields })) await sheaf.page.getByTestId(`account-${field}`).fill(value);
}

async function signedIn(sheaf: Sheaf, fields: Record<string, string> = {}): Promise<void> {
  await openAccount(sheaf);
  await fill(sheaf, fields);
  await sheaf.page.getByTestId('account-enter').click();
  await expect(sheaf.page.getByTestId('account-display')).toContainText('Signed in');
}

test('a new account shows its recovery code once and is in force', async ({ sheaf, page }) => {
  await openAccount(sheaf);
  await page.getByTestId('account-way-signUp').click();
  await fill(sheaf, { password: 'short' });
  await expect(page.getByText('Eight characters or more.')).toBeVisible();
  await fill(sheaf, { repeat: 'correct house' });
  await expect(page.getByText('The two are not the same.')).toBeVisible();
  await expect(page.getByTestId('account-enter')).toBeDisabled();
  await page.getByTestId('account-repeat').fill('correct horse');
  await page.getByTestId('account-enter').click();
  await expect(page.getByTestId('recovery-code')).toContainText('A0Q4G-YJ8KT');
  // A slip of a finger does not lose it.
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('recovery-code')).toBeVisible();
  await page.getByTestId('recovery-done').click();
  await expect(page.getByTestId('account-display')).toHaveText('Signed in: anna@example.org at notes.example.org');
  await expect(page.getByTestId('sync-remote')).toHaveText('anna@example.org at notes.example.org');
  expect(await page.content()).not.toMatch(/correct horse|A0Q4G/);
});

const refusals: [string, Record<string, string>, string, string][] = [
  ['nothing listening', { address: 'https://down.example.org' }, 'connectionRefused', 'Nothing listens on down.example.org.'],
  ['another service', { address: 'https://web.example.org' }, 'notNotesServer', 'What answers on web.example.org is not a server for notes.'],
  ['a wrong password', { password: 'wrong' }, 'unauthorised', 'was refused.'],
];
for (const [name, fields, code, sentence] of refusals) {
  test(`${name} gets a sentence of its own and clears no field`, async ({ sheaf, page }) => {
    await openAccount(sheaf);
    await fill(sheaf, fields);
    await page.getByTestId('account-enter').click();
    await expect(page.getByTestId('account-result')).toHaveAttribute('data-code', code);
    await expect(page.getByTestId('account-result')).toContainText(sentence);
    await expect(page.getByTestId('account-email')).toHaveValue('Anna@example.org');
  });
}

test('an account of an older app opens only when asked for, and is upgraded', async ({ sheaf, page }) => {
  await openAccount(sheaf);
  await fill(sheaf, { email: 'older@example.org' });
  await page.getByTestId('account-enter').click();
  await page.getByTestId('account-open-older').click();
  await page.getByTestId('account-do-upgrade').click();
  await page.getByTestId('password-current').fill('correct horse');
  await page.getByTestId('password-new').fill('a better one');
  await page.getByTestId('password-repeat').fill('a better one');
  await page.getByTestId('password-change').click();
  await page.getByTestId('recovery-done').click();
  await expect(page.getByTestId('account-upgrade')).toBeHidden();
});

test('the password is changed, and the recovery code shown again, only for the right one', async ({ sheaf, page }) => {
  await signedIn(sheaf);
  await page.getByTestId('account-change-password').click();
  await page.getByTestId('password-current').fill('not this');
  await page.getByTestId('password-new').fill('another password');
  await page.getByTestId('password-repeat').fill('another password');
  await page.getByTestId('password-change').click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('refused');
  await page.getByTestId('password-current').fill('correct horse');
  await page.getByTestId('password-change').click();
  await page.getByTestId('recovery-done').click();
  await page.getByTestId('account-kit').click();
  await page.getByTestId('confirm-password').fill('another password');
  await page.getByTestId('confirm-account').click();
  await expect(page.getByTestId('recovery-code')).toBeVisible();
});

test('signing out keeps the notes unless somebody wants them gone', async ({ sheaf, page }) => {
  await signedIn(sheaf);
  await page.getByTestId('account-leave').click();
  await page.getByTestId('leave').click();
  await expect(page.getByTestId('sync-radio-hosted')).toBeVisible();
  await expect(page.getByTestId('account-address')).toHaveValue('https://notes.example.org');
  await fill(sheaf, {});
  await page.getByTestId('account-enter').click();
  await page.getByTestId('account-leave').click();
  await page.getByTestId('leave-drop').check();
  await page.getByTestId('leave').click();
  await expect(page.getByTestId('sync-rail')).toContainText('0 notes');
});

test('an account is deleted only with its password', async ({ sheaf, page }) => {
  await signedIn(sheaf);
  await page.getByTestId('account-delete').click();
  await page.getByTestId('confirm-password').fill('correct horse');
  await page.getByTestId('confirm-account').click();
  await expect(page.getByTestId('sync-rail')).toContainText('Not syncing');
});

test('what a server does that an honest one never does is told until it was read', async ({ sheaf, page }) => {
  await signedIn(sheaf);
  await page.evaluate(() => { window.sheafFake.accounts.warnings = [{ kind: 'older', id: 'note:pull', title: 'Ablauf eines Abrufs' }, { kind: 'deleted', id: 'note:x', title: null }]; });
  await page.getByTestId('sync-now').click();
  await expect(page.getByTestId('account-warnings')).toContainText('older version of “Ablauf eines Abrufs”');
  await page.getByTestId('account-dismiss').click();
  await expect(page.getByTestId('account-warnings')).toBeHidden();
});

test('without a keyring the place for the keys is chosen first', async ({ sheaf, page }) => {
  await openAccount(sheaf, 'keyring=none');
  await fill(sheaf, {});
  await page.getByTestId('account-enter').click();
  await expect(page.getByTestId('account-display')).toBeHidden();
  await page.getByTestId('store-session').click();
  await page.getByTestId('account-enter').click();
  await expect(page.getByTestId('account-display')).toContainText('Signed in');
});

test('all notes go out as a file, come in from one, and what is no such file is told', async ({ sheaf, page }) => {
  await openAccount(sheaf);
  await page.getByTestId('items-save').click();
  await expect(page.getByTestId('items-said')).toContainText('Saved as /home/anna/Downloads/sheaf-notes-2026-11-21.json');
  const file = (text: string) => ({ name: 'items.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  const items = { items: [{ uuid: 'note:from-a-file', content_type: 'Note', content: { title: 'From a file', text: 'words', references: [] } }, { uuid: 'x', content_type: 'SN|Component', content: {} }] };
  await page.getByTestId('items-picker').setInputFiles(file(JSON.stringify(items)));
  await expect(page.getByTestId('items-said')).toHaveText('One note was taken in. One item is of a kind Sheaf does not know, or encrypted, and was left out.');
  await page.getByTestId('items-picker').setInputFiles(file(JSON.stringify(items)));
  await expect(page.getByTestId('items-said')).toContainText('Nothing in it is new. One item was here already.');
  await page.getByTestId('items-picker').setInputFiles(file('<html>'));
  await expect(page.getByTestId('items-file')).toContainText('This is not a file of items. Nothing was changed.');
});
