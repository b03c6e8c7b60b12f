import type { Job } from '../job.ts';

export const readRates = (port: number): Job => {
  const url = `https://api.exchange-rates.test:${port}/v1/convert?from=EUR&to=USD`;
  return async (n) => {
    const answer = await fetch(`${url}&cents=${n}`, { signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(`exchange rates: ${answer.status}`);
    await answer.json();
  };
};
