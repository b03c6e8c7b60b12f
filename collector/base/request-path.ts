/** The path of a request target in origin form, else undefined. `new URL` is not used: it throws on `GET http:// HTTP/1.1` (CVE-2026-44902). */
export const requestPath = (target: string | undefined): string | undefined =>
  target?.startsWith('/') && !target.startsWith('//') ? target.split(/[?#]/, 1)[0] : undefined;
