import type { Owner } from '../src/contract/index.ts';
import type { Name } from './page/fragments.ts';

/** One alert. The name is also its runbook's file name and its test file's name. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keepFiringFor?: string;
  /** `page` wakes somebody, `ticket` waits for the working day, `none` is only for machines. */
  readonly severity: 'page' | 'ticket' | 'none';
  /** Who is asked first; `by_label` reads it from the series, which has it from layer and reason. */
  readonly owner: Owner | 'by_label' | 'pipeline';
  /** One line, as a title. */
  readonly summary: string;
  /** What happened, in numbers. */
  readonly description: string;
  /** Which parts of a page apply. */
  readonly page: {
    /** The labels that name the series the page is about, of those the alert carries. */
    readonly about: readonly Name[];
    readonly dashboard: 'overview' | 'provider' | 'failure' | 'pipeline';
    /** Where and since when calls fail, the newest request IDs, and the deploy before them. */
    readonly failing?: true;
    /** Concurrency and repeated reads, which explain throttling. */
    readonly load?: boolean;
  };
}
