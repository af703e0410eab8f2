// Preferences nobody has touched yet; the engine's own defaults, for the moment before they are read.

import type { Settings, WritingSettings } from './generated';

export const writingDefaults: WritingSettings = {
  vim: false, typewriter: false, dimOthers: true, highlightLine: true, wrapLines: true, showWhitespace: false, closeBrackets: true, smartTypography: false,
  slashCommands: true, pasteMarkdown: true, imagePreviews: true, indentWidth: 2, indentWithTabs: false, language: '',
};

export const settingsDefaults: Settings = {
  theme: 'system', density: 'comfortable', language: '', textFont: '', codeFont: '', keyPreset: 'sheaf', keys: {}, savedSearches: [], dailyNotebook: '', trashDays: 0, historyDays: 90, textSize: 16, zoom: 100, readableWidth: true, lineNumbers: false, spellCheck: true, writing: writingDefaults, remoteImages: false, verboseLogging: false, keepRunning: false, quickNoteKey: '',
};
