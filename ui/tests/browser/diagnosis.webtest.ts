import { expect, test, type Sheaf } from './window';

/** The page with the target in force in this world. */
async function diagnose(sheaf: Sheaf, world = ''): Promise<void> {
  await sheaf.open(`sync=idle&diagnosis=${world}`);
  await sheaf.page.getByTestId('open-preferences').click();
  await sheaf.page.getByTestId('prefs-diagnosis').click();
}

async function finished(sheaf: Sheaf): Promise<void> {
  await expect(sheaf.page.getByTestId('diagnosis-again')).toBeVisible();
}

test('a healthy server is looked at live and says so', async ({ sheaf, page }) => {
  await diagnose(sheaf);
  await expect(page.getByRole('progressbar')).toBeVisible();
  await finished(sheaf);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Everything is as it should be');
  await expect(page.getByTestId('group-server')).toContainText('CouchDB 3.4.2 behind nginx');
  await expect(page.getByText('28 of 28 checks done')).toBeVisible();
  // A line that is well can be opened too, for its technical detail.
  await page.getByTestId('group-certificate').getByRole('button').first().click();
  await expect(page.getByTestId('check-TLS-1')).toContainText('TLS 1.3');
});

const worlds: [string, string, string, string][] = [
  ['offline', 'SYS-1', 'network_offline', 'This computer is offline'],
  ['unknown', 'DNS-1', 'name_unknown', 'Nobody knows the name'],
  ['slow', 'TCP-1', 'port_filtered', 'does not answer on port'],
  ['hotel', 'SYS-2', 'portal_found', 'A login page of this network answers'],
  ['outdated', 'APP-1', 'app_too_old', 'Update needed'],
  ['expired', 'TLS-1', 'tls_expired', 'expired on 3 November 2026'],
  ['web', 'HTTP-1', 'http_login_page', 'A login page answers'],
  ['readonly', 'DB-3', 'write_read_only', 'may read'],
];

for (const [world, check, code, words] of worlds) {
  test(`${code}: only the failing line opens, and what rests on it is skipped`, async ({ sheaf, page }) => {
    await diagnose(sheaf, world);
    await finished(sheaf);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('One problem');
    const line = page.getByTestId(`check-${check}`);
    await expect(line).toHaveAttribute('data-code', code);
    await expect(line).toContainText(words);
    await expect(line.getByText('What this means')).toBeVisible();
    await expect(page.getByText('What this means')).toHaveCount(1);
    await expect(page.locator('[data-state="failed"][data-code]')).toHaveCount(1);
    await expect(page.getByTestId('diagnosis')).toHaveAttribute('data-verdict', 'failed');
  });
}

test('the login page of a network opens in the browser, at the own host and nowhere else', async ({ sheaf, page }) => {
  await diagnose(sheaf, 'hotel');
  await finished(sheaf);
  await page.getByTestId('open-login-page').click();
  await expect.poll(() => page.evaluate(() => window.sheafFake.opened)).toEqual(['http://couch.example.org/']);
});

test('Test in the preferences leads to the login page as well, for a database and for an account', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-sync').click();
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill('https://anna:secret@hotel.example.org:6984/my-notes');
  await page.getByTestId('sync-url').press('Tab');
  await page.getByTestId('sync-test').click();
  await expect(page.getByTestId('sync-result')).toContainText('A login page of this network answers');
  expect(await sheaf.violations()).toEqual([]);
  await photograph(sheaf, 'test-portal');
  await page.getByTestId('open-login-page').click();
  await page.getByTestId('sync-radio-hosted').click();
  await page.getByTestId('account-address').fill('https://hotel.example.org');
  await page.getByTestId('account-test').click();
  await page.getByTestId('open-login-page').click();
  await photograph(sheaf, 'test-portal-account');
  await expect.poll(() => page.evaluate(() => window.sheafFake.opened)).toEqual(['http://hotel.example.org/', 'http://hotel.example.org/']);
});

for (const locale of ['de', 'ja']) {
  test.describe(locale, () => {
    test.use({ locale });
    for (const [world, check] of [['hotel', 'SYS-2'], ['outdated', 'APP-1']] as const) {
      test(`${check} fits into its line and its box in ${locale}`, async ({ sheaf, page }) => {
        await diagnose(sheaf, world);
        await finished(sheaf);
        const line = page.getByTestId(`check-${check}`);
        await expect(line).toHaveAttribute('data-state', 'failed');
        const cut = await line.evaluate((element) => [element, ...element.querySelectorAll('button, p, li, h2, .cn, .gs')].filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.textContent));
        expect(cut).toEqual([]);
        await photograph(sheaf, `diagnosis-${world}-${locale}`);
      });
    }
  });
}

async function photograph(sheaf: Sheaf, name: string): Promise<void> {
  const shots = process.env['SHEAF_SHOTS'];
  if (shots === undefined) return;
  for (const scheme of ['light', 'dark'] as const) {
    await sheaf.page.emulateMedia({ colorScheme: scheme });
    await sheaf.page.screenshot({ path: `${shots}/${name}-${scheme}.png` });
  }
}

