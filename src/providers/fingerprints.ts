/**
 * Response headers that give a product away where the host name cannot: self-hosted installations, or a vendor's API under a
 * customer's domain. Ordered; the first header present decides.
 */
const FINGERPRINTS: readonly (readonly [header: string, provider: string])[] = [
  ['x-github-request-id', 'github'],
  ['x-gitlab-meta', 'gitlab'],
  ['x-arequestid', 'jira-cloud'],
  ['x-okta-request-id', 'okta'],
  ['x-shopify-stage', 'shopify'],
  ['x-shopify-shop-api-call-limit', 'shopify'],
  ['sforce-limit-info', 'salesforce'],
  ['x-sentry-rate-limit-limit', 'sentry'],
  ['x-elastic-product', 'elasticsearch'],
  ['x-vault-request', 'vault'],
  ['x-clickhouse-query-id', 'clickhouse'],
  ['x-clickhouse-exception-code', 'clickhouse'],
  ['x-influxdb-version', 'influxdb'],
  ['x-kubernetes-pf-flowschema-uid', 'kubernetes'],
  ['docker-distribution-api-version', 'oci-registry'],
  ['x-wp-total', 'wordpress-woocommerce'],
  ['x-confluence-request-time', 'confluence'],
  ['x-amzn-requestid', 'aws'],
  ['x-amz-request-id', 'aws'],
  ['x-ms-request-id', 'azure'],
];
/** Clouds in front of whatever their customers built: their headers tell which rules to read by, not whose API it is. */
const CLOUDS = new Set(['aws', 'azure']);

/** The product behind an answer, from the names of its headers (lower case); undefined if nothing gives it away. */
export const fingerprint = (names: readonly string[]): string | undefined =>
  FINGERPRINTS.find(([header]) => names.includes(header))?.[1];

/** The same for naming: a product that people run themselves, never the cloud it runs on. */
export function selfHosted(names: readonly string[]): string | undefined {
  const product = fingerprint(names);
  return product === undefined || CLOUDS.has(product) ? undefined : product;
}
