import { fromJSONSchema, type ZodType } from 'zod';
import { type Finding, mismatch, ok, unknown } from './report.ts';
import { plural } from './words.ts';

/** Unknown fields count as wrong only where the schema says so (`additionalProperties: false`). */
export function schemaFinding(value: unknown, schema: unknown): Finding {
  let type: ZodType;
  try {
    type = fromJSONSchema(schema as Parameters<typeof fromJSONSchema>[0]);
  } catch (error) {
    return unknown('schema', `cannot be used: ${(error as Error).message}`);
  }
  const result = type.safeParse(value);
  if (result.success) return ok('schema', 'every field fits');
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  return mismatch(
    'schema',
    problems.slice(0, 5).join('; '),
    `${plural(problems.length, 'field')} not as the schema has ${problems.length === 1 ? 'it' : 'them'}`,
    'mend these first',
  );
}
