// How many columns a text takes in a monospaced face: Han and kana two, combining marks none.
// Source: Unicode Standard Annex 11 (East Asian Width), classes W and F; emoji presentation is wide.

const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const none = /[\p{Mn}\p{Me}\p{Cf}\u{fe00}-\u{fe0f}]/u;
const plain = /^[\x20-\x7e]*$/;

export function columns(text: string): number {
  if (plain.test(text)) return text.length;
  let sum = 0;
  let joined = false;
  for (const sign of text) {
    // A sign after a zero-width joiner is drawn into the one before.
    if (sign === '\u200d') joined = true;
    else if (none.test(sign)) continue;
    else {
      if (!joined) sum += wide.test(sign) ? 2 : 1;
      joined = false;
    }
  }
  return sum;
}
