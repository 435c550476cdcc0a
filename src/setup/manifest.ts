/** The Slack app's manifest with the responder's own address in it. */

/** A public name, with a port where it is not 443. */
export function isHost(host: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/i.test(host);
}

/** @param manifest the text of manifest.yml */
export function manifestFor(manifest: string, host: string): string {
  return manifest.replaceAll('https://HOST/', `https://${host}/`).replace(/^# The Slack app\..*\n/, '');
}

/** The bot scopes that a manifest asks for. */
export function scopesOf(manifest: string): string[] {
  const list = /^ {4}bot:\n((?: {6}- .*\n)+)/m.exec(manifest)?.[1] ?? '';
  return [...list.matchAll(/^ {6}- ([a-z:.]+)/gm)].map(([, scope = '']) => scope);
}
