export interface Command {
  readonly summary: string;
  /** Loaded only when asked for, so that `--help` stays quick. `run` takes the subcommand's own arguments and gives the exit code. */
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<number> }>;
}

/** One row per subcommand; `cli/<name>.ts` is its code. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  dev: { summary: 'run an application and print its failing calls live', load: () => import('./dev.ts') },
  tail: { summary: 'print failures as the running collector keeps them', load: () => import('./tail.ts') },
  login: { summary: 'print a link or QR code that signs a browser in', load: () => import('./login.ts') },
  failures: { summary: 'list the failures the collector keeps, or show one', load: () => import('./failures.ts') },
  why: { summary: 'say why calls to a provider fail, and whose turn it is', load: () => import('./why.ts') },
  replay: { summary: 'print or repeat the call of a kept failure', load: () => import('./replay.ts') },
  check: { summary: 'run saved .http requests and say which layer broke', load: () => import('./check.ts') },
  doctor: { summary: 'check one call from here, step by step', load: () => import('./doctor.ts') },
  redact: { summary: 'show what would be kept of a text, and why not the rest', load: () => import('./redact.ts') },
  collector: { summary: 'receive OTLP spans and serve metrics', load: () => import('./collector.ts') },
  rules: { summary: 'write the alert rules, with your scale and thresholds', load: () => import('./rules.ts') },
  dashboards: { summary: 'list, write or push the Grafana dashboards', load: () => import('./dashboards.ts') },
  mcp: { summary: 'answer an assistant about failing calls (Model Context Protocol)', load: () => import('./mcp.ts') },
  config: { summary: 'print the effective configuration', load: () => import('./config.ts') },
};
