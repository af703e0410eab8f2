// The words of keys, themes, fonts and languages in the preferences.

export const customising = {
  keys: {
    title: 'Keys', find: 'Find an action or a key', none: 'No action has this name or key', presets: { sheaf: 'Sheaf', inkdrop: 'Inkdrop' }, preset: 'Keys of', presetHint: 'What holds where you chose no key of your own.',
    press: 'Press the keys', unset: 'No key', change: (action: string, keys: string) => keys === '' ? `${action}: no key, change` : `${action}: ${keys}, change`, reset: (action: string) => `Back to the default key of ${action}`, remove: (action: string) => `Take the key from ${action}`,
    recording: 'Press the new keys. Esc keeps the old ones, Backspace takes the key away.', taken: (others: string) => `Also the key of ${others}; the one chosen by you wins.`, needsModifier: 'Outside of the list and the sidebar a key needs Ctrl, Alt or Cmd, or is a function key.',
    anywhere: 'Quick note from anywhere', anywhereHint: 'While Sheaf runs, also behind other windows. On Wayland, give a key to the command sheaf-desktop --quick-note in the settings of the desktop.', anywhereRefused: 'The system does not hand this key to Sheaf: another program has it, or this desktop gives no keys to programs.', anywhereRemove: 'No key for quick notes from anywhere', resetAll: 'All back to the defaults', resetAllTitle: 'Forget all keys of your own?', resetAllBody: (n: number) => n === 1 ? 'One action goes back to its default key.' : `${n} actions go back to their default keys.`, resetAllDo: 'Use the defaults',
    json: 'As JSON…', jsonTitle: 'Keys as JSON', jsonHint: 'Copy it to keep or share your keys. Paste another and press Use to take it over.', copy: 'Copy', copied: 'Copied', use: 'Use', open: 'Open a file…',
    wrongJson: 'This is not JSON.', wrongShape: 'It needs the form { "preset": "sheaf", "keys": { "note.new": "Mod-n" } }.', unknownAction: (id: string) => `There is no action “${id}”.`, wrongKeys: (id: string, keys: string) => `“${keys}” for “${id}” is no key. Write it like Mod-Shift-p.`,
    taking: (n: number) => n === 1 ? '1 key taken over' : `${n} keys taken over`,
  },
  themes: { system: 'System', light: 'Light', dark: 'Dark', paper: 'Paper', midnight: 'Midnight' },
  density: 'Density', densityHint: 'Compact shows more notes and notebooks at once.', densities: { comfortable: 'Comfortable', compact: 'Compact' },
  textFont: 'Font of texts', textFontHint: 'In the editor and the preview. Any font of this computer can be named.', codeFont: 'Font of code', codeFontHint: 'In blocks and lines of code.',
  fonts: { system: 'As the window', serif: 'Serif', rounded: 'Rounded', mono: 'Monospaced', other: 'Another one…', name: 'Name of the font', theme: 'As the theme' },
  styles: 'Your own styles', stylesHint: (path: string) => `Sheaf reads ${path} when it starts.`, stylesOpen: 'Open folder', stylesReload: 'Read again', stylesOn: (lines: number) => lines === 1 ? '1 line is in force.' : `${lines} lines are in force.`, stylesOff: 'There is no such file yet.',
  language: 'Language', languageHint: 'Of menus, buttons and sentences. The window is read anew.', languages: { '': 'As this computer', en: 'English', de: 'Deutsch', ja: '日本語' },
} as const;

export const customisingActions = { 'app.keys': 'Change keys', 'view.theme.paper': 'Theme: paper', 'view.theme.midnight': 'Theme: midnight', 'view.density': 'Compact or comfortable' } as const;
