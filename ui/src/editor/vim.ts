// Vim's keys, loaded when somebody turns them on.

import type { Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type * as Vim from '@replit/codemirror-vim';

type Module = typeof Vim;

let module: Module | null = null;
let loading: Promise<Module> | null = null;

export interface VimCommands {
  save: () => void;
  leave: () => void;
}

/** Resolves when `vimKeys` has something to give. */
export async function loadVim(commands: VimCommands): Promise<void> {
  loading ??= import('@replit/codemirror-vim').then((loaded) => {
    loaded.Vim.defineEx('write', 'w', commands.save);
    loaded.Vim.defineEx('quit', 'q', commands.leave);
    loaded.Vim.defineEx('wq', 'wq', () => { commands.save(); commands.leave(); });
    module = loaded;
    return loaded;
  });
  await loading;
}

export const vimLoaded = (): boolean => module !== null;

export function vimKeys(): Extension {
  return module === null ? [] : module.vim({ status: false });
}

export type VimMode = 'normal' | 'insert' | 'visual' | 'replace';

export function vimMode(view: EditorView): VimMode | null {
  const vim = module?.getCM(view)?.state.vim;
  if (vim === undefined || vim === null) return null;
  if (vim.visualMode === true) return 'visual';
  if (vim.insertMode !== true) return 'normal';
  return 'insert';
}

/** Calls back when the mode of this editor changes; answers with what stops it. */
export function watchVim(view: EditorView, heard: (mode: VimMode) => void): () => void {
  const editor = module?.getCM(view);
  if (editor === undefined || editor === null) return () => undefined;
  const listen = (event: { mode: string }): void => heard(event.mode === 'insert' || event.mode === 'visual' || event.mode === 'replace' ? event.mode : 'normal');
  editor.on('vim-mode-change', listen);
  return () => editor.off('vim-mode-change', listen);
}

const always = new Set(['[', 'c', 'r', 'o', 'w', 'u', 'd', 'n', 'p', 't', 'h', 'j', 'k']);
const normal = new Set(['a', 'b', 'e', 'f', 'g', 'i', 'l', 'v', 'x', 'y', ']', '^']);

/** Keys with Ctrl that belong to Vim while the text has the keyboard, although an action of the window wants them. */
export function vimWants(view: EditorView, event: KeyboardEvent): boolean {
  const mode = vimMode(view);
  if (mode === null || !event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  return always.has(event.key) || (mode !== 'insert' && normal.has(event.key));
}
