import { UsageError } from '../command.ts';
import type { Run } from '../net/exchange.ts';
import { answerFindings } from './answers.ts';
import { type Context, type Finding, mismatch, ok, type Subject } from './base.ts';

/** The last question: does the service itself fail? Empty where nothing says so. */
export async function service(context: Context): Promise<Finding[]> {
  const health = context.subject.grpc === undefined ? undefined : healthFinding(await context.answer());
  return health === undefined ? answerFindings('service', context) : [health];
}

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
const grpcStatusOf = (run: Run): string | undefined => run.headers.findLast(([name]) => name === 'grpc-status')?.[1];

const NO_HEALTH: Readonly<Record<string, readonly [seen: string, next: string]>> = {
  5: ['NOT_FOUND: no such service', 'compare the name with what the server registers'],
  12: ['UNIMPLEMENTED: no grpc.health.v1.Health', 'register the health service, or call a method'],
};

/** Whether what answered speaks gRPC and knows the health service; undefined where nothing speaks against it. */
export function grpcFinding(run: Run, judged: boolean): Finding | undefined {
  const status = grpcStatusOf(run);
  if (status === undefined && judged)
    return mismatch(
      'answer',
      `${run.status}, no grpc-status`,
      'what answers does not speak gRPC',
      'check port, and which balancer answers',
    );
  const [seen, next] = NO_HEALTH[status ?? ''] ?? [];
  return seen === undefined
    ? undefined
    : mismatch('answer', seen, 'the server speaks gRPC; its health cannot be asked so', next);
}

const SERVING = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** What the health service said; undefined where the call itself failed, which other steps tell. */
function healthFinding(run: Run): Finding | undefined {
  if (grpcStatusOf(run) !== '0') return undefined;
  // an empty message stands for the enumeration's zero
  const said = SERVING[run.body?.charCodeAt(6) || 0] ?? 'a status that is not known';
  if (said === 'SERVING') return ok('gRPC health', said);
  return mismatch(
    'gRPC health',
    said,
    'the server says that this service does not serve',
    'look at the service’s own log',
  );
}
