import Module from 'node:module';
import type { Guard } from './base/guard.ts';

/** The runtime's way to the Runtime API (aws-lambda-nodejs-runtime-interface-client), of the managed runtime as of the package. */
const CLIENT = /[\\/]rapid-client\.node$/;
/** Calls still open so long before the deadline are told: at the deadline the process is killed. */
const MARGIN_MS = 100;

interface RuntimeClient {
  next(...args: unknown[]): Promise<{ readonly headers?: Readonly<Record<string, unknown>> }>;
  done(...args: unknown[]): unknown;
  error(...args: unknown[]): unknown;
}

/**
 * An AWS Lambda function is frozen as soon as it has answered, and killed at its deadline.
 *
 * @param last called before each answer leaves, and shortly before the deadline
 */
export function watchLambda(last: () => void, guard: Guard): void {
  let deadline: NodeJS.Timeout | undefined;
  const wrap = (client: RuntimeClient): void => {
    const { next, done, error } = client;
    const answering =
      (real: RuntimeClient['done']) =>
      (...args: unknown[]) => {
        clearTimeout(deadline);
        guard.run('lambda', last, undefined);
        return real.apply(client, args);
      };
    client.done = answering(done);
    client.error = answering(error);
    client.next = (...args) => {
      const invocation = next.apply(client, args);
      invocation.then(
        ({ headers }) => {
          const ms = Number(headers?.['lambda-runtime-deadline-ms']) - Date.now() - MARGIN_MS;
          if (ms > 0) deadline = setTimeout(() => guard.run('lambda', last, undefined), ms).unref();
        },
        () => {},
      );
      return invocation;
    };
  };
  const extensions = (
    Module as unknown as { _extensions: Record<string, (module: NodeJS.Module, file: string) => void> }
  )._extensions;
  const load = extensions['.node'];
  if (load === undefined) return;
  extensions['.node'] = function (this: unknown, module, file) {
    load.call(this, module, file);
    if (CLIENT.test(file)) guard.run('lambda', () => wrap(module.exports as RuntimeClient), undefined);
  };
}
