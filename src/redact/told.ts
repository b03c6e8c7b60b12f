/** What was taken out: by which rule, and how long it was. The value itself is not told. */
export interface Reason {
  readonly rule: string;
  readonly characters: number;
}

let listener: ((reason: Reason) => void) | undefined;

/** Called wherever something is taken out. */
export function tell(rule: string, what: string): void {
  listener?.({ rule, characters: what.length });
}

/** Runs a redaction and says why what is missing is missing. */
export function explained(redact: () => string): { text: string; reasons: Reason[] } {
  const reasons = new Map<string, Reason>();
  listener = (reason) => void reasons.set(`${reason.rule} ${reason.characters}`, reason);
  try {
    return { text: redact(), reasons: [...reasons.values()] };
  } finally {
    listener = undefined;
  }
}
