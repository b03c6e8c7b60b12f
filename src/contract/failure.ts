import { LAYER, type LayerName, type Owner, type Stage } from './layers.ts';
import { REASONS, type Reason } from './reasons.ts';

/** `api.request.sent`. */
export type Sent = 'no' | 'partly' | 'yes' | 'unknown';

/** What a failure's layer, reason and progress imply. The layer's row is the default; the reason knows better who can mend it. */
export const ownerOf = (layer: LayerName, reason: Reason | undefined): Owner =>
  (reason && REASONS[reason].owner) ?? LAYER[layer].owner;

/** Layers that end before a byte of the request has reached the target; what a proxy got is not the request. */
const BEFORE: ReadonlySet<LayerName> = new Set<LayerName>(['dns', 'tcp', 'proxy', 'tls']);

/** How much of the request has left, `api.request.sent`: nothing where the layer ends before the target is reached. */
export const sentOf = (layer: LayerName, sent: Sent): Sent => (BEFORE.has(layer) ? 'no' : sent);

/** The client's own limits strike at every stage; all other layers have one. */
export function stageOf(layer: LayerName, sent: Sent, answered: boolean): Stage | undefined {
  if (layer !== 'client') return LAYER[layer].stage;
  if (answered) return 'after_response';
  return sent === 'no' ? 'before_send' : 'in_transit';
}

/** First checks by a pattern of the client's own error code (`api.failure.error`), where one reason has several causes. */
const BY_ERROR: Readonly<Record<string, string>> = {
  'HEADERS?_OVERFLOW': 'headers are larger than --max-http-header-size or maxHeaderSize allows (16 KiB unless set)',
  '^UND_ERR_RES_EXCEEDED_MAX_SIZE$': 'the answer is larger than the dispatcher’s maxResponseSize',
  '^HPE_(UNEXPECTED_CONTENT_LENGTH|INVALID_TRANSFER_ENCODING)$':
    'the answer has both Content-Length and Transfer-Encoding: a proxy or server in between writes one too many',
  '^HPE_INVALID_(HEADER_TOKEN|URL|METHOD)$': 'a header of the answer holds a character that HTTP does not allow',
  '^HPE_(CR|LF|STRICT)': 'the answer ends its lines with LF alone: the server does not speak HTTP/1.1',
  '^HPE_INVALID_(CONSTANT|VERSION)$':
    'what listens there does not speak HTTP: port, scheme (https where it speaks TLS)',
  '^SELF_SIGNED_CERT_IN_CHAIN$':
    'the chain ends at a root this process does not trust, as an inspecting proxy’s does: NODE_EXTRA_CA_CERTS or --use-system-ca',
  '^DEPTH_ZERO_SELF_SIGNED_CERT$': 'the certificate is signed by itself: trust it by `ca`, or install a real one',
  '^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)$':
    'the server sends no intermediate certificate, or its issuer is not trusted here: openssl s_client -showcerts',
  '^CERT_HAS_EXPIRED$':
    'a certificate has expired. A public issuer: the provider renews it. An issuer of your own: your proxy or server does. Its end not reached: this host’s clock',
  '^CERT_NOT_YET_VALID$': 'a certificate is not valid yet: this host’s clock',
  '^(EMFILE|ENFILE)$': 'this process has no file descriptor left: ulimit -n, connections that are never closed',
  '^(EADDRNOTAVAIL|EADDRINUSE)$': 'no free port on this host, or no such localAddress: keep connections alive',
  '^ERR_(OSSL|CRYPTO|SSL_(NO_START|BAD_(DECRYPT|END)|NOT_ENOUGH|MAC))':
    'the application’s own key, certificate or passphrase cannot be read',
  CONTENT_LENGTH_MISMATCH$: 'the body has another length than the Content-Length header the application set',
  '^EAI_AGAIN$': 'the resolver did not answer or failed: /etc/resolv.conf, the cluster’s DNS',
};

const BY_REASON: { readonly [R in Reason]?: string } = {
  'client.limit_exceeded': 'a size limit of the client: maxContentLength, maxBodyLength, maxResponseSize, size',
  'client.body_failed': 'the source of the request’s own body failed: the file, stream or iterator it is read from',
  'client.redirect_refused': 'a stream cannot be sent again: send the body as bytes, or straight to the new URL',
  'client.timed_out': 'all connections of the own pool were busy: maxSockets, connections, and what holds them',
  'client.pool_exhausted': 'all connections of the own pool were busy: maxSockets, connections, and what holds them',
  'client.local_error': 'this host: descriptors, ports, permissions, files of keys and certificates',
  'client.closed': 'the client or agent was closed before the call',
  'tcp.timed_out':
    'a firewall that drops, or a family without a route; where another address answers slowly: --network-family-autoselection-attempt-timeout (250 ms unless set)',
  'proxy.auth_required': 'the proxy’s credentials: it wants Proxy-Authorization',
  'proxy.unreachable': 'can a socket be opened from this host to the proxy; HTTP_PROXY, HTTPS_PROXY, NO_PROXY',
  'proxy.failed': 'the proxy hung up or spoke no HTTP: its log, its port, its own way out',
  'proxy.timed_out': 'the proxy is up but mute: its health, its own way out',
  'tls.cert.date_invalid': 'the certificate’s end and this host’s clock; its issuer says who renews it',
  'tls.cert.name_invalid': 'the certificate’s names: the host as it is called must be among them',
  'tls.cert.authority_invalid': 'who issued the certificate, and whether this process trusts it: NODE_EXTRA_CA_CERTS',
  'tls.cert.revoked': 'the server’s certificate was revoked: its owner must replace it',
  'tls.bad_client_auth_cert': 'the client certificate: the server wants one, or another',
  'tls.version_or_cipher_mismatch': 'the protocol versions and ciphers both sides allow',
  'tls.protocol.error': 'the port: what listens there does not speak TLS',
  'tls.timed_out': 'who answers the connection but not the handshake: a load balancer, a firewall',
  'http.scheme_mismatch': 'the scheme of the URL: the port speaks TLS, so call it by https://',
  'http.connection.stale': 'the keep-alive times of both sides: the client’s must be the shorter one',
  'http.no_credit': 'credit, balance and billing limits of the account: somebody must pay or raise them',
  'http.quota_exhausted': 'the plan’s daily or monthly quota: raise it, or wait for the day or month to end',
  'http.overloaded': 'the provider’s status page; another region, model or tier; calling less does not mend it',
  'http.response.timed_out':
    'does the provider answer later than this call waits: its status page, its own log, the client’s timeout',
  'http.response.truncated': 'did the whole answer arrive: bytes received of bytes announced',
  'http.response.decoding_failed': 'the body’s coding is damaged: Content-Encoding, and proxies that change bodies',
  'http.response.unfinished': 'the stream ended without its last event: the provider’s log, time limits of proxies',
  'http.response.redirect_loop': 'where the redirects lead: they go round, or there are too many of them',
  'http.protocol.error': 'the other side ended the HTTP/2 stream or session: the frame’s code, its own restarts',
  'http.response.stalled': 'the body stopped coming: the provider’s stream, or the client’s own bodyTimeout',
};

/** What the person on call looks at first, as finely as the failure is known. */
export function firstCheckOf(layer: LayerName, reason?: string, error?: string): string {
  // the parser's own code says less than the bytes did
  const code = reason === 'http.scheme_mismatch' ? undefined : error;
  const byError = Object.entries(BY_ERROR).find(([known]) => code !== undefined && new RegExp(known).test(code))?.[1];
  return byError ?? BY_REASON[reason as Reason] ?? LAYER[layer].firstCheck;
}
