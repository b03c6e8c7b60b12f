import { readsSuccessBodies } from '../../src/providers/index.ts';
import type { Call } from '../capture/types.ts';

/** Bodies that may say anything at all. */
const WORDS = /json|xml|^text\/(?!event-stream)/;
/** RFC 4918 §11.1. */
const MULTI_STATUS = 207;

/** AWS Lambda: the header says that the function failed, the body how. Headers are not searched here, in the application's own turn. */
const isFunctionError = (call: Call): boolean =>
  call.host.startsWith('lambda.') && call.responseHeader('x-amz-function-error') !== undefined;

/** A host, or any below a name with a leading dot. */
const isOf = (host: string, names: ReadonlySet<string>): boolean => {
  if (names.size === 0) return false;
  if (names.has(host)) return true;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1))
    if (names.has(host.slice(dot))) return true;
  return false;
};

/**
 * Which 2xx answers have their bodies kept: what headers, hosts and paths promise, and the hosts the user names.
 * @param hosts of `FAULTLAYER_READ_SUCCESS`
 */
export function successBodies(hosts: ReadonlySet<string>): (call: Call) => boolean {
  return (call) => {
    const type = call.responseHeader('content-type');
    if (call.status === MULTI_STATUS || isFunctionError(call)) return true;
    if (isOf(call.host.toLowerCase(), hosts) && (type === undefined || WORDS.test(type))) return true;
    return readsSuccessBodies(call.host, type, call.path, call.requestHeader('x-amz-target'));
  };
}
