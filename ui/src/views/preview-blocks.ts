// A new picture of the note takes the place of the old one block by block: what did not change keeps its
// elements, and with them its pictures, formulas, diagrams, colours and whatever is selected in it.

/** Where a block stands in the source changes with every line above it, and is no reason to make it anew. */
const PLACE = / data-(?:line|offset)="\d*"/g;
const PLACES = ['line', 'offset'] as const;
const PLACED = '[data-line], [data-offset]';

/** What the children of a root said when they were made. What is drawn into them later keeps their number. */
const said = new WeakMap<Element, readonly string[]>();

const saying = (node: Node): string => (node instanceof Element ? node.outerHTML.replaceAll(PLACE, '') : `#${node.nodeValue ?? ''}`);

const placed = (node: Node): HTMLElement[] => (node instanceof HTMLElement ? [...(node.matches(PLACED) ? [node] : []), ...node.querySelectorAll<HTMLElement>(PLACED)] : []);

/** The old block learns its new place; `false` when it has been drawn over so that the places cannot be told. */
function carry(old: Node, fresh: Node): boolean {
  const [from, to] = [placed(fresh), placed(old)];
  if (from.length !== to.length) return false;
  from.forEach((element, at) => {
    for (const name of PLACES) {
      const value = element.dataset[name];
      if (value !== undefined && to[at] !== undefined) to[at].dataset[name] = value;
    }
  });
  return true;
}

/**
 * Brings `root` to what `next` shows. `prepare` is given the blocks that are new before they are on the page.
 * `anew`: nothing is kept, because what was drawn depends on more than the source.
 * Answers the elements that are new.
 */
export function showBlocks(root: HTMLElement, next: DocumentFragment, prepare: (blocks: DocumentFragment) => void, anew: boolean): Element[] {
  const fresh = [...next.childNodes];
  const words = fresh.map(saying);
  const old = [...root.childNodes];
  const before = said.get(root);
  const comparable = !anew && before?.length === old.length ? before : [];
  const most = Math.min(comparable.length, fresh.length);
  const keeps = (oldAt: number, freshAt: number): boolean => {
    const [a, b] = [old[oldAt], fresh[freshAt]];
    return a !== undefined && b !== undefined && comparable[oldAt] === words[freshAt] && carry(a, b);
  };
  let start = 0;
  while (start < most && keeps(start, start)) start += 1;
  let end = 0;
  while (end < most - start && keeps(old.length - 1 - end, fresh.length - 1 - end)) end += 1;

  for (const leaving of old.slice(start, old.length - end)) leaving.remove();
  const coming = document.createDocumentFragment();
  coming.append(...fresh.slice(start, fresh.length - end));
  prepare(coming);
  const added = [...coming.children];
  root.insertBefore(coming, old[old.length - end] ?? null);
  said.set(root, words);
  return added;
}
