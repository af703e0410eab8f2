// The window under test: opened with a seed, watched for errors, checked for accessibility.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test as base, expect, type Locator, type Page } from '@playwright/test';

import type { FakeHost } from '../../src/ipc/host-fake';

declare global {
  interface Window { sheafFake: FakeHost }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Saturday, 21 November 2026, half past two. */
export const now = new Date('2026-11-21T14:32:00+01:00');

export class Sheaf {
  constructor(readonly page: Page) {}

  async open(query = ''): Promise<void> {
    await this.page.goto(`/?${query}`);
    // The editor comes after the list.
    await expect(this.text().or(this.page.getByText('Welcome to Sheaf'))).toBeVisible();
  }

  row(title: string): Locator {
    return this.page.getByTestId('note-row').filter({ has: this.page.getByText(title, { exact: true }) });
  }

  rows(): Locator { return this.page.getByTestId('note-row'); }
  title(): Locator { return this.page.getByTestId('note-title'); }
  text(): Locator { return this.page.getByTestId('editor'); }

  place(name: string): Locator {
    return this.page.getByTestId('sidebar').getByRole('treeitem', { name: new RegExp(`^${name}\\b`) });
  }

  async saved(): Promise<void> {
    await expect(this.page.getByTestId('saved-state')).toHaveAttribute('data-saving', 'saved');
  }

  /** What the engine holds. */
  body(id: string): Promise<string> {
    return this.page.evaluate((note) => window.sheafFake.store.row(note).body, id);
  }

  async openId(): Promise<string> {
    return (await this.page.locator('[data-testid="note-row"][aria-selected="true"]').first().getAttribute('data-id')) ?? '';
  }

  /** Sentences for everything axe finds wrong. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async () => {
      const axe = (window as unknown as { axe: { run: (root: Document, options: object) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe;
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      // An open menu floats above all landmarks, as the pattern of the ARIA guide does.
      return violations.flatMap((v) => v.nodes.filter((n) => !(v.id === 'region' && n.html.startsWith('<div role="menu"'))).map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary}`));
    });
  }
}

export const test = base.extend<{ sheaf: Sheaf }>({
  sheaf: async ({ page }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    page.on('console', (message) => {
      // The browser asks for an icon that a window of the app does not have.
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) errors.push(message.text());
    });
    // As in the shell's web view.
    await page.addInitScript(() => Object.freeze(Object.prototype));
    await page.clock.install({ time: now });
    await page.clock.resume();
    await use(new Sheaf(page));
    expect(errors).toEqual([]);
  },
});

export { expect };
