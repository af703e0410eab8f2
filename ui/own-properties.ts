// The window freezes `Object.prototype`. Assigning `toString` or `valueOf` to an object that merely
// inherits it then throws, and old libraries (d3, and so Mermaid) do just that while they load. This
// makes such assignments of packages define the property instead, which is what they mean.

import type { Plugin } from 'vite';

const names = new Set(Object.getOwnPropertyNames(Object.prototype));
const mayAssign = /\.(?:constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf)\s*=(?!=)/;
const helper = 'const sheafOwn$ = (o, k, v) => (Object.defineProperty(o, k, { value: v, writable: true, enumerable: true, configurable: true }), v);\n';

interface Node { type: string; start: number; end: number; [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function* nodes(root: Node): Generator<Node> {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) waiting.push(...value.filter(isNode));
      else if (isNode(value)) waiting.push(value);
    }
  }
}

export function rewritten(code: string, program: Node): string | null {
  const edits: { from: number; to: number; text: string }[] = [];
  for (const node of nodes(program)) {
    if (node.type !== 'AssignmentExpression' || node['operator'] !== '=') continue;
    const left = node['left'] as Node;
    const property = left['property'] as Node | undefined;
    if (left.type !== 'MemberExpression' || left['computed'] === true || !names.has(String(property?.['name']))) continue;
    const object = left['object'] as Node;
    // What follows the sign stays as it is, parentheses included.
    edits.push({ from: left.start, to: code.indexOf('=', left.end) + 1, text: `sheafOwn$(${code.slice(object.start, object.end)}, "${String(property?.['name'])}", ` }, { from: node.end, to: node.end, text: ')' });
  }
  if (edits.length === 0) return null;
  edits.sort((a, b) => b.from - a.from || b.to - a.to);
  let out = code;
  for (const { from, to, text } of edits) out = out.slice(0, from) + text + out.slice(to);
  return helper + out;
}

export const ownProperties: Plugin = {
  name: 'own-properties',
  transform(code, id) {
    if (!id.includes('node_modules') || !mayAssign.test(code)) return null;
    const next = rewritten(code, this.parse(code) as unknown as Node);
    return next === null ? null : { code: next, map: null };
  },
};
