import type { LayerName, Owner } from './layers.ts';

/**
 * The bounded reason vocabulary. Words follow W3C Network Error Logging §6 types and RFC 9209 §2.3 proxy error types where one exists.
 * A reason belongs to the layers listed; `http.error` is what every answered failure has. Its owner, where it has one, wins over the layer's.
 */
export const REASONS = {
  'client.invalid_url': { layers: ['client'], meaning: 'the URL could not be parsed or has an unsupported scheme' },
  'client.invalid_argument': { layers: ['client'], meaning: 'an invalid method, header, option or body argument' },
  'client.port_blocked': { layers: ['client'], meaning: 'the port is on the Fetch standard’s blocked list' },
  'client.pool_exhausted': { layers: ['client'], meaning: 'the own connection pool or its queue had no room' },
  'client.timed_out': { layers: ['client'], meaning: 'a deadline passed while the call waited in the own queue' },
  'client.local_error': {
    layers: ['client'],
    meaning: 'a local file, permission or descriptor limit stopped the call',
  },
  'client.limit_exceeded': {
    layers: ['client'],
    meaning: 'the client’s own size limit refused a whole answer or body',
  },
  'client.body_failed': { layers: ['client'], meaning: 'the source of the request’s own body failed' },
  'client.redirect_refused': { layers: ['client'], meaning: 'a redirect that the request’s body cannot follow' },
  'client.closed': { layers: ['client'], meaning: 'the own client or agent was already closed' },
  'dns.name_not_resolved': { layers: ['dns'], meaning: 'the name has no address' },
  'dns.timed_out': { layers: ['dns'], meaning: 'a deadline passed during the lookup' },
  'dns.failed': { layers: ['dns'], meaning: 'the resolver failed or refused' },
  'dns.address_invalid': { layers: ['dns'], meaning: 'the lookup returned something that is no address' },
  'tcp.refused': { layers: ['tcp'], meaning: 'nothing listens there' },
  'tcp.timed_out': { layers: ['tcp'], meaning: 'no answer to the connection attempt in time' },
  'tcp.address_unreachable': { layers: ['tcp'], meaning: 'no route to the host or network' },
  'tcp.reset': { layers: ['tcp'], meaning: 'the connection was reset while it was being made' },
  'tcp.failed': { layers: ['tcp'], meaning: 'another connect error' },
  'proxy.auth_required': { layers: ['proxy'], meaning: 'the proxy answered CONNECT with 407' },
  'proxy.refused': { layers: ['proxy'], meaning: 'the proxy answered CONNECT with another status' },
  'proxy.unreachable': { layers: ['proxy'], meaning: 'no connection to the proxy' },
  'proxy.timed_out': { layers: ['proxy'], meaning: 'the proxy did not answer in time' },
  'proxy.failed': { layers: ['proxy'], meaning: 'the proxy hung up or broke the protocol' },
  'tls.cert.date_invalid': { layers: ['tls'], meaning: 'a certificate is expired or not yet valid' },
  'tls.cert.name_invalid': { layers: ['tls'], meaning: 'the certificate is for another host name' },
  'tls.cert.authority_invalid': {
    layers: ['tls'],
    meaning: 'self-signed or unknown issuer, or a missing intermediate',
  },
  'tls.cert.revoked': { layers: ['tls'], meaning: 'the certificate is revoked' },
  'tls.cert.invalid': { layers: ['tls'], meaning: 'another certificate defect' },
  'tls.bad_client_auth_cert': { layers: ['tls'], meaning: 'the server wants another, or any, client certificate' },
  'tls.version_or_cipher_mismatch': { layers: ['tls'], meaning: 'no common protocol version, cipher or ALPN protocol' },
  'tls.protocol.error': { layers: ['tls'], meaning: 'the peer does not speak TLS, or breaks it' },
  'tls.timed_out': { layers: ['tls'], meaning: 'the handshake did not end in time' },
  'tls.closed': { layers: ['tls'], meaning: 'the peer hung up or reset during the handshake' },
  'tls.failed': { layers: ['tls'], meaning: 'another handshake error' },
  'http.request.timed_out': { layers: ['send'], meaning: 'a deadline passed while the request was being written' },
  'http.request.reset': { layers: ['send'], meaning: 'reset while the request was being written' },
  'http.request.closed': { layers: ['send'], meaning: 'the peer hung up while the request was being written' },
  'http.request.failed': { layers: ['send'], meaning: 'the request body or stream failed while it was being written' },
  'http.response.timed_out': { layers: ['wait'], meaning: 'no response headers in time' },
  'http.response.reset': { layers: ['wait'], meaning: 'reset before the response headers' },
  'http.response.closed': { layers: ['wait'], meaning: 'the peer hung up before the response headers' },
  'http.response.invalid': { layers: ['wait'], meaning: 'what came back is not valid HTTP' },
  'http.connection.stale': {
    layers: ['send', 'wait'],
    meaning: 'a kept connection that lay idle was closed by the other side; nothing was answered',
    owner: 'network',
  },
  'http.protocol.error': { layers: ['send', 'wait', 'body'], meaning: 'an HTTP/2 stream or session error' },
  'http.response.truncated': { layers: ['body'], meaning: 'the body ended before its declared end' },
  'http.response.stalled': { layers: ['body'], meaning: 'the body did not arrive in time' },
  'http.response.decoding_failed': { layers: ['body'], meaning: 'the content or transfer coding is damaged' },
  'http.response.unfinished': {
    layers: ['body'],
    meaning: 'the stream’s protocol ends with an event that never came',
  },
  'http.response.redirect_loop': { layers: ['endpoint'], meaning: 'too many redirects' },
  'http.error': {
    layers: ['endpoint', 'auth', 'payload', 'throttling', 'service'],
    meaning: 'the answer’s status says failed',
  },
  'http.error_in_success': {
    layers: ['endpoint', 'auth', 'payload', 'throttling', 'service'],
    meaning: 'a 2xx answer whose body says failed',
  },
  'mcp.tool_error': { layers: ['payload'], meaning: 'a tool of an MCP server says that its own work failed' },
  'websocket.refused': { layers: ['endpoint'], meaning: 'the handshake was answered otherwise than with 101' },
  'websocket.closed': { layers: ['body'], meaning: 'the connection ended abnormally after the handshake' },
  'http.no_credit': {
    layers: ['throttling', 'payload', 'auth'],
    meaning: 'the caller’s account has no credit left, or a billing limit was reached; waiting does not help',
    owner: 'caller',
  },
  'http.quota_exhausted': {
    layers: ['throttling'],
    meaning: 'the quota of a day or month is spent',
    owner: 'caller',
  },
  'http.overloaded': {
    layers: ['throttling', 'service'],
    meaning: 'the provider has no capacity left, whatever the caller’s own rate',
    owner: 'provider',
  },
  unknown: { layers: ['unknown'], meaning: 'nothing else fits' },
} as const satisfies Record<string, { layers: readonly LayerName[]; meaning: string; owner?: Owner }>;

/** `api.failure.reason`. */
export type Reason = keyof typeof REASONS;
