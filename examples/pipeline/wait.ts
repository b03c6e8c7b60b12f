import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the URL answers 2xx; throws one sentence when it has not within `seconds`. */
export async function untilAnswers(what: string, url: string, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // not there yet
    }
    if (Date.now() > end) throw new Error(`${what} did not answer at ${url} within ${seconds} s`);
    await sleep(100);
  }
}
