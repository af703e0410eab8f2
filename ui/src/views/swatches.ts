// A colour written as code gets a dot of that colour beside it.

const colour = /^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgb|hsl)a?\([\d\s.,%/+-]*(?:deg|rad|turn)?[\d\s.,%/+-]*\)|(?:hwb|oklch|oklab|lab|lch)\([\d\s.,%/+-]*\))$/i;

export function swatches(root: ParentNode): void {
  for (const code of root.querySelectorAll('code')) {
    const value = (code.textContent ?? '').trim();
    if (code.parentElement?.tagName === 'PRE' || !colour.test(value) || !CSS.supports('color', value)) continue;
    const dot = document.createElement('span');
    dot.className = 'swatch';
    dot.setAttribute('aria-hidden', 'true');
    dot.style.backgroundColor = value;
    code.append(dot);
  }
}
