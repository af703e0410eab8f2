// Our lists of fonts name those of every system. Where each name that is missing costs time (WebKitGTK asks
// fontconfig again for every weight and slant), the names that are not installed are dropped before the first text.

import { currentHost } from '../ipc/call';

const roles = ['--font-ui', '--font-mono', '--font-math'];

/** Names that always mean something, and references. */
const known = /^(?:serif|sans-serif|monospace|system-ui|math|var\(.*\))$/;

/** `stack`, a `font-family` list, without what is not there. `families` `null`: as it is. */
export function installed(stack: string, families: readonly string[] | null = currentHost().families): string {
  if (families === null) return stack;
  const there = new Set(families.map((family) => family.toLowerCase()));
  const names = stack.split(',').map((name) => name.trim());
  return names.filter((name) => known.test(name) || there.has(name.replace(/^["']|["']$/g, '').toLowerCase())).join(', ');
}

const found = new Map<string, string>();

/** Before the first text is drawn. */
export function useInstalledFonts(root: HTMLElement): void {
  if (currentHost().families === null) return;
  const style = getComputedStyle(root);
  for (const role of roles) found.set(role, installed(style.getPropertyValue(role)));
  for (const [role, stack] of found) root.style.setProperty(role, stack);
}

/** What became of the list in this role; `null` when it is as the style sheet has it. */
export function foundStack(role: '--font-mono'): string | null {
  return found.get(role) ?? null;
}
