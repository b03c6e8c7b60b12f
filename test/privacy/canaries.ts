/**
 * Secrets to plant, none of them real. Each kind makes as many different values as asked for, always the same ones, so that a value found
 * in an output says what leaked, and from where.
 */
export interface Canary {
  readonly kind: string;
  readonly value: string;
}

/** mulberry32 over a hash of the name. */
function random(name: string): () => number {
  let seed = 2166136261;
  for (let i = 0; i < name.length; i++) seed = Math.imul(seed ^ name.charCodeAt(i), 16777619);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const HEX = '0123456789abcdef';
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const DIGITS = '0123456789';

class Maker {
  readonly next: () => number;
  constructor(name: string) {
    this.next = random(name);
  }
  of(alphabet: string, length: number): string {
    let out = '';
    for (let i = 0; i < length; i++) out += alphabet[Math.floor(this.next() * alphabet.length)];
    return out;
  }
  hex = (n: number): string => this.of(HEX, n);
  /** Letters and digits, a digit in every group of four, as any string of this length practically has. */
  word = (n: number): string => {
    let out = '';
    while (out.length < n) out += this.of(ALNUM, 3) + this.of(DIGITS, 1);
    return out.slice(0, n);
  };
  card(): string {
    const digits = `4${this.of(DIGITS, 14)}`;
    for (let check = 0; check < 10; check++) {
      let sum = 0;
      for (const [i, c] of [...`${digits}${check}`].entries()) {
        const d = Number(c) * (i % 2 === 0 ? 2 : 1);
        sum += d > 9 ? d - 9 : d;
      }
      if (sum % 10 === 0) return `${digits}${check}`;
    }
    throw new Error('no check digit');
  }
}
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** Kinds that give themselves away by their shape, in any place. */
const SHAPED: Readonly<Record<string, (m: Maker) => string>> = {
  'Stripe live key': (m) => `sk_live_${m.word(24)}`,
  'Stripe test key': (m) => `sk_test_${m.word(24)}`,
  'Stripe restricted key': (m) => `rk_live_${m.word(24)}`,
  'Stripe webhook secret': (m) => `whsec_${m.word(32)}`,
  'OpenAI key': (m) => `sk-${m.word(48)}`,
  'OpenAI project key': (m) => `sk-proj-${m.word(40)}`,
  'Anthropic key': (m) => `sk-ant-api03-${m.word(40)}`,
  'OpenRouter key': (m) => `sk-or-v1-${m.hex(40)}`,
  'Groq key': (m) => `gsk_${m.word(40)}`,
  'Hugging Face token': (m) => `hf_${m.word(34)}`,
  'Replicate token': (m) => `r8_${m.word(37)}`,
  'Perplexity key': (m) => `pplx-${m.word(40)}`,
  'NVIDIA key': (m) => `nvapi-${m.word(60)}`,
  'GitHub token': (m) => `ghp_${m.word(36)}`,
  'GitHub OAuth token': (m) => `gho_${m.word(36)}`,
  'GitHub app token': (m) => `ghs_${m.word(36)}`,
  'GitHub fine-grained token': (m) => `github_pat_${m.word(22)}_${m.word(50)}`,
  'GitLab token': (m) => `glpat-${m.word(20)}`,
  'Atlassian token': (m) => `ATATT3${m.word(60)}`,
  'npm token': (m) => `npm_${m.word(36)}`,
  'PyPI token': (m) => `pypi-${m.word(60)}`,
  'RubyGems key': (m) => `rubygems_${m.hex(48)}`,
  'Docker token': (m) => `dckr_pat_${m.word(27)}`,
  'Slack bot token': (m) => `xoxb-${m.of(DIGITS, 12)}-${m.of(DIGITS, 12)}-${m.word(24)}`,
  'Slack user token': (m) => `xoxp-${m.of(DIGITS, 12)}-${m.word(24)}`,
  'Slack app token': (m) => `xapp-1-${m.word(40)}`,
  'AWS access key ID': (m) => `AKIA${m.of(UPPER, 14)}22`,
  'AWS session key ID': (m) => `ASIA${m.of(UPPER, 14)}33`,
  'AWS secret key': (m) => m.word(40),
  'Google API key': (m) => `AIza${m.word(35)}`,
  'Google access token': (m) => `ya29.${m.word(60)}`,
  'Google client secret': (m) => `GOCSPX-${m.word(28)}`,
  'Azure storage key': (m) => `${m.word(86)}==`,
  'DigitalOcean token': (m) => `dop_v1_${m.hex(64)}`,
  'Vault token': (m) => `hvs.${m.word(24)}`,
  'Supabase secret': (m) => `sb_secret_${m.word(30)}`,
  'PlanetScale token': (m) => `pscale_tkn_${m.word(40)}`,
  'Databricks token': (m) => `dapi${m.hex(32)}`,
  'SendGrid key': (m) => `SG.${m.word(22)}.${m.word(43)}`,
  'Brevo key': (m) => `xkeysib-${m.hex(64)}`,
  'Mailgun key': (m) => `key-${m.hex(32)}`,
  'Mailchimp key': (m) => `${m.hex(32)}-us12`,
  'Twilio key': (m) => `SK${m.hex(32)}`,
  'Telegram bot token': (m) => `${m.of('123456789', 9)}:${m.word(35)}`,
  'Discord token': (m) => `${m.word(24)}.${m.word(6)}.${m.word(38)}`,
  'Shopify token': (m) => `shpat_${m.hex(32)}`,
  'Square token': (m) => `sq0atp-${m.word(22)}`,
  'Facebook token': (m) => `EAA${m.word(80)}`,
  'Linear key': (m) => `lin_api_${m.word(40)}`,
  'Notion token': (m) => `ntn_${m.word(43)}`,
  'Figma token': (m) => `figd_${m.word(40)}`,
  'New Relic key': (m) => `NRAK-${m.word(27)}`,
  'Grafana token': (m) => `glsa_${m.word(32)}_${m.hex(8)}`,
  'Sentry token': (m) => `sntrys_${m.word(60)}`,
  'Postman key': (m) => `PMAK-${m.hex(24)}-${m.hex(34)}`,
  'HubSpot token': (m) => `pat-na1-${m.hex(8)}-${m.hex(4)}-${m.hex(12)}`,
  'Razorpay key': (m) => `rzp_live_${m.word(14)}`,
  JWT: (m) => `${base64url('{"alg":"HS256"}')}.${base64url(`{"sub":"${m.word(8)}"}`)}.${m.word(43)}`,
  'session hash': (m) => m.hex(64),
  'random token': (m) => m.word(44),
  'e-mail': (m) => `${m.of(HEX, 8)}.lee@orchard.example`,
  'card number': (m) => m.card(),
};

/** Kinds that only their place gives away: no rule could tell them from a word. */
const PLAIN: Readonly<Record<string, (m: Maker) => string>> = {
  password: (m) => `hunter${m.of('bcdfghjkmnpqrstvwxz', 7)}`,
};

export const SHAPED_KINDS = Object.keys(SHAPED);

/** The canary of a kind for a place. */
export function canary(kind: string, place: string): Canary {
  const make = SHAPED[kind] ?? PLAIN[kind];
  if (make === undefined) throw new Error(`no kind ${kind}`);
  return { kind: `${kind} in ${place}`, value: make(new Maker(`${kind}/${place}`)) };
}

/** A word that looks like nothing, for places where the place itself is secret. */
export const plain = (place: string): Canary => canary('password', place);

/** The values that occur in a text, as they are or encoded as outputs encode. */
export function leaks(output: string, canaries: readonly Canary[]): string[] {
  return canaries
    .filter(({ value }) =>
      [
        value,
        encodeURIComponent(value),
        JSON.stringify(value).slice(1, -1),
        Buffer.from(value).toString('base64').replace(/=+$/, ''),
      ].some((form) => output.includes(form)),
    )
    .map(({ kind, value }) => `${kind}: ${value}`);
}
