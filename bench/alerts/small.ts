/** The scenarios of the smaller run: one of each kind of incident and the noises that tempt most. */
export const SMALL: readonly string[] = [
  '401 after deploy',
  '429 surge',
  'low traffic',
  'provider down',
  'flapping',
  'steady high error rate',
  'missed scrapes',
  'restarts and deploys',
];
