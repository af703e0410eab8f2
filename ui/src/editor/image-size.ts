// The size of a picture, as words in its alternative text: `![A cat w:320](…)`. Inkdrop reads and
// writes the same words; `crates/markdown` (`image.rs`) draws by them.

const sizeWord = /^(?:w|h|width|height):(?:auto|[\d.]+(?:px|%|em|rem|pc|pt|in|cm|mm)?)$/;

/** Absolute units in pixels, as the renderer counts them. */
const units: Record<string, number> = { '': 1, px: 1, em: 16, rem: 16, pc: 16, pt: 96 / 72, in: 96, cm: 96 / 2.54, mm: 96 / 25.4 };

export interface Sized {
  /** The alternative text without its size words. */
  alt: string;
  /** Values of the HTML attributes: pixels, or a percentage. */
  width: string | null;
  height: string | null;
}

function length(value: string): string | null {
  const [, digits, unit = ''] = /^([\d.]+)(\D*)$/.exec(value) ?? [];
  const number = Number(digits);
  if (digits === undefined || !Number.isFinite(number)) return null;
  if (unit === '%') return number > 0 && number <= 100 ? `${Math.round(number)}%` : null;
  const pixels = Math.round(number * (units[unit] ?? Number.NaN));
  return pixels >= 1 && pixels <= 10_000 ? String(pixels) : null;
}

export function sizeOf(source: string): Sized {
  const words: string[] = [];
  const sized: Sized = { alt: '', width: null, height: null };
  for (const word of source.split(/\s+/).filter((w) => w !== '')) {
    const value = word.slice(word.indexOf(':') + 1);
    if (!sizeWord.test(word) || (value !== 'auto' && length(value) === null)) words.push(word);
    else if (word.startsWith('w')) sized.width = length(value);
    else sized.height = length(value);
  }
  return { ...sized, alt: words.join(' ') };
}

/** The alternative text with this width in it and no height, so that the proportions stay. `null`: no size at all. */
export function withWidth(source: string, width: string | null): string {
  const { alt } = sizeOf(source);
  if (width === null) return alt;
  return alt === '' ? `w:${width}` : `${alt} w:${width}`;
}
