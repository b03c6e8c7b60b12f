import { longest, readsSuccessBodies } from '../../src/providers/index.ts';
import type { Call } from '../capture/types.ts';

/** Bodies that may say anything at all. */
const WORDS = /json|xml|^text\/(?!event-stream)/;
/** RFC 4918 §11.1. */
const MULTI_STATUS = 207;

/** AWS Lambda: the header says that the function failed, the body how. Headers are not searched here, in the application's own turn. */
const isFunctionError = (call: Call): boolean =>
  call.host.startsWith('lambda.') && call.responseHeader('x-amz-function-error') !== undefined;

/**
 * Which 2xx answers have their bodies kept: what headers, hosts and paths promise, and the hosts the user names.
 * @param hosts of `FAULTLAYER_READ_SUCCESS`
 */
export function successBodies(hosts: ReadonlySet<string>): (call: Call) => boolean {
  const named = new Map([...hosts].map((host) => [host, host]));
  return (call) => {
    const type = call.responseHeader('content-type');
    if (call.status === MULTI_STATUS || isFunctionError(call)) return true;
    const isNamed = named.size > 0 && longest(call.host.toLowerCase(), named) !== undefined;
    if (isNamed && (type === undefined || WORDS.test(type))) return true;
    return readsSuccessBodies(call.host, type, call.path, call.requestHeader('x-amz-target'));
  };
}
