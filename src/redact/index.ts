export { redactBody } from './body/index.ts';
export { requestHeaders, safeHeaders } from './headers.ts';
export { useOwnRules } from './own-rules.ts';
export { redactPath } from './path.ts';
export { isSecretWord, redactDetail, redactText } from './text.ts';
export { explained, type Reason } from './told.ts';
export { REDACTED, redactQuery, redactUrl } from './url.ts';
