// Bytes as a JavaScript string that brotli and gzip compress nearly as well as the bytes themselves: one printable
// character for a byte below 90, one of two in front of it for the others. Base64 hides from them what repeats.
// js/wasm-inline.ts is the way back.

const FIRST = 35;
const PLANE = 90;

/** The text of a string literal in double quotes: only ASCII, and nothing that needs a backslash. */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) {
    const plane = Math.floor(byte / PLANE);
    if (plane) text += String.fromCharCode(FIRST + PLANE - 1 + plane);
    text += String.fromCharCode(FIRST + (byte % PLANE));
  }
  // The backslash is the one character in the middle that would need another.
  return text.replaceAll("\\", "!");
}
