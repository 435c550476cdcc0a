/**
 * The addresses in a text that somebody wrote, as a browser resolves them: https only, without a name before the host, and with the host in
 * the letters that it really has. Whoever shows one shows the address itself, so that it cannot be called something else.
 */
const most = 3;
const longest = 2_000;

export function addressesInText(text: string): string[] {
  const found = text.match(/https:\/\/[^\s<>"'`|\\^{}]+/g) ?? [];
  return [...new Set(found.flatMap((one) => resolved(withoutPunctuation(one)) ?? []))].slice(0, most);
}

/** A sentence goes on after an address; a parenthesis that the address opened is its own. */
function withoutPunctuation(address: string): string {
  const trimmed = address.replace(/[.,;:!?*_~]+$/, '');
  return trimmed.endsWith(')') && !trimmed.includes('(') ? withoutPunctuation(trimmed.slice(0, -1)) : trimmed;
}

function resolved(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { href, hostname, username, password } = new URL(address);
  return username === '' && password === '' && hostname.includes('.') && href.length <= longest ? href : undefined;
}
