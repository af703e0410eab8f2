// What a slash offers: actions that put something into the text, by short names.

import { isoDate, isoMinute } from '../actions/writing';
import { editor } from '../actions/editor-handle';
import { insertWords } from '../editor/commands';
import { beginLink } from '../editor/link-completion';
import type { SlashItem } from '../editor/slash';
import { textCommands, type TextCommand } from '../editor/text-commands';
import { text, type ActionId } from '../text';

type Name = keyof typeof text.editing.slash;
type Group = keyof typeof text.editing.slashGroups;

const item = (name: Name, action: ActionId, group: Group, run: SlashItem['run']): SlashItem => ({ ...text.editing.slash[name], label: text.actions[action].replace(/…$/, ''), group: text.editing.slashGroups[group], run });
const command = (name: Name & TextCommand, action: ActionId, group: Group): SlashItem => item(name, action, group, (view) => { (textCommands[name] as (target: typeof view) => boolean)(view); });

let items: readonly SlashItem[] | null = null;

export function slashItems(): readonly SlashItem[] {
  items ??= [
    command('table', 'table.insert', 'blocks'),
    command('codeBlock', 'edit.codeBlock', 'blocks'),
    command('heading1', 'edit.heading1', 'blocks'),
    command('heading2', 'edit.heading2', 'blocks'),
    command('heading3', 'edit.heading3', 'blocks'),
    command('heading4', 'edit.heading4', 'blocks'),
    command('quote', 'edit.quote', 'blocks'),
    command('rule', 'edit.rule', 'blocks'),
    command('task', 'edit.task', 'lists'),
    command('list', 'edit.list', 'lists'),
    command('numbers', 'edit.numbers', 'lists'),
    item('attach', 'edit.attach', 'inline', () => editor()?.attach()),
    command('link', 'edit.link', 'inline'),
    item('noteLink', 'edit.linkNote', 'inline', beginLink),
    command('footnote', 'edit.footnote', 'inline'),
    item('date', 'edit.date', 'inline', (view) => { insertWords(isoDate(new Date()))(view); }),
    item('time', 'edit.time', 'inline', (view) => { insertWords(isoMinute(new Date()))(view); }),
    command('calloutNote', 'edit.calloutNote', 'callouts'),
    command('calloutTip', 'edit.calloutTip', 'callouts'),
    command('calloutImportant', 'edit.calloutImportant', 'callouts'),
    command('calloutWarning', 'edit.calloutWarning', 'callouts'),
    command('calloutCaution', 'edit.calloutCaution', 'callouts'),
  ];
  return items;
}
