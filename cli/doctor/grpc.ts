import { UsageError } from '../command.ts';
import type { Run } from '../net/exchange.ts';
import type { Subject } from './context.ts';
import { type Finding, mismatch, ok } from './report.ts';

/** Asks for the health of one service, or of the whole server where the name is empty (gRPC Health Checking Protocol). */
export function healthSubject(subject: Subject, service: string): Subject {
  if (!/^[\w./-]{0,120}$/.test(service))
    throw new UsageError('--grpc wants the full name of a service, or an empty one');
  const url = new URL('/grpc.health.v1.Health/Check', subject.url);
  // a message with one field, its first: the name, a string
  const message = service === '' ? '' : `\n${String.fromCharCode(service.length)}${service}`;
  return {
    ...subject,
    raw: url.href,
    url,
    method: 'POST',
    headers: [...subject.headers, ['content-type', 'application/grpc'], ['te', 'trailers']],
    body: `\0\0\0\0${String.fromCharCode(message.length)}${message}`,
    grpc: service,
  };
}

/** `grpc-status` of an answer; undefined where what answered does not speak gRPC. */
export const grpcStatusOf = (run: Run): number | undefined => {
  const text = run.headers.findLast(([name]) => name === 'grpc-status')?.[1];
  return text === undefined ? undefined : Number(text);
};

const SERVING = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** What the health service said; undefined where the call itself failed, which other steps tell. */
export function healthFinding(run: Run): Finding | undefined {
  if (grpcStatusOf(run) !== 0) return undefined;
  // an empty message stands for the enumeration's zero
  const said = SERVING[run.body?.charCodeAt(6) || 0] ?? 'a status that is not known';
  return said === 'SERVING'
    ? ok('gRPC health', said)
    : mismatch(
        'gRPC health',
        said,
        'the server is up and says that this service is not',
        'look at the service’s own log',
      );
}
