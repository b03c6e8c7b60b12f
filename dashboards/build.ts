import { failure } from './failure.ts';
import { model } from './lib/dashboard.ts';
import { overview } from './overview.ts';
import { pipeline } from './pipeline.ts';
import { provider } from './provider.ts';

/** Every generated file by its path from the repository root. */
export const generate = (): Map<string, string> =>
  new Map(
    [overview, provider, failure, pipeline]
      .map(model)
      .map((dashboard) => [`dashboards/generated/${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]),
  );
