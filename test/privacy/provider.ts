import { httpServer, type Listening } from '../support/servers.ts';
import { type Plan, plan } from './plan.ts';

export interface PlannedProvider extends AsyncDisposable {
  readonly plan: Plan;
  /** Requests that have come. */
  served(): number;
}

/** A provider on loopback that answers as the plan says; `/v1/hangs` never does, `/v1/end` ends a redirect. */
export async function plannedProvider(): Promise<PlannedProvider> {
  let served = 0;
  let planned: Plan | undefined;
  const server: Listening = await httpServer((req, res) => {
    served++;
    const answer = planned?.answers[Number(req.headers['x-answer'])];
    req.resume().on('end', () => {
      if (req.url!.startsWith('/v1/hangs')) return;
      if (req.url!.startsWith('/v1/end')) res.writeHead(200).end();
      else if (answer === undefined) res.writeHead(404).end();
      else {
        // in two pieces, so that what is planted comes apart
        const body = Buffer.from(answer.body);
        res.writeHead(answer.status, answer.headers).write(body.subarray(0, body.length / 2));
        res.addTrailers(answer.trailers ?? {});
        setImmediate(() => res.end(body.subarray(body.length / 2)));
      }
    });
  });
  planned = plan(`http://127.0.0.1:${server.port}`);
  return { plan: planned, served: () => served, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
