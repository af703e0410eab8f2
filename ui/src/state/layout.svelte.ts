// Panes, widths, what the editor shows. Remembered through the host; what is broken or missing in the
// stored value falls back to the defaults.

export type ViewMode = 'edit' | 'split' | 'preview';
export type Page = 'notes' | 'preferences' | 'merge' | 'history';
export type PreferencesSection = 'general' | 'appearance' | 'editor' | 'keys' | 'sync' | 'diagnosis' | 'activity';
/** Which pane a window too narrow for two shows. */
export type SinglePane = 'list' | 'note';

export const limits = { sidebar: [180, 320], list: [260, 440] } as const;
const NARROW = 1000;
const SINGLE = 720;

const clamp = (value: number, [low, high]: readonly [number, number]): number => Math.min(high, Math.max(low, Math.round(value)));

export class Layout {
  sidebarWidth = $state.raw(232);
  listWidth = $state.raw(320);
  sidebarShown = $state.raw(true);
  listShown = $state.raw(true);
  mode = $state.raw<ViewMode>('edit');
  page = $state.raw<Page>('notes');
  section = $state.raw<PreferencesSection>('general');
  single = $state.raw<SinglePane>('list');
  /** The sidebar as an overlay, in narrow windows. */
  overlay = $state.raw(false);
  width = $state.raw(1440);
  /** Nothing but the text. */
  focus = $state.raw(false);
  outline = $state.raw(false);
  links = $state.raw(false);

  /** A window of its own for one note: no sidebar, no list. */
  readonly solo = new URLSearchParams(globalThis.location?.search ?? '').get('window') === 'note';

  readonly narrow = $derived(this.width < NARROW);
  readonly alone = $derived(this.width < SINGLE);
  readonly sidebarInline = $derived(this.sidebarShown && !this.narrow);

  setWidth(pane: 'sidebar' | 'list', width: number): void {
    if (pane === 'sidebar') this.sidebarWidth = clamp(width, limits.sidebar);
    else this.listWidth = clamp(width, limits.list);
  }

  toggleSidebar(): void {
    if (this.narrow) this.overlay = !this.overlay;
    else this.sidebarShown = !this.sidebarShown;
  }

  stored(): Record<string, unknown> {
    return { sidebarWidth: this.sidebarWidth, listWidth: this.listWidth, sidebarShown: this.sidebarShown, listShown: this.listShown, mode: this.mode, focus: this.focus, outline: this.outline, links: this.links };
  }

  restore(from: Record<string, unknown>): void {
    if (typeof from['sidebarWidth'] === 'number') this.setWidth('sidebar', from['sidebarWidth']);
    if (typeof from['listWidth'] === 'number') this.setWidth('list', from['listWidth']);
    if (typeof from['sidebarShown'] === 'boolean') this.sidebarShown = from['sidebarShown'];
    if (typeof from['listShown'] === 'boolean') this.listShown = from['listShown'];
    if (typeof from['focus'] === 'boolean') this.focus = from['focus'];
    if (typeof from['outline'] === 'boolean') this.outline = from['outline'];
    if (typeof from['links'] === 'boolean') this.links = from['links'];
    if (from['mode'] === 'edit' || from['mode'] === 'split' || from['mode'] === 'preview') this.mode = from['mode'];
  }
}
