export type { AttributeValue as Scalar, SpanFacts as FailedSpan } from '../../src/evidence/read-attributes.ts';
