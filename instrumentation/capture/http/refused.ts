import { builtin } from '../../base/builtin.ts';
import { type Above, forgetFrame, watched } from '../own-frame.ts';
import { replace } from '../patch.ts';
import { refused } from '../refused.ts';
import type { Tracker } from '../tracker.ts';
import { raisedOn } from './call.ts';

type Options = Readonly<Partial<Record<'protocol' | 'host' | 'hostname' | 'port' | 'path' | 'method', unknown>>>;
const SCHEMES = ['http', 'https'] as const;

function describe(args: readonly unknown[], scheme: string): { method: string; url: string } {
  const [first, second] = args;
  const isUrl = typeof first === 'string' || first instanceof URL;
  const options = ((isUrl ? second : first) ?? {}) as Options;
  const given = typeof options === 'object' ? options : {};
  const method = String(given.method ?? 'GET');
  if (isUrl) return { method, url: String(first) };
  const protocol = typeof given.protocol === 'string' ? given.protocol : `${scheme}:`;
  const host = String(given.hostname ?? given.host ?? 'localhost').replace(/:\d+$/, '');
  return { method, url: `${protocol}//${host}${given.port === undefined ? '' : `:${given.port}`}${given.path ?? '/'}` };
}

/**
 * Are ES modules to be told? Only those who had the two modules before us have what these were then. Telling them tells all else that was patched in
 * any built-in module for CommonJS alone.
 */
const mayTell = (): boolean =>
  SCHEMES.some(
    (name) => (process as { moduleLoadList?: string[] }).moduleLoadList?.includes(`NativeModule ${name}`) ?? true,
  );

/** `http.request` throws on a bad URL, header or option before there is a request to tell of. */
export function watchRefused(tracker: Tracker): void {
  const isToTell = mayTell();
  for (const scheme of SCHEMES) {
    const module = builtin(`node:${scheme}`);
    for (const name of ['request', 'get']) {
      const where = `${scheme}.${name}`;
      const threw = tracker.guard(where, (error: unknown, args: unknown[], above: Above | undefined) => {
        forgetFrame(error, above);
        const { method, url } = describe(args, scheme);
        refused(tracker, 'http', method, url, error);
      });
      const tidy = tracker.guard(where, (request: unknown, above: () => Above | undefined) => {
        // its signal was aborted already: the error it will raise was made just now
        if ((request as { destroyed?: unknown } | undefined)?.destroyed) forgetFrame(raisedOn(request), above());
      });
      const returned = (request: unknown, _: unknown[], above: () => Above | undefined) => {
        tidy(request, above);
        return request;
      };
      tracker.onStop(replace(module, name, (original) => watched(original, { threw, returned })));
    }
  }
  if (isToTell) builtin('node:module').syncBuiltinESMExports();
}
