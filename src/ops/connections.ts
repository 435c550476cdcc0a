import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps a server's connections below a number: beyond it the one that was of use least recently is cut. One whose request is whole and being
 * answered is left alone, unless half of all are: then it is the one that waits longest for its answer, for ours come soon, and anybody can send
 * what is worked on for long. A new connection always gets in, however many others do nothing.
 */
export function boundConnections(server: Server, most: number, onCut: () => void): void {
  // The least recently useful first. By the other end's address and port: the same over TLS and under it.
  const sockets = new Map<string, Socket>();
  const answering = new Set<string>();

  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    sockets.set(name, socket);
    socket.once('close', () => {
      if (sockets.get(name) === socket) sockets.delete(name);
      answering.delete(name);
    });
    if (sockets.size <= most) return;
    const [longest] = answering;
    const victim = answering.size > most / 2 ? longest : [...sockets.keys()].find((one) => one !== name && !answering.has(one));
    const cut = victim === undefined ? undefined : sockets.get(victim);
    if (victim === undefined || cut === undefined) return;
    sockets.delete(victim);
    answering.delete(victim);
    cut.destroy();
    onCut();
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const name = nameOf(request.socket);
    request.once('end', () => answering.add(name));
    response.once('close', () => {
      answering.delete(name);
      const socket = sockets.get(name);
      if (socket === undefined || response.statusCode >= 400) return;
      sockets.delete(name);
      sockets.set(name, socket);
    });
  });
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
