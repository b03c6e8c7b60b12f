import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below where Linux (32768) and macOS (49152) begin to give out ports of their own accord: a connection that some
 * other test opens before the port is used cannot be given it.
 */
const FIRST = 10_000;
const LAST = 32_767;

/** Listens on a port of loopback chosen at random; undefined when it is taken. */
const hold = (): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(randomInt(FIRST, LAST + 1), '127.0.0.1', () => resolve(server));
  });

/** Ports of loopback that were free a moment ago, no two the same, for programs that cannot be told to choose one. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  while (held.length < count) {
    const server = await hold();
    if (server) held.push(server);
  }
  const ports = held.map((server) => (server.address() as { port: number }).port);
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

export const freePort = async (): Promise<number> => (await freePorts(1))[0]!;
