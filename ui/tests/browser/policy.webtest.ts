// The content policy by itself: every attack of the corpus as a page of its own, unsanitised, under the policy of the
// shipped window and nothing else. What the sanitiser does without the policy is tested with the engine
// (`the_sanitiser_alone_stops_every_attack`).
//
// One thing the policy leaves to others on purpose, and this says so: a `meta refresh` is a navigation, which the shell
// refuses.

import { readFileSync } from 'node:fs';

import { expect, test } from '@playwright/test';

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const corpus = read('../../../crates/markdown/src/tests/hostile.json') as Record<'active' | 'confusing' | 'addresses' | 'forged' | 'markdown', string[]>;
const shell = read('../../../tauri.conf.json') as { app: { security: { csp: Record<string, string> } } };
const policy = Object.entries(shell.app.security.csp).map(([directive, sources]) => `${directive} ${sources}`).join('; ');

const attribute = (text: string): string => text.replaceAll('"', '&quot;');
const attacks = [
  ...corpus.active, ...corpus.confusing, ...corpus.forged,
  ...corpus.addresses.flatMap((address) => [`<a href="${attribute(address)}">x</a>`, `<iframe src="${attribute(address)}"></iframe>`, `<form action="${attribute(address)}"><button>x</button></form>`]),
  // A script in a file of our own origin would be allowed: there is none that a note could name, attachments have another.
  '<script src="sheaf-file://localhost/file:x"></script>', '<script src="data:text/javascript,alert(1)"></script>', '<script>fetch("https://e.org/")</script>', '<img src=x onerror="new WebSocket(`wss://e.org`)">',
  '<style>@font-face { font-family: x; src: url(https://e.org/x.woff2) } body { font-family: x }</style>x',
];
const refreshes = /http-equiv=["']?refresh/i;

/** A page for each attack takes a while; side by side they are quicker. */
const PARTS = 8;

for (let part = 0; part < PARTS; part += 1) test(`the policy alone stops every attack, part ${part + 1} of ${PARTS}`, async ({ context }) => {
  test.setTimeout(180_000);
  let wrong: string[] = [];
  let attack = '';
  context.on('dialog', (dialog) => { wrong.push(`a script ran: ${dialog.message()}`); void dialog.dismiss(); });
  await context.route('**/*', async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    if (url.hostname === 'localhost' && url.pathname === '/hostile.html') {
      await route.fulfill({ contentType: 'text/html; charset=utf-8', headers: { 'Content-Security-Policy': policy }, body: `<!doctype html><html><head><title>x</title></head><body>${attack}</body></html>` });
      return;
    }
    const refreshed = request.isNavigationRequest() && refreshes.test(attack);
    const ownPicture = request.resourceType() === 'image' && url.hostname === 'localhost';
    if (!refreshed && !ownPicture) wrong.push(`${request.resourceType()} ${request.url()}`);
    await route.abort();
  });
  const failures: string[] = [];
  for (attack of attacks.filter((_, at) => at % PARTS === part)) {
    wrong = [];
    // A page each: what one leaves under way must not meet the next.
    const page = await context.newPage();
    page.on('websocket', (socket) => wrong.push(`a socket: ${socket.url()}`));
    await page.goto('/hostile.html').catch((reason: unknown) => { if (!refreshes.test(attack)) throw reason; });
    // A page that is led away takes what was asked of it along: nobody answers any more.
    const left = new Promise<null>((done) => { page.once('framenavigated', () => done(null)); });
    await Promise.race([left, page.evaluate(async () => {
      for (const element of document.querySelectorAll<HTMLElement>('*')) {
        for (const type of ['mouseover', 'mouseenter', 'pointerenter', 'focus', 'toggle', 'load', 'error', 'animationstart', 'begin']) element.dispatchEvent(new Event(type));
        if (typeof element.focus === 'function') element.focus();
        // Only what a click would run: that it leads away is for the shell to refuse. (A form that leads to an empty page
        // runs nothing, and now and then Chromium neither closes the page it leaves nor opens another.)
        if (element.closest('form')?.getAttribute('action') === 'about:blank') continue;
        const address = element.getAttribute('href') ?? element.getAttribute('xlink:href');
        let scheme = '';
        try { scheme = address === null ? '' : new URL(address, location.href).protocol; } catch { /* no address at all */ }
        if (address === null || /^(?:javascript|vbscript|data):$/.test(scheme)) element.dispatchEvent(new MouseEvent('click', { bubbles: address !== null, cancelable: true }));
      }
      await new Promise((done) => { setTimeout(done, 5); });
    }).catch(() => null)]);
    await page.close();
    failures.push(...wrong.map((what) => `${what}\n  of ${attack}`));
  }
  expect(failures).toEqual([]);
});

// The test must be able to fail: without the policy the same pages do run.
test('without the policy the same pages run', async ({ page }) => {
  let ran = 0;
  page.on('dialog', (dialog) => { ran += 1; void dialog.dismiss(); });
  for (const attack of ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>']) {
    await page.route('**/hostile.html', (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html>${attack}` }));
    await page.goto('/hostile.html');
    await expect.poll(() => ran).toBeGreaterThan(0);
    ran = 0;
    await page.unroute('**/hostile.html');
  }
});
