/** The Slack app's manifest with the responder's own address in it, or for Socket Mode. */

/** A public name, with a port where it is not 443. */
export function isHost(host: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/i.test(host);
}

/**
 * @param manifest the text of manifest.yml
 * @param host undefined: in Socket Mode Slack calls no address
 */
export function manifestFor(manifest: string, host: string | undefined): string {
  const bare = manifest.replace(/^# The Slack app\..*\n/, '');
  if (host !== undefined) return bare.replaceAll('https://HOST/', `https://${host}/`);
  return bare.replace(/^.*https:\/\/HOST\/.*\n/gm, '').replace('socket_mode_enabled: false', 'socket_mode_enabled: true');
}

/** The bot scopes that a manifest asks for. */
export function scopesOf(manifest: string): string[] {
  const list = /^ {4}bot:\n((?: {6}- .*\n)+)/m.exec(manifest)?.[1] ?? '';
  return [...list.matchAll(/^ {6}- ([a-z:.]+)/gm)].map(([, scope = '']) => scope);
}
