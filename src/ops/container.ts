import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** OVERLAYFS_SUPER_MAGIC and TMPFS_MAGIC of statfs(2): layers of a container, and memory. */
const fleetingSystems = new Set([0x794c7630, 0x01021994]);

/** Whether a database URL names a file that goes away with the container it is in. */
export function isFleeting(databaseUrl: string): boolean {
  if (!databaseUrl.startsWith('file:')) return false;
  const inContainer = existsSync('/.dockerenv') || existsSync('/run/.containerenv') || process.pid === 1;
  return inContainer && fleetingSystems.has(statfsSync(existing(dirname(resolve(databaseUrl.slice('file:'.length))))).type);
}

function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}
