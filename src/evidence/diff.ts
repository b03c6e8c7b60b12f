/** What is compared of one answer. */
export interface Outcome {
  readonly status?: number | undefined;
  readonly layer?: string | undefined;
  readonly reason?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  /** Redacted. */
  readonly body?: string | undefined;
}

export interface Difference {
  /** `status`, `layer`, …, `header <name>`, or a JSON path. */
  readonly where: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Differ from one call to the next by nature: clocks, identifiers, connection handling. */
const VOLATILE =
  /^(date|age|expires|connection|keep-alive|set-cookie|cf-ray|server-timing|x-(runtime|served-by|timer|envoy-upstream-service-time)|.*(request|trace|correlation)-?id|request-id|.*-reset|.*-remaining)$/;
const DIFFERENCES_MAX = 50;
const NODES_MAX = 5000;

/** What changed between two runs, most telling first. */
export function differencesOf(before: Outcome, after: Outcome): Difference[] {
  const found: Difference[] = [];
  const compare = (where: string, a: string | number | undefined, b: string | number | undefined): void => {
    if (a !== b) found.push({ where, before: a?.toString(), after: b?.toString() });
  };
  for (const field of ['status', 'layer', 'reason', 'code', 'message'] as const)
    compare(field, before[field], after[field]);
  const a = new Map(before.headers);
  const b = new Map(after.headers);
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    // The body itself is compared below.
    if (!VOLATILE.test(name) && name !== 'content-length' && name !== 'etag')
      compare(`header ${name}`, a.get(name), b.get(name));
  }
  const left = flatten(before.body);
  const right = flatten(after.body);
  for (const path of new Set([...left.keys(), ...right.keys()])) compare(path, left.get(path), right.get(path));
  return found.slice(0, DIFFERENCES_MAX);
}

/** JSON as path → value; any other text as one `body`. */
function flatten(body: string | undefined): Map<string, string> {
  const flat = new Map<string, string>();
  if (body === undefined || body === '') return flat;
  let root: unknown;
  try {
    root = JSON.parse(body);
  } catch {
    return flat.set('body', body);
  }
  const todo: [string, unknown][] = [['body', root]];
  while (todo.length > 0 && flat.size < NODES_MAX) {
    const [path, value] = todo.pop()!;
    if (value !== null && typeof value === 'object' && Object.keys(value).length > 0)
      for (const [key, inner] of Object.entries(value).reverse())
        todo.push([Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, inner]);
    else flat.set(path, JSON.stringify(value));
  }
  return flat;
}
