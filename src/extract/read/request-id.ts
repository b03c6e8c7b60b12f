import { firstOf } from '../../lists.ts';
import type { Provider } from '../../providers/tables.ts';
import { isSecretWord } from '../../redact/text.ts';
import type { Answer } from '../base/types.ts';
import { type Fields, path, paths, pathTable, type Reader, rowsFor } from '../parse/json-fields.ts';
import type { HeaderPlan } from './header-plan.ts';

const MAX = 128;
/** What identifiers consist of; Zoom's hold `;` and `=`, Marketo's `#`. */
const SHAPE = /^[\w.:;=+/|@~,#-]+$/;
/** Asana names an occurrence in words. */
const WORDS = /^[\w.:;=+/|~,-]+(?: [\w'-]+){0,8}$/;

/** A telephone number, and a key in base64 with its padding: longer than any identifier in it. */
const NO_ID = /^\+\d{7,15}$|^[A-Za-z\d+/]{40,128}={1,2}$/;

/** The value as a request ID, or undefined: bounded, of the shape given, and no secret, path or URL. */
export function idOf(value: unknown, shape: RegExp = SHAPE): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const id = text.trim();
  if (id === '' || id.length > MAX || !shape.test(id) || NO_ID.test(id) || id.startsWith('/') || id.includes('://'))
    return undefined;
  // `looksRandom` is what an identifier is; the other kinds of secrets are not.
  return isSecretWord(id, 'token') ? undefined : id;
}

const BODY = pathTable([
  'requestid|reqid|debugid|fbtraceid|correlationid|traceid|trackingid|logid|pspreference|transactionid|operationid',
  'error.requestid|traceid|correlationid|debugid|logid',
  'response|responsecontext|responsemetadata|responseheader|meta|innererror|extensions|metadata|result.requestid|traceid|logid|correlationid',
  'error.innererror|details|metadata|extensions.requestid|traceid|correlationid',
  'errors.requestid|traceid|correlationid',
  'errorid|erroridentifier|referencecode|referenceid|errorreference|uuid',
  'messages.errors.erroridentifier',
  'reference|instance',
  'errors|meta.id',
]);
/** What a support desk asks for, by whichever word, and with a vendor's own before it: `clerk_trace_id`. */
const ASKED_FOR =
  /(?:request|trac(?:e|ing)|correlation|context|ctx|support|incident|activity|process|invocation)(?:id|reference)$|^(?:trace|ticket)$/;
const ANY = [path('*'), path('error.*')];
const OWN_ID = path('id');

/** `id` beside a message names the occurrence if it is no word (words are codes) and the body is no JSON-RPC answer. */
function occurrence(value: unknown, owner: Fields): string | undefined {
  if (owner.has('jsonrpc') || typeof value !== 'string' || !/\d/.test(value)) return undefined;
  return owner.has('message') || owner.has('name') ? idOf(value) : undefined;
}

export function idInJson(reader: Reader, code: string | undefined): string | undefined {
  const unlessCode = (id: string | undefined): string | undefined => (id === code ? undefined : id);
  return (
    // `errorId` is the occurrence at Okta and Adobe, and the numeric code at eBay.
    reader.firstOf(rowsFor(BODY, reader), (value, name) =>
      name === 'errorid' && typeof value === 'number' ? undefined : unlessCode(idOf(value)),
    ) ??
    reader.firstOf(ANY, (value, name) => (ASKED_FOR.test(name) ? idOf(value) : undefined)) ??
    reader.first(OWN_ID, (value, _name, owner) => unlessCode(occurrence(value, owner)))
  );
}

/** Where the provider itself puts it. */
export const ownIdInJson = (reader: Reader, provider: Provider | undefined): string | undefined =>
  reader.firstOf(paths(provider?.requestId), (value) => idOf(value, WORDS));

/** The request ID that a body tells: where the provider itself puts it, and by the names it usually has. */
export interface BodyIds {
  readonly own: string | undefined;
  readonly usual: string | undefined;
}

/** W3C Trace Context `traceresponse`: its trace-id. */
const TRACE_RESPONSE = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** The first of these headers that has an ID. */
const idIn = (answer: Answer, names: readonly string[]): string | undefined =>
  firstOf(names, (name) => {
    const value = answer.header(name);
    return name === 'traceresponse' ? TRACE_RESPONSE.exec(value ?? '')?.[1] : idOf(value);
  });

/**
 * What the provider's support asks for: the provider's own body field where it wants that one, then headers, then the body, and last
 * what a CDN or a tracer says, unless the provider has a name of its own and only its CDN answered.
 */
export const requestIdOf = (
  answer: Answer,
  plan: HeaderPlan,
  body: BodyIds | undefined,
  trustsEdge: boolean,
): string | undefined =>
  body?.own ?? idIn(answer, plan.ownIds) ?? body?.usual ?? (trustsEdge ? idIn(answer, plan.edgeIds) : undefined);
