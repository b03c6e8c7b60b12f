/** Where a call is, or was when it ended; known from socket and client events, not from the error. `queued`: in the client's own queue. */
export type Phase = 'queued' | 'dns' | 'tcp' | 'tls' | 'send' | 'wait' | 'body';
