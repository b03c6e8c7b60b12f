import type { AddressInfo, Server } from 'node:net';

/** The configuration cannot be used; the message names the variable. */
export class StartError extends Error {}

/** A port that is asked for, and the variables that do. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
}

/** Where the servers of one place listen. */
export interface Listening {
  readonly servers: readonly Server[];
  /** `host:port` of the first. */
  readonly authority: string;
  readonly port: number;
}

/** No such address on this machine: it has no IPv6. */
const NO_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Listens at a place. `localhost` is 127.0.0.1 and, where this machine has it, ::1 on the same port: which of the two a sender's resolver
 * gives first differs. Throws StartError.
 */
export async function listenAt(make: () => Server, { host, port, variable }: Place): Promise<Listening> {
  const local = host === 'localhost';
  const first = make();
  await listen(first, port, local ? '127.0.0.1' : host, variable);
  const at = first.address() as AddressInfo;
  const servers = [first];
  if (local) {
    const second = make();
    try {
      await listen(second, at.port, '::1', variable);
      servers.push(second);
    } catch (error) {
      const { code } = (error as StartError).cause as NodeJS.ErrnoException;
      // A port that the system chose may be taken there by chance.
      if (!NO_ADDRESS.has(code ?? '') && port !== 0) {
        first.close();
        throw error;
      }
    }
  }
  return { servers, authority: `${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`, port: at.port };
}

function listen(server: Server, port: number, host: string, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'is taken'
          : error.code === 'EACCES'
            ? 'needs a permission'
            : `cannot be used: ${error.code}`;
      reject(new StartError(`port ${port} on ${host} ${why}; set ${variable} to another`, { cause: error }));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.removeListener('error', failed);
      resolve();
    });
  });
}
