// Questions before anything is lost, setting up a server, the link to the next device.

import { expect, test, type Sheaf } from './window';

async function openSync(sheaf: Sheaf, query = ''): Promise<void> {
  await sheaf.open(query);
  await sheaf.page.getByTestId('open-preferences').click();
  await sheaf.page.getByTestId('prefs-sync').click();
}

async function fillIn(sheaf: Sheaf, database: string): Promise<void> {
  const { page } = sheaf;
  await page.getByTestId('sync-radio-couchdb').click();
  await page.getByTestId('sync-url').fill(`https://anna:secret@couch.example.org:6984/${database}`);
  await page.getByTestId('sync-url').press('Tab');
  await expect(page.getByTestId('sync-database')).toHaveValue(database);
}

/** For whoever set `SHEAF_SCREENSHOTS` to a folder. */
async function photograph({ page }: Sheaf, name: string): Promise<void> {
  const folder = process.env['SHEAF_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, reducedMotion: 'reduce' });

    test('both sides are counted, and nothing is applied before the answer', async ({ sheaf, page }) => {
      await openSync(sheaf);
      await fillIn(sheaf, 'both');
      await page.getByTestId('sync-apply').click();
      await expect(page.getByTestId('sides')).toContainText('310 notes');
      await expect(page.getByTestId('join')).toHaveText('Merge');
      await photograph(sheaf, `sides-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
      await page.getByTestId('join-merge').focus();
      await page.keyboard.press('ArrowDown');
      await expect(page.getByTestId('join-replaceRemote')).toBeFocused();
      await expect(page.getByTestId('join')).toContainText('Delete 290 notes there');
      await photograph(sheaf, `sides-replace-${scheme}`);
      await page.keyboard.press('Escape');
      await expect(page.getByTestId('sides')).toBeHidden();
      await expect(page.getByTestId('sync-footer')).not.toContainText('Synced');
      await page.getByTestId('sync-apply').click();
      await page.getByTestId('join').click();
      await expect(page.getByTestId('sync-result')).toContainText('Applied. Sync is on.');
    });

    test('another application and another account are named', async ({ sheaf, page }) => {
      await openSync(sheaf);
      await fillIn(sheaf, 'shared');
      await page.getByTestId('sync-apply').click();
      await expect(page.getByTestId('sides-others')).toContainText('41 documents there are not Sheaf’s (invoice-17, invoice-18, customer:meier, …)');
      await photograph(sheaf, `sides-others-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
      await page.keyboard.press('Escape');
      await fillIn(sheaf, 'family');
      await page.getByTestId('sync-apply').click();
      await expect(page.getByTestId('sides-accounts')).toContainText('berta');
      await photograph(sheaf, `sides-accounts-${scheme}`);
    });

    test('another database with the same name asks, and a side that gives way is counted first', async ({ sheaf, page }) => {
      await openSync(sheaf, 'sync=targetChanged');
      await expect(page.getByTestId('guard')).toBeVisible();
      await photograph(sheaf, `guard-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
      await page.getByTestId('guard-replace-here').click();
      await expect(page.getByTestId('join-replaceHere')).toHaveAttribute('aria-checked', 'true');
      await page.getByTestId('join').click();
      await expect(page.getByTestId('guard')).toBeHidden();
      await expect(page.getByTestId('sync-footer')).toContainText('Synced');
    });

    test('beginning anew counts first and says how far it is', async ({ sheaf, page }) => {
      await openSync(sheaf, 'sync=idle&latency=1500');
      await page.getByTestId('reset-pull').click();
      await expect(page.getByTestId('join')).toBeEnabled();
      await photograph(sheaf, `reset-pull-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
      await page.getByTestId('join').click();
      await expect(page.getByText('From scratch, 140 of 482')).toBeVisible();
      await photograph(sheaf, `reset-running-${scheme}`);
      await page.getByTestId('reset-push').click();
      await expect(page.getByTestId('join')).toBeEnabled();
      await photograph(sheaf, `reset-push-${scheme}`);
    });

    test('an open database is shown, restricted and made ready for phones', async ({ sheaf, page }) => {
      await openSync(sheaf);
      await fillIn(sheaf, 'open');
      await page.getByTestId('sync-apply').click();
      if (await page.getByTestId('join').isVisible()) await page.getByTestId('join').click();
      await page.getByTestId('server-look').click();
      await expect(page.getByTestId('server-access')).toContainText('Everybody, without a password');
      await page.getByTestId('server-look').scrollIntoViewIfNeeded();
      await photograph(sheaf, `server-open-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
      await page.getByRole('button', { name: 'Restrict it to anna' }).click();
      await expect(page.getByTestId('server-access')).toContainText('Only who is named');
      await page.getByTestId('server-prepare').click();
      await expect(page.getByTestId('server-mobile')).toContainText('They find the filter they need.');
      await page.getByTestId('server-measure').click();
      await expect(page.getByTestId('server-limits')).toContainText('9.4 MB did not go through');
      await photograph(sheaf, `server-restricted-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
    });

    test('a setup link carries the fields to the next device', async ({ sheaf, page }) => {
      await openSync(sheaf, 'sync=idle');
      await page.getByTestId('link-create').click();
      await page.getByTestId('setup-passphrase').fill('short');
      await expect(page.getByTestId('setup-go')).toBeDisabled();
      await page.getByTestId('setup-passphrase').fill('correct horse battery');
      await expect(page.getByTestId('setup-go')).toBeDisabled();
      await page.getByTestId('setup-password').fill('guessed');
      await page.getByTestId('setup-go').click();
      await expect(page.getByRole('alert')).toContainText('The password for anna was refused.');
      await photograph(sheaf, `link-refused-${scheme}`);
      await page.getByTestId('setup-password').fill('secret');
      await photograph(sheaf, `link-create-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
      await page.getByTestId('setup-go').click();
      await photograph(sheaf, `link-made-${scheme}`);
      await page.getByTestId('setup-copy').click();
      const link = await page.getByTestId('setup-made').inputValue();
      await page.getByRole('button', { name: 'Close', exact: true }).click();

      await page.getByTestId('sync-database').fill('elsewhere');
      await page.getByTestId('link-use').click();
      await page.getByTestId('setup-link').fill(link);
      await page.getByTestId('setup-passphrase').fill('correct horse');
      await page.getByTestId('setup-go').click();
      await expect(page.getByRole('alert')).toContainText('This passphrase does not open it.');
      await photograph(sheaf, `link-wrong-${scheme}`);
      expect(await sheaf.violations()).toEqual([]);
      await page.getByTestId('setup-passphrase').fill('correct horse battery');
      await page.getByTestId('setup-go').click();
      await expect(page.getByTestId('sync-database')).not.toHaveValue('elsewhere');
    });
  });
}

test('the numbers of both sides follow what happens there, and a press on old numbers does nothing', async ({ sheaf, page }) => {
  await openSync(sheaf, 'sync=targetChanged');
  await page.getByTestId('guard-replace-remote').click();
  await expect(page.getByTestId('join')).toHaveText('Replace the database');
  // Another device writes while the question stands.
  await page.evaluate(() => {
    window.sheafFake.remote.strangers = 7;
    document.querySelector<HTMLElement>('[data-testid="join"]')?.click();
  });
  await expect(page.getByTestId('sides-moved')).toBeVisible();
  await expect(page.getByTestId('join')).toHaveText('Delete 7 notes there');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('join').click();
  await expect(page.getByTestId('guard')).toBeHidden();
});
