import { fieldsOf, rootOf } from '../error-kind.ts';

const CODE_MAX = 64;
/** Names that say nothing. */
const PLAIN = new Set(['', 'Error', 'TypeError', 'object', 'string', 'undefined']);

/** The client's own error code as the application sees it: the first on the way down its causes, else the most telling name. */
export function errorCodeOf(error: unknown): string | undefined {
  let name: string | undefined;
  let at = error;
  for (let depth = 0; depth < 6 && typeof at === 'object' && at !== null; depth++) {
    const fields = fieldsOf(at);
    if (fields.code !== '') return fields.code.slice(0, CODE_MAX);
    if (name === undefined && !PLAIN.has(fields.name)) name = fields.name.slice(0, CODE_MAX);
    at = (at as { cause?: unknown }).cause;
  }
  return name;
}

/** What was seen beside the error. */
export interface Seen {
  /** Of the server's certificate. */
  readonly issuer?: string | undefined;
  readonly validTo?: string | undefined;
  /** Bytes of the body that came, of those announced. */
  readonly received?: number | undefined;
  readonly announced?: number | undefined;
}

/** OpenSSL's own line holds a thread's address and a file of its source: only the reason is kept. */
const OPENSSL = /^(?:write |read )?(?:EPROTO )?[0-9A-F]{6,}:error:[0-9A-F]+:([^:]*):[^:]*:([^:]+):.*$/is;

function messageOf(error: unknown): string {
  const { errors } = (error ?? {}) as { errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.map(attemptOf).join(', ');
  const { message } = fieldsOf(error);
  return message.replace(OPENSSL, '$2 ($1)').split('\n', 1)[0]!.trim();
}

function attemptOf(error: unknown): string {
  const { address, port } = error as { address?: unknown; port?: unknown };
  const { code, message } = fieldsOf(error);
  return typeof address === 'string' ? `${code} ${address}${port === undefined ? '' : ` port ${port}`}` : message;
}

/** An aggregate is the list of the addresses that were tried; everything else is told by its root. */
function toldBy(error: unknown): unknown {
  for (let at = error, depth = 0; depth < 6 && typeof at === 'object' && at !== null; depth++) {
    if (Array.isArray((at as { errors?: unknown }).errors)) return at;
    at = (at as { cause?: unknown }).cause;
  }
  return rootOf(error);
}

/** One line a person would paste. Not redacted. */
export function detailOf(error: unknown, seen: Seen): string | undefined {
  const parts = [messageOf(toldBy(error))];
  if (seen.issuer !== undefined) parts.push(`issuer ${seen.issuer}`);
  if (seen.validTo !== undefined) parts.push(`valid to ${seen.validTo}`);
  if (seen.announced !== undefined) parts.push(`${seen.received ?? 0} of ${seen.announced} bytes received`);
  return parts.filter((part) => part !== '').join('; ') || undefined;
}
