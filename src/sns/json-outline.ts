const quote = 0x22;
const backslash = 0x5c;
const escapable = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const fourHex = /^[0-9a-fA-F]{4}$/;

/**
 * The JSON text in UTF-8 with its strings emptied, which is JSON where the whole is (RFC 8259).
 * @param most characters between strings; an outline may have no more
 * @returns undefined where a string is none, or there is more between strings
 */
export function jsonOutline(bytes: Buffer, most: number): string | undefined {
  let outline = '';
  for (let from = 0; ; ) {
    const opening = bytes.indexOf(quote, from);
    const end = opening < 0 ? bytes.length : opening;
    if (outline.length + end - from > most) return undefined;
    outline += bytes.toString('latin1', from, end);
    if (opening < 0) return outline;
    const closing = endOfString(bytes, opening + 1);
    if (closing === undefined) return undefined;
    outline += '""';
    from = closing + 1;
  }
}

/** Where its closing quotation mark is. */
function endOfString(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) return at;
    if (byte < 0x20) return undefined;
    if (byte !== backslash) continue;
    at++;
    if (bytes[at] === 0x75 && fourHex.test(bytes.toString('latin1', at + 1, at + 5))) at += 4;
    else if (!escapable.has(bytes[at] as number)) return undefined;
  }
  return undefined;
}
