// What a search asks for in texts, as one pattern for the open note. The engine decides what is found;
// this only marks.

const LONGEST = 200;

export function foundPattern(search: string): RegExp | null {
  const words: string[] = [];
  for (const m of search.slice(0, LONGEST).matchAll(/(-?)(?:([a-z]+):)?(?:["“„]([^"“”„]*)["”“]|(\S+))/giu)) {
    const field = m[2]?.toLowerCase();
    const said = (m[3] ?? m[4] ?? '').trim();
    if (m[1] === '-' || said === '' || (field !== undefined && !['title', 'body'].includes(field) && ['book', 'tag', 'status', 'has', 'updated', 'created'].includes(field)) || field === 'title') continue;
    words.push(field === undefined || field === 'body' ? said : `${m[2]}:${said}`);
  }
  const parts = words.map((w) => w.replace(/^["“„]+|["“”]+$/g, '')).filter((w) => /[\p{L}\p{N}]/u.test(w)).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'));
  return parts.length === 0 ? null : new RegExp(parts.sort((a, b) => b.length - a.length).join('|'), 'giu');
}
