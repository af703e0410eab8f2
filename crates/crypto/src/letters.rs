//! Bytes as letters that can be written down and typed again.

use zeroize::Zeroizing;

/// Crockford's: no I, L, O and U, so that nothing is read as something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 5;

/// In groups of five.
pub fn write(bytes: &[u8]) -> Zeroizing<String> {
    // Never grown: a text that moves leaves its letters behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2 + GROUP));
    let (mut bits, mut held, mut written) = (0_u32, 0_u32, 0_usize);
    let mut put = |index: u32, text: &mut String| {
        if written > 0 && written.is_multiple_of(GROUP) {
            text.push('-');
        }
        text.push(char::from(ALPHABET[(index & 31) as usize]));
        written += 1;
    };
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            put(bits >> held, &mut text);
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        put(bits << (5 - held), &mut text);
    }
    text
}

/// Any case, any grouping, O for 0 and I or L for 1. `None`: no such letters.
pub fn read(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in text.chars() {
        if letter == '-' || letter.is_whitespace() {
            continue;
        }
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = ALPHABET
            .iter()
            .position(|known| char::from(*known) == letter)?;
        bits = bits << 5 | value as u32;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}
