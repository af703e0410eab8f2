// Everything of the editor in one chunk, loaded once after the first paint.

export { default as Editor } from './Editor.svelte';
export { extensions } from './editor-extensions.svelte';
