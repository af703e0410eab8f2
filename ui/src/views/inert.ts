// The last look at what a library made of a note's words: nothing in it may run, load or lead away.

const allowed = new Set([
  'SPAN', 'svg', 'path', 'line', 'g', 'rect',
  'math', 'semantics', 'annotation', 'mrow', 'mi', 'mo', 'mn', 'ms', 'mtext', 'mspace', 'mfrac', 'msqrt', 'mroot', 'mstyle', 'merror', 'mpadded', 'mphantom', 'menclose',
  'msub', 'msup', 'msubsup', 'munder', 'mover', 'munderover', 'mmultiscripts', 'mprescripts', 'none', 'mtable', 'mtr', 'mtd', 'mlabeledtr',
]);
const attribute = /^(?:class|style|title|aria-hidden|aria-label|role|d|x|y|x1|x2|y1|y2|width|height|viewBox|preserveAspectRatio|stroke-width|fill|xmlns|encoding|display|mathvariant|mathcolor|mathbackground|mathsize|accent|accentunder|stretchy|fence|separator|lspace|rspace|minsize|maxsize|linethickness|scriptlevel|displaystyle|columnalign|columnspacing|columnlines|rowspacing|rowalign|rowlines|notation|symmetric|movablelimits|depth|voffset|side)$/;

/** Takes away every element and attribute that is not needed for a formula. */
export function onlyInert(root: Element): void {
  for (const element of [...root.querySelectorAll('*')]) {
    if (!allowed.has(element.nodeName)) {
      element.remove();
      continue;
    }
    for (const { name, value } of [...element.attributes]) if (!attribute.test(name) || /url\s*\(/i.test(value)) element.removeAttribute(name);
  }
}
