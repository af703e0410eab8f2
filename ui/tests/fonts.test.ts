import { describe, expect, it } from 'vitest';

import { FirstAnswers } from '../src/ipc/first-answers';
import { installed } from '../src/views/fonts';

describe('a list of fonts', () => {
  const stack = '-apple-system, "Segoe UI", Inter, "Noto Sans", sans-serif';

  it('keeps what is installed, in order, and what always means something', () => {
    expect(installed(stack, ['DejaVu Sans', 'noto sans', 'Inter'])).toBe('Inter, "Noto Sans", sans-serif');
    expect(installed('ui-rounded, Nunito, var(--font-ui)', [])).toBe('var(--font-ui)');
  });

  it('stays as it is where nobody said what is installed', () => {
    expect(installed(stack, null)).toBe(stack);
  });
});

describe('answers that were there before the page', () => {
  const list = { scope: { kind: 'all' as const }, search: '', sort: { key: 'updated' as const, ascending: false }, within: null, offset: 0, limit: 100 };
  // The shell sorts the keys of what it repeats.
  const left = {
    answers: [
      { name: 'list_notes', request: Object.fromEntries(Object.entries(list).sort()), answer: { items: [], total: 7 } },
      { name: 'sidebar', request: null, answer: 'the sidebar' },
    ],
    families: null,
  };

  it('are found by question and request, whatever the order of its keys', () => {
    const first = new FirstAnswers(left);
    expect(first.take('list_notes', list)).toEqual({ items: [], total: 7 });
    expect(first.take('sidebar', null)).toBe('the sidebar');
    expect(first.take('list_notes', { ...list, offset: 100 })).toBeUndefined();
    expect(first.take('settings', null)).toBeUndefined();
  });

  it('are gone once events are heard, because they may be old by then', () => {
    const first = new FirstAnswers(left);
    first.forget();
    expect(first.take('sidebar', null)).toBeUndefined();
  });
});
