export interface Range {
  readonly from: number;
  readonly to: number;
}
/** Gives the ranges to replace; `lower` is the text in lower case, of the same length. */
export type Find = (text: string, lower: string) => Range[];

export const isAlnum = (c: number): boolean => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
/** Letters and digits, `_`, `-` and `.`. */
export const isWordCode = (c: number): boolean => isAlnum(c) || c === 95 || c === 45 || c === 46;

/** The matches of an expression that pass the proof, without their first `keep` characters. */
export const matches =
  (pattern: RegExp, keep = 0, proof: (match: string, text: string, from: number) => boolean = () => true): Find =>
  (text) => {
    const found: Range[] = [];
    // not `matchAll`: it makes a copy of the expression for every text, and most texts hold nothing
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
      if (proof(match[0], text, match.index))
        found.push({ from: match.index + keep, to: match.index + match[0].length });
    return found;
  };

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
