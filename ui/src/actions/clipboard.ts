// Onto the clipboard, in one kind or in several at once.

export type Kinds = Readonly<Record<string, string>>;

export async function copyKinds(kinds: Kinds): Promise<void> {
  try {
    const names = Object.keys(kinds);
    if (names.length === 1 && kinds['text/plain'] !== undefined) await navigator.clipboard.writeText(kinds['text/plain']);
    else await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(names.map((kind) => [kind, new Blob([kinds[kind] ?? ''], { type: kind })])))]);
  } catch (reason) {
    // Web views without the permission still answer the older way.
    const written = (event: ClipboardEvent): void => {
      for (const [kind, words] of Object.entries(kinds)) event.clipboardData?.setData(kind, words);
      event.preventDefault();
    };
    document.addEventListener('copy', written, { once: true });
    const done = document.execCommand('copy');
    document.removeEventListener('copy', written);
    if (!done) throw reason;
  }
}
