import { COMMAND, environmentOf, type Release, type Surroundings } from '../service/release.ts';
import type { Processes, Running } from './processes.ts';

/** The services that run, by name; a deploy ends the old process and starts the new one. */
export class Fleet {
  readonly #running = new Map<string, Running>();
  readonly #processes: Processes;
  readonly #at: Surroundings;
  constructor(processes: Processes, at: Surroundings) {
    this.#processes = processes;
    this.#at = at;
  }

  async deploy(release: Release): Promise<void> {
    await this.#running.get(release.service)?.stop();
    const running = this.#processes.start(release.service, COMMAND, environmentOf(release, this.#at));
    this.#running.set(release.service, running);
    await running.firstLine;
  }
}
