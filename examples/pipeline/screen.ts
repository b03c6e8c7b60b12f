import { styleText } from 'node:util';
import type { Page } from './receiver.ts';

type Style = Parameters<typeof styleText>[0];
const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stdout });

const WIDTH = 110;

/** What a page says besides its summary and description, in the order of alerts/templates, and how it is called on the screen. */
const PARTS = [
  ['where', 'where'],
  ['since', 'since'],
  ['deploy', 'deploy'],
  ['request_ids', 'requests'],
  ['trace_url', 'trace'],
  ['first_check', 'check'],
  ['retry_advice', 'retrying'],
  ['load', 'load'],
  ['checklist', 'failing'],
  ['evidence_url', 'evidence'],
  ['dashboard_url', 'dashboard'],
  ['runbook_url', 'runbook'],
] as const;

/** Breaks a text into lines of at most `width` characters, between words. */
const wrap = (text: string, width: number): string[] =>
  text.split('\n').flatMap((line) => {
    const lines = [''];
    for (const word of line.split(' ')) {
      const last = lines.at(-1)!;
      if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
      else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
    return lines;
  });

/** Everything the pipeline prints. Lines start with the time since everything ran. */
export class Screen {
  #start = performance.now();
  readonly #without: readonly string[];
  /** `without`: parts of a page that lead nowhere here, such as a dashboard where no Grafana runs. */
  constructor(without: readonly (typeof PARTS)[number][0][] = []) {
    this.#without = without;
  }

  begin(): void {
    this.#start = performance.now();
  }
  get seconds(): number {
    return (performance.now() - this.#start) / 1_000;
  }
  get clock(): string {
    const s = Math.floor(this.seconds);
    return `${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
  }

  line(text = ''): void {
    process.stdout.write(`${text}\n`);
  }
  table(rows: readonly (readonly [string, string])[]): void {
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) this.line(`  ${paint('dim', name.padEnd(width))}  ${value}`);
  }
  note(text: string): void {
    this.line(`${paint('dim', this.clock)}  ${text}`);
  }
  event(title: string, detail: string): void {
    this.line();
    this.line(`${paint('dim', this.clock)}  ${paint(['bold', 'cyan'], `▶ ${title}`)}  ${detail}`);
  }

  /** One page, as the person on call reads it. */
  page({ alert, receiver }: Page): void {
    const firing = alert.status === 'firing';
    const { summary = alert.labels['alertname'] ?? 'alert', description = '' } = alert.annotations;
    const severity = alert.labels['severity'] ?? 'none';
    const badge = firing ? `${severity.toUpperCase()} → ${receiver}` : 'RESOLVED';
    const style: Style = !firing ? 'green' : severity === 'page' ? 'red' : 'yellow';
    const bar = paint(style, '┃');
    this.line();
    this.line(`${paint('dim', this.clock)}  ${paint(style, `● ${badge}`)}  ${paint('bold', summary)}`);
    if (!firing) return;
    for (const line of wrap(description, WIDTH - 9)) this.line(`       ${bar} ${line}`);
    for (const [name, title] of PARTS) {
      const text = alert.annotations[name]?.trim();
      if (!text || this.#without.includes(name)) continue;
      for (const [i, line] of text.split('\n').entries())
        this.line(`       ${bar} ${paint('dim', (i === 0 ? title : '').padEnd(10))}  ${line}`);
    }
  }
}
