export type { AttributeValue as Scalar, SpanFacts as FailedSpan } from '../../src/evidence/facts.ts';
