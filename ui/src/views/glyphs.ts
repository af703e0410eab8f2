// Glyph and class of a status; roles of tag colours.

import type { NoteStatus, TagColor } from '../ipc/generated';
import type { IconName } from '../parts/icons';

export const statusIcon: Record<NoteStatus, IconName> = { none: 'st-none', active: 'st-active', onHold: 'st-hold', completed: 'st-done', dropped: 'st-drop' };
export const statusClass: Record<NoteStatus, string> = { none: 'st-none', active: 'st-active', onHold: 'st-hold', completed: 'st-done', dropped: 'st-drop' };
export const statuses: readonly NoteStatus[] = ['none', 'active', 'onHold', 'completed', 'dropped'];
export const tagColors: readonly TagColor[] = ['default', 'red', 'orange', 'yellow', 'olive', 'green', 'teal', 'blue', 'violet', 'purple', 'pink', 'brown', 'grey', 'black'];
export const tagColor = (color: TagColor | undefined): string => `var(--tag-${color ?? 'default'})`;
