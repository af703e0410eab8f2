// Flows in a real browser, on the built window with the host in memory. No retries: a test that
// passes only sometimes has found something.
import { defineConfig } from '@playwright/test';

// A port of this run's own, so that two runs on one machine do not meet. Workers inherit it.
const port = (process.env['SHEAF_UI_PORT'] ??= String(20_000 + (process.pid % 20_000)));

export default defineConfig({
  testDir: 'tests/browser',
  testMatch: '*.webtest.ts',
  outputDir: 'test-results',
  // Beside the tests, one for all systems: the letters are the tests' own.
  snapshotPathTemplate: '{testDir}/reference/{arg}{ext}',
  retries: 0,
  workers: 2,
  fullyParallel: true,
  reporter: 'list',
  // Limits against hanging, wide enough for a machine that builds something else meanwhile.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      // Scrollbars take part in the layout, as in the web views.
      ignoreDefaultArgs: ['--hide-scrollbars'],
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    },
  },
  webServer: { command: `npm run build:fake && npx vite preview --mode fake --port ${port}`, url: `http://localhost:${port}`, reuseExistingServer: false, timeout: 120_000 },
});
