// What floats above the panes: one dialog, one menu, one toast at a time.

import type { Joining, ParsedAddress, RecoveryKit, RemoteForm, Sides, VaultKit } from '../ipc/generated';
import type { IconName } from '../parts/icons';
import type { ActionId } from '../text';

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** Class of the icon, for status glyphs. */
  iconClass?: string;
  /** Colour of a dot instead of an icon. */
  dot?: string;
  keys?: readonly string[];
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  /** A line above this item. */
  separated?: boolean;
  children?: MenuItem[];
  run?: () => void;
}

/** A rectangle on the screen a menu opens beside. */
export interface Anchor { left: number; top: number; right: number; bottom: number }

export interface OpenMenu {
  label: string;
  items: MenuItem[];
  anchor: Anchor;
}

export type Dialog =
  | { kind: 'confirm'; title: string; body: string; action: string; danger: boolean; run: () => Promise<void> | void }
  /** `run` answers with a sentence when the name cannot be taken. */
  | { kind: 'name'; title: string; label: string; value: string; action: string; run: (name: string) => Promise<string | null> }
  | { kind: 'place'; title: string; topLevel: boolean; without: ReadonlySet<string>; run: (notebook: string | null) => Promise<void> | void }
  | { kind: 'tags'; ids: readonly string[] }
  /** The icon of a notebook. */
  | { kind: 'icon'; id: string }
  | { kind: 'deleted' }
  | { kind: 'palette'; mode: 'commands' | 'notes' }
  | { kind: 'shortcuts' }
  | { kind: 'headings' }
  | { kind: 'templates' }
  | { kind: 'keysJson' }
  | { kind: 'signIn' }
  /** Both sides, counted when they are not given; `run` carries out the choice. */
  | { kind: 'sides'; mode: 'switch' | 'guard' | 'pull' | 'push'; sides?: Sides; choice?: Joining; run: (joining: Joining) => Promise<void> | void }
  /** Makes a link, or hands what was in one to `use`. */
  | { kind: 'setupLink'; link?: string; use?: (parsed: ParsedAddress) => void }
  /** A passphrase for a database that is encrypted from now on; `plain`: the move back. `done`: only an empty one will do. */
  | { kind: 'vaultNew'; form: RemoteForm; plain?: boolean; done?: () => void }
  | { kind: 'vaultOpen'; purpose: 'open' | 'kit' | 'change'; form: RemoteForm; done?: () => void }
  | { kind: 'vaultKit'; kit: VaultKit }
  | { kind: 'accountPassword'; upgrade: boolean }
  | { kind: 'accountConfirm'; for: 'kit' | 'delete' }
  | { kind: 'accountLeave' }
  | { kind: 'recoveryKit'; kit: RecoveryKit }
  | { kind: 'support' }
  | { kind: 'about' }
  | { kind: 'unsaved' };

export interface Toast {
  icon: IconName;
  message: string;
  undo?: () => void;
  /** The action with the key for that undo. */
  undoAction?: ActionId;
}

const TOAST_FOR = 6_000;

export class Overlays {
  dialog = $state.raw<Dialog | null>(null);
  menu = $state.raw<OpenMenu | null>(null);
  toast = $state.raw<Toast | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  open(dialog: Dialog): void {
    this.menu = null;
    this.dialog = dialog;
  }

  close(): void {
    this.dialog = null;
  }

  showMenu(label: string, items: MenuItem[], anchor: Anchor): void {
    this.menu = { label, items, anchor };
  }

  say(toast: Toast): void {
    clearTimeout(this.timer);
    this.toast = toast;
    this.timer = setTimeout(() => { this.toast = null; }, TOAST_FOR);
  }

  hush(): void {
    clearTimeout(this.timer);
    this.toast = null;
  }
}
