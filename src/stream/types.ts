import type { LayerName } from '../contract/index.ts';
import { isSecret } from '../extract/read/code-test.ts';

/** What the bytes of one streamed answer say about the call. */
export interface Finding {
  /** `error`: the stream told of a failure. `unfinished`: its protocol ends with an event that never came. */
  readonly kind: 'error' | 'unfinished';
  /** The event's own document, to be read like any body; absent for `unfinished`. */
  readonly text?: string;
  readonly contentType?: string;
  /** A status that stands in the event. */
  readonly status?: number;
  /** What the event says as HTTP headers would: `grpc-status` and its like. */
  readonly headers?: ReadonlyMap<string, string>;
  /** The provider's code where its place is the protocol's own. */
  readonly code?: string;
  /** Where the protocol itself says who erred. */
  readonly layer?: LayerName;
  /** Whose words these are, where the layout alone tells; a name of the catalogue. */
  readonly provider?: string;
  readonly isJsonRpc?: true;
  /** A tool of an MCP server failed, not the server. */
  readonly isToolError?: true;
}

export const UNFINISHED: Finding = { kind: 'unfinished' };
/** @param text JSON, unless said otherwise; a code that looks like a secret is left out */
export const errorOf = (text: string, { code, ...more }: Partial<Finding> = {}): Finding => ({
  ...{ kind: 'error', text, contentType: 'application/json', ...more },
  ...(code !== undefined && !isSecret(code) && { code }),
});

/** Reads the bytes of one streamed answer as they pass. Takes no notice of how they are cut into chunks. */
export interface StreamReader {
  add(bytes: Uint8Array): void;
  /** @param whole the answer ended as HTTP says it should */
  end(whole: boolean): Finding | undefined;
}
