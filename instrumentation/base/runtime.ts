type Versions = { readonly node: string; readonly bun?: string; readonly deno?: string };
const { bun, deno, node } = process.versions as unknown as Versions;

/** What runs this process, by the name and version of its own. */
export const RUNTIME = bun
  ? { name: 'bun', version: bun }
  : deno
    ? { name: 'deno', version: deno }
    : { name: 'nodejs', version: node };

/** What Deno is asked for: https://docs.deno.com/api/deno/permissions */
type Permission =
  | { readonly name: 'env' }
  | { readonly name: 'net'; readonly host: string }
  | { readonly name: 'read'; readonly path: string }
  | { readonly name: 'sys'; readonly kind: 'hostname' };
type Asking = { readonly permissions: { querySync(what: Permission): { readonly state: string } } };

/** May this be done without a question? Deno asks a person at a terminal, and the application waits meanwhile. The other runtimes never ask. */
export function isGranted(what: Permission): boolean {
  const { Deno } = globalThis as { Deno?: Asking };
  return Deno === undefined || Deno.permissions.querySync(what).state === 'granted';
}
