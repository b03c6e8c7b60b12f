import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { httpServer, type Listening } from '../../support/servers.ts';
import { waitFor } from '../../support/wait-for.ts';

const DEADLINE_MS = 1500;

/** A Runtime API (AWS, "Lambda runtime API for custom runtimes") that freezes the function as soon as it has answered. */
async function runtimeApi(freeze: () => void) {
  const answers: unknown[] = [];
  let idle: ServerResponse | undefined;
  let serial = 0;
  const server = createServer((req, res) => {
    if (req.method === 'GET') {
      idle = res;
      return;
    }
    let text = '';
    req.on('data', (chunk) => {
      text += chunk;
    });
    req.on('end', () => {
      answers.push(JSON.parse(text));
      res.writeHead(202).end();
      freeze();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    api: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    async invoke(event: object, deadlineMs = 60_000) {
      await waitFor(() => idle !== undefined, 'the function to ask for an invocation');
      idle!
        .writeHead(200, {
          'content-type': 'application/json',
          'lambda-runtime-aws-request-id': `r${serial++}`,
          'lambda-runtime-deadline-ms': Date.now() + deadlineMs,
          'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:0:function:f',
          'lambda-runtime-trace-id': 'Root=1-0-0',
        })
        .end(JSON.stringify(event));
      idle = undefined;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

let provider: Listening;
let sink: OtlpSink;
let url: string;
beforeAll(async () => {
  provider = await httpServer((req, res) => {
    if (req.url?.startsWith('/never')) return;
    res.writeHead(req.url?.startsWith('/ok') ? 200 : 503).end();
  });
  url = `http://127.0.0.1:${provider.port}`;
  sink = await otlpSink();
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await sink.close();
});

async function lambda() {
  const cwd = fieldApp('lambda');
  const runtime = await runtimeApi(() => void child.kill('SIGSTOP'));
  const wrapper = join(cwd, 'node_modules/faultlayer/deploy/lambda/faultlayer-handler');
  const child = spawn(wrapper, [process.execPath, 'node_modules/aws-lambda-ric/index.mjs', 'apps/handler.handler'], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      AWS_LAMBDA_RUNTIME_API: runtime.api,
      _HANDLER: 'apps/handler.handler',
      LAMBDA_TASK_ROOT: cwd,
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: 'g',
      AWS_LAMBDA_LOG_STREAM_NAME: 's',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const dispose = () => {
    child.kill('SIGKILL');
    runtime.close();
  };
  return { runtime, child, [Symbol.dispose]: dispose };
}
const paths = () => sink.spans.map(({ attributes }) => new URL(String(attributes['url.full'])).pathname).toSorted();

it('what failed and what did not has left when the function is frozen, 20 of 20', async () => {
  using function_ = await lambda();
  const { runtime, child } = function_;
  for (let n = 0; n < 20; n++) {
    sink.spans.length = 0;
    await runtime.invoke({ await: [`${url}/fail/${n}`, `${url}/ok/${n}`, `${url}/fail/again/${n}`] });
    await waitFor(() => runtime.answers.length === n + 1, 'the answer');
    await wait(100);
    expect(paths()).toEqual([`/fail/${n}`, `/fail/again/${n}`, `/ok/${n}`].toSorted());
    child.kill('SIGCONT');
  }
  expect(runtime.answers).toEqual(Array(20).fill([503, 200, 503]));
});

it('calls that are open at the freeze or at the deadline are told as pending, once', async () => {
  using function_ = await lambda();
  const { runtime, child } = function_;
  const pending = () => sink.spans.filter(({ attributes }) => attributes['api.pending'] === true);
  sink.spans.length = 0;
  await runtime.invoke({ leave: [`${url}/never/left`], await: [`${url}/ok`] });
  await waitFor(() => runtime.answers.length === 1, 'the answer');
  await waitFor(() => pending().length === 1, 'the call that was left open');
  child.kill('SIGCONT');
  await runtime.invoke({ await: [`${url}/never/waited`] }, DEADLINE_MS);
  await waitFor(() => pending().length === 2, 'the call that is open at the deadline');
  expect(pending().map(({ attributes }) => attributes['api.pending.phase'])).toEqual(['wait', 'wait']);
  expect(paths().filter((path) => path.startsWith('/never'))).toEqual(['/never/left', '/never/waited']);
});
