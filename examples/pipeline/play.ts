import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASES } from '../service/release.ts';
import type { Screen } from './screen.ts';
import { STORY, type World } from './story.ts';

/** Switches faults over the fake provider's control port. */
export const faultSwitch =
  (control: string): World['fault'] =>
  async (api, fault) => {
    const answer = await fetch(`${control}/faults/${api}/${fault}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`the provider refused ${api}/${fault}: ${answer.status}`);
  };

export const releaseOf = (service: string, version: string, env: Record<string, string>) => {
  const release = RELEASES.find((r) => r.service === service);
  if (release === undefined) throw new Error(`no service ${service}`);
  return { ...release, version, env };
};

/** Plays the story on the world, each step at its second of the screen's clock. */
export async function play(world: World, screen: Screen): Promise<void> {
  screen.note('a healthy minute');
  for (const step of STORY) {
    await sleep(Math.max(0, (step.at - screen.seconds) * 1_000), undefined, { ref: false });
    screen.event(step.title, step.detail);
    await step.act(world);
  }
}
