import type { LayerName } from '../contract/layers.ts';

/**
 * What one provider does differently from the generic rules. Paths use the names of `extract/parse/json-fields.ts`: lower case, without
 * separators, alternatives with `|`, arrays implied, `*` for any key.
 */
export interface Provider {
  /** Value of `api.provider.name`. */
  readonly name: string;
  /** Paths of the code, before the generic rules. A short phrase counts here. */
  readonly code?: readonly string[];
  /** Paths of a second, finer code. */
  readonly subcode?: readonly string[];
  /** Paths of the request ID in the body, which support asks for rather than the header. */
  readonly requestId?: readonly string[];
  /** Answers 2xx for failures, so successful bodies are read; an expression reads XML ones, and of JSON only batches of hosts that fit. */
  readonly readsSuccess?: true | RegExp;
  /** Paths that are empty or absent in a 2xx that succeeded. */
  readonly failure?: readonly string[];
  /** A header in JSON that says how many seconds to wait; `header` reads one by lower-case name. */
  readonly delay?: (header: (name: string) => string | undefined) => number | undefined;
  /** Codes whose meaning their words do not tell. */
  readonly layers?: Readonly<Record<string, LayerName>>;
}