test('a fix is asked about, carried out, makes the next run pass, and is taken back', async ({ sheaf, page }) => {
  await diagnose(sheaf, 'selfsigned');
  await finished(sheaf);
  await page.getByTestId('fix-trustCertificate').click();
  await expect(page.getByRole('dialog')).toContainText('9f2c 04d1');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('check-TLS-1')).toHaveAttribute('data-state', 'failed');
  await page.getByTestId('fix-trustCertificate').click();
  await page.getByTestId('confirm').click();
  await finished(sheaf);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Everything is as it should be');
  await expect(page.getByTestId('applied')).toContainText('is trusted for');
  await page.getByTestId('undo-fix').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One problem');
  await expect(page.getByTestId('applied')).toBeHidden();
});

test('a world from beginning to end without a mouse', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle&diagnosis=cut');
  await page.keyboard.press('Control+Shift+p');
  await page.keyboard.type('network diag');
  await page.keyboard.press('Enter');
  await finished(sheaf);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('2 warnings');
  // From the first row down to the one that opened, and into its fix.
  await page.getByTestId('group-computer').getByRole('button').first().focus();
  for (let n = 0; n < 6; n += 1) await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('group-database').getByRole('button').first()).toBeFocused();
  for (let n = 0; n < 40 && !(await page.getByTestId('fix-restrictSecurity').evaluate((node) => node === document.activeElement)); n += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText('Restrict the database to');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await finished(sheaf);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One warning');
  await page.keyboard.press('Escape');
  await expect(sheaf.text()).toBeVisible();
});

test('an address is looked at before anything is configured, and a fix changes only what is looked at', async ({ sheaf, page }) => {
  await sheaf.open('');
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-diagnosis').click();
  await page.getByTestId('diagnosis-url').fill('https://anna:secret@down.example.org:6985/notes');
  await page.keyboard.press('Enter');
  await finished(sheaf);
  await expect(page.getByTestId('check-TCP-1')).toHaveAttribute('data-code', 'port_elsewhere');
  await page.getByTestId('fix-useAddress').click();
  await expect(page.getByRole('dialog')).toContainText('Nothing is put into force');
  await page.getByTestId('confirm').click();
  await finished(sheaf);
  await expect(page.getByText('anna@down.example.org:6984/notes')).toBeVisible();
});

test('the sync page hands over what was typed, and takes the better address back', async ({ sheaf, page }) => {
  await sheaf.open('');
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-sync').click();
  await page.getByTestId('sync-radio-couchdb').click();
  for (const [field, value] of Object.entries({ address: 'https://down.example.org:6985', user: 'anna', password: 'secret', database: 'notes' })) await page.getByTestId(`sync-${field}`).fill(value);
  await page.getByTestId('sync-test').click();
  await page.getByTestId('test-diagnose').click();
  await finished(sheaf);
  await page.getByTestId('fix-useAddress').click();
  await page.getByTestId('confirm').click();
  await finished(sheaf);
  await page.getByTestId('prefs-sync').click();
  await expect(page.getByTestId('sync-address')).toHaveValue('https://down.example.org:6984');
  await expect(page.getByTestId('sync-password')).toHaveValue('secret');
});

test('the report is copied and saved, redacted, and without names when asked', async ({ sheaf, page }) => {
  await diagnose(sheaf, 'expired');
  await finished(sheaf);
  await page.getByTestId('diagnosis-copy').click();
  await expect(page.getByText('The report is on the clipboard')).toBeVisible();
  const plain = await page.evaluate(() => navigator.clipboard.readText());
  expect(plain).toContain('couch.example.org');
  expect(plain).toContain('no passwords');
  await page.getByTestId('hide-names').check();
  await page.getByTestId('diagnosis-copy').click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toContain('couch.example.org');
  await page.getByTestId('diagnosis-save').click();
  await expect(page.getByText('Saved as /home/anna/Downloads/sheaf-diagnosis-2026-11-21.txt')).toBeVisible();
});

test('the support bundle is read before it is saved, and without names when asked', async ({ sheaf, page }) => {
  await diagnose(sheaf, 'expired');
  await finished(sheaf);
  await page.getByTestId('prefs-general').click();
  await page.getByTestId('open-support').click();
  await expect(page.getByTestId('support-text')).toContainText('couch.example.org');
  await expect(page.getByTestId('support-text')).toContainText('expired on 3 November 2026');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('support-hide').check();
  await expect(page.getByTestId('support-text')).not.toContainText('couch.example.org');
  await page.getByTestId('support-save').click();
  await expect(page.getByText('Saved as /home/anna/Downloads/sheaf-support-2026-11-21.txt')).toBeVisible();
});

test('a run can be stopped, and what was not asked is not called well', async ({ sheaf, page }) => {
  await diagnose(sheaf);
  await page.getByTestId('diagnosis-stop').click();
  await finished(sheaf);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not everything was asked');
});

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, reducedMotion: 'reduce' });
    test('nothing stands in anybody’s way', async ({ sheaf }) => {
      await diagnose(sheaf, 'cut');
      await finished(sheaf);
      expect(await sheaf.violations()).toEqual([]);
    });
  });
}
