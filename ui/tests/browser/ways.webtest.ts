// Ways to sign in and ways out: tokens, proxies.

import { expect, test, type Sheaf } from './window';

async function openSync(sheaf: Sheaf, query = ''): Promise<void> {
  await sheaf.open(query);
  await sheaf.page.getByTestId('open-preferences').click();
  await sheaf.page.getByTestId('prefs-sync').click();
}

const token = (exp: number): string => `${btoa('{"alg":"HS256"}')}.${btoa(JSON.stringify({ sub: 'anna', exp }))}.c2ln`;

test('a token in place of a name and a password', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('https://anna:secret@couch.example.org:6984/my-notes');
  await page.getByTestId('sync-url').press('Tab');
  await page.getByTestId('sync-by-token').click();
  await expect(page.getByTestId('sync-user')).toHaveCount(0);
  // A password is not sent as a token.
  await expect(page.getByTestId('sync-token')).toHaveValue('');
  for (const [typed, code, words] of [['expired', 'tokenExpired', 'The token has expired'], ['refused', 'tokenRefused', 'The server does not accept the token']] as const) {
    await page.getByTestId('sync-token').fill(typed);
    await page.getByTestId('sync-test').click();
    await expect(page.getByTestId('sync-result')).toHaveAttribute('data-code', code);
    await expect(page.getByTestId('sync-result')).toContainText(words);
    await expect(page.getByTestId('sync-token')).toHaveValue(typed);
  }
  await page.getByTestId('sync-token').fill(token(1_893_456_000));
  await page.getByTestId('sync-test').click();
  await expect(page.getByTestId('sync-result')).toContainText('Signed in as anna.');
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('sync-remote')).toHaveText('couch.example.org:6984/my-notes');
  await expect(page.getByTestId('sync-token')).toHaveAttribute('placeholder', 'Kept in the keyring');
  await expect(page.getByTestId('token-expires')).toContainText('The token is good until 1 January 2030');
  await expect(page.getByTestId('sync-apply')).toBeDisabled();
  expect(await sheaf.violations()).toEqual([]);
  if (process.env['SHEAF_SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHEAF_SHOTS']}/token.png` });
  // Back to a name: that is a change.
  await page.getByTestId('sync-by-token').click();
  await expect(page.getByTestId('sync-user')).toHaveValue('');
  await expect(page.getByTestId('sync-apply')).toBeEnabled();
});

test('a setup link carries a token, and says that it has run out', async ({ sheaf, page }) => {
  const old = token(1_600_000_000);
  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('https://couch.example.org:6984/my-notes');
  await page.getByTestId('sync-url').press('Tab');
  await page.getByTestId('sync-by-token').click();
  await page.getByTestId('sync-token').fill(old);
  await page.getByTestId('sync-apply').click();
  await expect(page.getByTestId('sync-remote')).toHaveText('couch.example.org:6984/my-notes');
  await page.getByTestId('link-create').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('With the token');
  await page.getByTestId('setup-passphrase').fill('correct horse');
  await expect(page.getByTestId('setup-go')).toBeDisabled();
  await page.getByTestId('setup-password').fill(token(1));
  await page.getByTestId('setup-go').click();
  await expect(dialog).toContainText('This is not the token that is in use here.');
  await page.getByTestId('setup-password').fill(old);
  expect(await sheaf.violations()).toEqual([]);
  if (process.env['SHEAF_SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHEAF_SHOTS']}/link-token.png` });
  await page.getByTestId('setup-go').click();
  const link = await page.getByTestId('setup-made').inputValue();

  await openSync(sheaf);
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill(link);
  await page.getByTestId('sync-url').press('Tab');
  await page.getByTestId('setup-passphrase').fill('correct horse');
  await page.getByTestId('setup-go').click();
  await expect(page.getByTestId('sync-token')).toHaveValue(old);
  await expect(page.getByTestId('token-expires')).toContainText('The token was good until 13 September 2020');
  if (process.env['SHEAF_SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHEAF_SHOTS']}/link-token-used.png` });
  // What is typed instead is the server's to read.
  await page.getByTestId('sync-token').fill(token(1_893_456_000));
  await expect(page.getByTestId('token-expires')).toHaveCount(0);
});

test('a proxy in the way is named, and not taken for the server', async ({ sheaf, page }) => {
  await openSync(sheaf, 'sync=proxy');
  await expect(page.getByTestId('sync-footer')).toContainText('Proxy silent');
  await expect(page.getByTestId('sync-trouble')).toContainText('The proxy proxy.example.org:3128 on the way to couch.example.org does not answer.');
  await expect(page.getByTestId('sync-trouble')).toContainText('Your notes are safe here.');
  expect(await sheaf.violations()).toEqual([]);
  if (process.env['SHEAF_SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHEAF_SHOTS']}/proxy-trouble.png` });
});

test('a token that has expired is asked for anew', async ({ sheaf, page }) => {
  await openSync(sheaf, 'sync=tokenExpired');
  await expect(page.getByTestId('sync-trouble')).toContainText('has expired');
  await page.getByTestId('sync-sign-in').click();
  await expect(page.getByRole('dialog')).toContainText('Enter a new token');
  await page.getByTestId('sign-in-password').fill(token(1_893_456_000));
  await page.getByTestId('sign-in').click();
  await expect(page.getByTestId('sync-footer')).toContainText('Synced');
});

test('a proxy of one’s own, taken apart from a pasted address, with its password in the keyring', async ({ sheaf, page }) => {
  await openSync(sheaf);
  await expect(page.getByTestId('proxy-system')).toHaveAttribute('aria-checked', 'true');
  await page.getByTestId('proxy-system').press('ArrowRight');
  await expect(page.getByTestId('proxy-direct')).toBeFocused();
  await expect(page.getByTestId('proxy-said')).toHaveText('In force from now on.');
  await page.getByTestId('proxy-manual').click();
  await expect(page.getByTestId('proxy-apply')).toBeDisabled();
  await page.getByTestId('proxy-host').fill('socks5://anna:s%40cret@proxy.example.org:1080');
  await page.getByTestId('proxy-apply').click();
  await expect(page.getByTestId('proxy-said')).toHaveText('In force from now on.');
  await expect(page.getByTestId('proxy-scheme')).toHaveValue('socks5');
  await expect(page.getByTestId('proxy-host')).toHaveValue('proxy.example.org');
  await expect(page.getByTestId('proxy-port')).toHaveValue('1080');
  await expect(page.getByTestId('proxy-user')).toHaveValue('anna');
  await expect(page.getByTestId('proxy-password')).toHaveAttribute('placeholder', 'Kept in the keyring');
  expect(await page.content()).not.toMatch(/s%40cret|s@cret/);
  await expect(page.getByTestId('proxy-apply')).toBeDisabled();
  expect(await sheaf.violations()).toEqual([]);
  if (process.env['SHEAF_SHOTS'] !== undefined) {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.getByTestId('proxy').scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${process.env['SHEAF_SHOTS']}/proxy-${scheme}.png` });
    }
  }
  // At another proxy the password is not known.
  await page.getByTestId('proxy-port').fill('1081');
  await expect(page.getByTestId('proxy-password')).toHaveAttribute('placeholder', 'Password');
  await page.getByTestId('proxy-host').fill('not a host');
  await page.getByTestId('proxy-apply').click();
  await expect(page.getByTestId('proxy')).toContainText('This is not the address of a proxy.');
  await expect(page.getByTestId('proxy-host')).toHaveValue('not a host');
});
