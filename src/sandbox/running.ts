/** The emulated Slack and AWS, the control API and the page on one loopback port. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlRoutes } from './control.ts';
import { emulatedRoutes } from './emulated.ts';
import { serve } from './http.ts';
import { pageRoutes } from './page.ts';
import { newWorld, type World, type WorldOptions } from './world.ts';

export interface Running {
  readonly world: World;
  readonly server: Server;
  readonly url: string;
  /** Ends the bot first. */
  stop(): Promise<void>;
}

/** Listens; the bot is not started yet. */
export async function startSandbox(port: number, options: Omit<WorldOptions, 'url' | 'changed'>): Promise<Running> {
  const page = pageRoutes();
  let server: Server | undefined;
  const url = (): string => `http://127.0.0.1:${((server as Server).address() as AddressInfo).port}`;
  const world = await newWorld({ ...options, url, changed: page.changed });
  server = serve({ ...controlRoutes(world), ...page.routes, ...emulatedRoutes(world, url) });
  await new Promise<void>((resolve, reject) => server?.once('error', reject).listen(port, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    await world.bot.stop('SIGTERM');
    server?.closeAllConnections();
    server?.close();
  };
  return { world, server, url: url(), stop };
}
