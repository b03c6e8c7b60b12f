/** Headers of an answer that people quote when they escalate: who answered, on whose behalf, and from where. */
export const ESCALATION_HEADERS =
  'server via age retry-after cf-ray cf-cache-status x-cache x-served-by x-amz-cf-id x-amz-cf-pop x-azure-ref x-vercel-id akamai-grn proxy-status'.split(
    ' ',
  );
