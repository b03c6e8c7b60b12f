import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';

/** Addresses of a name, a response code (2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED), or silence. A function may answer differently each time. */
export type Reply = readonly string[] | { readonly rcode: number } | 'silent';
export type Zone = Readonly<Record<string, Reply | (() => Reply)>>;

export interface DnsServer extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Names asked for, A and AAAA questions alike, as `A name`. */
  readonly asked: readonly string[];
}

/** A resolver of the test’s own on a free UDP port of loopback: enough of RFC 1035 to answer A and AAAA questions. */
export async function dnsServer(zone: Zone): Promise<DnsServer> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const { name, end } = readName(query);
    const type = query.readUInt16BE(end);
    asked.push(`${type === 28 ? 'AAAA' : type === 1 ? 'A' : type} ${name}`);
    const entry = zone[name.toLowerCase()] ?? { rcode: 3 };
    const reply = typeof entry === 'function' ? entry() : entry;
    if (reply === 'silent') return;
    socket.send(answer(query, end + 4, type, reply), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  while (query[at]! > 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
    at += 1 + query[at]!;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function answer(
  query: Buffer,
  questionEnd: number,
  type: number,
  reply: readonly string[] | { rcode: number },
): Buffer {
  const rcode = 'rcode' in reply ? reply.rcode : 0;
  const wanted =
    'rcode' in reply
      ? []
      : reply.filter((address) => (type === 28) === address.includes(':') && (type === 28 || type === 1));
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(wanted.length, 6);
  const records = wanted.map((address) => {
    const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : ipv6(address);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0); // the name is the question’s
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(1, 6); // time to live
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, query.subarray(12, questionEnd), ...records]);
}

function ipv6(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const all = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  const bytes = Buffer.alloc(16);
  for (const [i, group] of all.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2);
  return bytes;
}
