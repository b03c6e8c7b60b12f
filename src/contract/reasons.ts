import type { LayerName, Owner } from './layers.ts';

type Layers = readonly [LayerName, ...LayerName[]];
/** The layers a reason belongs to, what it means, and who can mend it where that is not the layer's owner. */
const at = (layers: LayerName | Layers, meaning: string, owner?: Owner) => ({
  layers: typeof layers === 'string' ? ([layers] as const) : layers,
  meaning,
  ...(owner && { owner }),
});
const ANSWERED = ['endpoint', 'auth', 'payload', 'throttling', 'service'] as const;

/**
 * The bounded reason vocabulary. Words follow W3C Network Error Logging §6 types and RFC 9209 §2.3 proxy error types where one exists.
 * A reason belongs to the layers listed; `http.error` is what every answered failure has. Its owner, where it has one, wins over the layer's.
 */
export const REASONS = {
  'client.invalid_url': at('client', 'the URL could not be parsed or has an unsupported scheme'),
  'client.invalid_argument': at('client', 'an invalid method, header, option or body argument'),
  'client.port_blocked': at('client', 'the port is on the Fetch standard’s blocked list'),
  'client.pool_exhausted': at('client', 'the own connection pool or its queue had no room'),
  'client.timed_out': at('client', 'a deadline passed while the call waited in the own queue'),
  'client.local_error': at('client', 'a local file, permission or descriptor limit stopped the call'),
  'client.limit_exceeded': at('client', 'the client’s own size limit refused a whole answer or body'),
  'client.body_failed': at('client', 'the source of the request’s own body failed'),
  'client.redirect_refused': at('client', 'a redirect that the request’s body cannot follow'),
  'client.closed': at('client', 'the own client or agent was already closed'),
  'dns.name_not_resolved': at('dns', 'the name has no address'),
  'dns.timed_out': at('dns', 'a deadline passed during the lookup'),
  'dns.failed': at('dns', 'the resolver failed or refused'),
  'dns.address_invalid': at('dns', 'the lookup returned something that is no address'),
  'tcp.refused': at('tcp', 'nothing listens there'),
  'tcp.timed_out': at('tcp', 'no answer to the connection attempt in time'),
  'tcp.address_unreachable': at('tcp', 'no route to the host or network'),
  'tcp.reset': at('tcp', 'the connection was reset while it was being made'),
  'tcp.failed': at('tcp', 'another connect error'),
  'proxy.auth_required': at('proxy', 'the proxy answered CONNECT with 407'),
  'proxy.refused': at('proxy', 'the proxy answered CONNECT with another status'),
  'proxy.unreachable': at('proxy', 'no connection to the proxy'),
  'proxy.timed_out': at('proxy', 'the proxy did not answer in time'),
  'proxy.failed': at('proxy', 'the proxy hung up or broke the protocol'),
  'tls.cert.date_invalid': at('tls', 'a certificate is expired or not yet valid'),
  'tls.cert.name_invalid': at('tls', 'the certificate is for another host name'),
  'tls.cert.authority_invalid': at('tls', 'self-signed or unknown issuer, or a missing intermediate'),
  'tls.cert.revoked': at('tls', 'the certificate is revoked'),
  'tls.cert.invalid': at('tls', 'another certificate defect'),
  'tls.bad_client_auth_cert': at('tls', 'the server wants another, or any, client certificate'),
  'tls.version_or_cipher_mismatch': at('tls', 'no common protocol version, cipher or ALPN protocol'),
  'tls.protocol.error': at('tls', 'the peer does not speak TLS, or breaks it'),
  'tls.timed_out': at('tls', 'the handshake did not end in time'),
  'tls.closed': at('tls', 'the peer hung up or reset during the handshake'),
  'tls.failed': at('tls', 'another handshake error'),
  'http.request.timed_out': at('send', 'a deadline passed while the request was being written'),
  'http.request.reset': at('send', 'reset while the request was being written'),
  'http.request.closed': at('send', 'the peer hung up while the request was being written'),
  'http.request.failed': at('send', 'the request body or stream failed while it was being written'),
  'http.response.timed_out': at('wait', 'no response headers in time'),
  'http.response.reset': at('wait', 'reset before the response headers'),
  'http.response.closed': at('wait', 'the peer hung up before the response headers'),
  'http.response.invalid': at('wait', 'what came back is not valid HTTP'),
  'http.scheme_mismatch': at('endpoint', 'plain HTTP was spoken to a port that speaks TLS'),
  'http.connection.stale': at(
    ['send', 'wait'],
    'a kept connection that lay idle was closed by the other side; nothing was answered',
    'network',
  ),
  'http.protocol.error': at(['send', 'wait', 'body'], 'an HTTP/2 stream or session error'),
  'http.response.truncated': at('body', 'the body ended before its declared end'),
  'http.response.stalled': at('body', 'the body did not arrive in time'),
  'http.response.decoding_failed': at('body', 'the content or transfer coding is damaged'),
  'http.response.unfinished': at('body', 'the stream’s protocol ends with an event that never came'),
  'http.response.redirect_loop': at('endpoint', 'too many redirects'),
  'http.error': at(ANSWERED, 'the answer’s status says failed'),
  'http.error_in_success': at(ANSWERED, 'a 2xx answer whose body says failed'),
  'mcp.tool_error': at('payload', 'a tool of an MCP server says that its own work failed'),
  'websocket.refused': at('endpoint', 'the handshake was answered otherwise than with 101'),
  'websocket.closed': at('body', 'the connection ended abnormally after the handshake'),
  'http.no_credit': at(
    ['throttling', 'payload', 'auth'],
    'the caller’s account has no credit left, or a billing limit was reached; waiting does not help',
    'caller',
  ),
  'http.quota_exhausted': at('throttling', 'the quota of a day or month is spent', 'caller'),
  'http.overloaded': at(
    ['throttling', 'service'],
    'the provider has no capacity left, whatever the caller’s own rate',
    'provider',
  ),
  unknown: at('unknown', 'nothing else fits'),
};

/** `api.failure.reason`. */
export type Reason = Extract<keyof typeof REASONS, string>;
