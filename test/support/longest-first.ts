import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Unit files that take longest, mostly waiting. A run that began them late would end with one of them alone. */
export const LONGEST = [
  'test/e2e/pipeline.test.ts',
  'test/alerts/rules.cases.test.ts',
  'test/contributing/rows.test.ts',
  'test/collector/pages.browser.test.ts',
  'test/privacy/modes.test.ts',
];

/** Starts the longest files first, the others in vitest's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
