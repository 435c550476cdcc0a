/** Serves the page, and tells it when something changed. */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Call, Routes } from './http.ts';

const files: Record<string, { file: string; type: string }> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/keyboard.js': { file: 'keyboard.js', type: 'text/javascript; charset=utf-8' },
  '/messages.js': { file: 'messages.js', type: 'text/javascript; charset=utf-8' },
  '/blocks.js': { file: 'blocks.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
};
const settleMs = 30;

export function pageRoutes(): { routes: Routes; changed: () => void } {
  const listening = new Set<ServerResponse>();
  let isTold = true;
  const changed = (): void => {
    if (!isTold) return;
    isTold = false;
    setTimeout(() => {
      isTold = true;
      for (const response of listening) response.write('data: changed\n\n');
    }, settleMs);
  };
  const stream = ({ response }: Call): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('data: changed\n\n');
    listening.add(response);
    response.on('close', () => listening.delete(response));
  };
  const served = Object.entries(files).map(([path, { file, type }]) => [
    `GET ${path}`,
    ({ response }: Call) =>
      void response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(readFileSync(new URL(`page/${file}`, import.meta.url))),
  ]);
  // Where links to messages lead: the page, which scrolls to the message.
  const archive = ({ response }: Call) =>
    void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(readFileSync(new URL('page/index.html', import.meta.url)));
  return { routes: { ...Object.fromEntries(served), 'GET /archives/*': archive, 'GET /api/events': stream }, changed };
}
