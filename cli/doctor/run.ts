import { CHECK_ORDER } from '../../src/contract/index.ts';
import { redactUrl } from '../../src/redact/index.ts';
import { auth } from './auth.ts';
import type { Context } from './context.ts';
import { endpoint } from './endpoint.ts';
import { payload } from './payload.ts';
import type { DoctorReport, Finding, StepName, StepReport } from './report.ts';
import { service } from './service.ts';
import { throttling } from './throttling.ts';
import { transport } from './transport.ts';

const STEPS: Readonly<Record<StepName, (context: Context) => Promise<Finding[]>>> = {
  endpoint,
  auth,
  payload,
  transport,
  throttling,
  service,
};

/** The checklist in its one order, up to the first step with a mismatch. */
export async function examine(context: Context, started: (step: StepName) => void = () => {}): Promise<DoctorReport> {
  const steps: StepReport[] = [];
  let stoppedAt: StepName | undefined;
  for (const step of [...CHECK_ORDER, 'service'] as const) {
    if (stoppedAt === undefined) started(step);
    const findings = stoppedAt === undefined ? await STEPS[step](context) : [];
    const wrong = findings.some((f) => f.verdict === 'mismatch');
    const verdict = stoppedAt !== undefined ? 'not reached' : wrong ? 'mismatch' : 'ok';
    if (wrong) stoppedAt = step;
    // nobody asks about the service while nothing speaks against it
    if (step !== 'service' || findings.length > 0) steps.push({ step, verdict, findings });
  }
  return {
    method: context.subject.method,
    url: redactUrl(context.subject.raw),
    verdict: stoppedAt === undefined ? 'ok' : 'mismatch',
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    steps,
  };
}
