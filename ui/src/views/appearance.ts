// The window's looks from the preferences: theme, density, fonts, and the person's own style sheet.

import { call } from '../ipc/call';
import type { Settings, Theme, UserStyles } from '../ipc/generated';
import { foundStack, installed } from './fonts';

const scheme: Record<Exclude<Theme, 'system'>, 'light' | 'dark'> = { light: 'light', paper: 'light', dark: 'dark', midnight: 'dark' };

/** Names that stand for faces most computers have. */
const families: Record<string, string> = {
  serif: '"Iowan Old Style", "Source Serif 4", "Noto Serif", Charter, Georgia, "Hiragino Mincho ProN", "Yu Mincho", "Noto Serif CJK JP", serif',
  rounded: 'ui-rounded, "SF Pro Rounded", "Hiragino Maru Gothic ProN", Quicksand, Comfortaa, Nunito, var(--font-ui)',
  mono: 'var(--font-mono)',
};

/** A family somebody named cannot end the declaration it stands in. */
const named = (family: string): string => `"${family.replace(/["\\;{}<>\n]/g, '')}"`;

/** Answers the theme that is shown. */
export function applyAppearance(root: HTMLElement, { theme, density, textSize, textFont, codeFont }: Settings, systemDark: boolean): string {
  const shown = theme === 'system' ? (systemDark ? 'dark' : 'light') : theme;
  root.dataset['theme'] = shown;
  root.dataset['scheme'] = scheme[shown];
  root.dataset['density'] = density;
  for (const name of ['note', 'chosen']) {
    root.style.setProperty(`--fs-${name}`, `${textSize}px`);
    root.style.setProperty(`--lh-${name}`, `${Math.round(textSize * 1.625)}px`);
  }
  const set = (role: string, value: string | null): void => { if (value === null) root.style.removeProperty(role); else root.style.setProperty(role, value); };
  const ours = families[textFont];
  set('--font-text', textFont === '' ? null : ours === undefined ? `${named(textFont)}, var(--font-ui)` : installed(ours));
  const mono = foundStack('--font-mono');
  set('--font-mono', codeFont === '' ? mono : `${named(codeFont)}, ${mono ?? 'ui-monospace, Menlo, Consolas, monospace'}`);
  return shown;
}

/** Reads `styles.css` and puts it after ours, so that it wins. The content policy keeps it from loading anything but pictures. */
export async function applyUserStyles(): Promise<UserStyles> {
  const styles = await call('user_styles');
  let element = document.getElementById('user-styles');
  if (element === null) {
    element = document.createElement('style');
    element.id = 'user-styles';
    document.head.append(element);
  }
  element.textContent = styles.css;
  return styles;
}
