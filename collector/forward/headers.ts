import { validateHeaderName, validateHeaderValue } from 'node:http';

/**
 * Headers as the OTLP exporter specification writes them: `name=value` pairs between commas, values percent-encoded. Throws on what no request
 * could carry: found out while forwarding, it would fail every body that has just been counted.
 */
export function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim().toLowerCase();
    // Values may be secrets, so none is ever quoted.
    if (name === '') throw new Error('must be name=value,name=value');
    try {
      const value = decodeURIComponent(pair.slice(at + 1).trim());
      validateHeaderName(name);
      validateHeaderValue(name, value);
      headers[name] = value;
    } catch {
      throw new Error(`${JSON.stringify(name)} is no header name, or its value cannot be sent`);
    }
  }
  return headers;
}
