/** Where a call is, or was when it ended; known from socket and client events, not from the error. `queued`: in the client's own queue. */
export const STEPS = ['queued', 'dns', 'tcp', 'tls', 'send', 'wait', 'body'] as const;
/** One of these steps. */
export type Phase = (typeof STEPS)[number];
