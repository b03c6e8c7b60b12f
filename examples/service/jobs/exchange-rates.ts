import type { Job } from '../job.ts';

export const readRates = (port: number): Job => {
  const url = `https://api.exchange-rates.test:${port}/v1/latest?base=EUR`;
  return async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(`exchange rates: ${answer.status}`);
    await answer.json();
  };
};
