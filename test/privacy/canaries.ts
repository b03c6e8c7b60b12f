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

export class Maker {
  readonly next: () => number;
  constructor(name: string) {
    this.next = random(name);
  }
  /** Drawn evenly, with nothing put in to help a rule. */
  of(alphabet: string, length: number): string {
    let out = '';
    for (let i = 0; i < length; i++) out += alphabet[Math.floor(this.next() * alphabet.length)];
    return out;
  }
  pick = <T>(from: readonly T[]): T => from[Math.floor(this.next() * from.length)]!;
  hex = (n: number): string => this.of(HEX, n);
  word = (n: number): string => this.of(ALNUM, n);
  digits = (n: number): string => this.of(DIGITS, n);
  card(): string {
    const digits = this.pick(['4', '51', '55', '2223', '6011']).padEnd(4, this.digits(3)) + this.digits(11);
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
  /** German, with a right check sum. */
  iban(): string {
    const account = this.digits(18);
    const rest = BigInt(`${account}131400`) % 97n;
    return `DE${String(98n - rest).padStart(2, '0')}${account}`;
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
  'AWS access key ID': (m) => `AKIA${m.of(UPPER, 16)}`,
  'AWS session key ID': (m) => `ASIA${m.of(UPPER, 16)}`,
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
  'Azure client secret': (m) => `${m.word(3)}${m.digits(1)}Q~${m.word(34)}`,
  'Azure DevOps token': (m) => m.of('abcdefghijklmnopqrstuvwxyz234567', 52),
  'Plaid access token': (m) => `access-production-${m.hex(8)}-${m.hex(4)}-4${m.hex(3)}-a${m.hex(3)}-${m.hex(12)}`,
  'Vault token of before 1.10': (m) => `s.${m.word(24)}`,
  'Vercel token': (m) => `vcp_${m.word(24)}`,
  'Resend key': (m) => `re_${m.word(8)}_${m.word(24)}`,
  'OpenAI service key': (m) => `sk-svcacct-${m.word(58)}`,
  'Terraform token': (m) => `${m.word(14)}.atlasv1.${m.word(64)}`,
  'Airtable token': (m) => `pat${m.word(14)}.${m.hex(64)}`,
  'Mapbox token': (m) => `sk.${m.word(60)}.${m.word(22)}`,
  'Discord bot token': (m) => `M${m.word(24)}.${m.word(6)}.${m.word(32)}`,
  'Facebook app token': (m) => `${m.of('123456789', 1)}${m.digits(14)}|${m.word(27)}`,
  'Pulumi token': (m) => `pul-${m.hex(40)}`,
  'Doppler token': (m) => `dp.pt.${m.word(43)}`,
  'Fly token': (m) => `fo1_${m.word(43)}`,
  'Stripe client secret': (m) => `pi_3${m.word(23)}_secret_${m.word(25)}`,
};

/** Personal data that its own form gives away. */
const PERSONAL: Readonly<Record<string, (m: Maker) => string>> = {
  'e-mail': (m) => `${m.of(HEX, 8)}.lee@orchard.example`,
  'e-mail in another script': (m) => `${m.of('абвгд', 5)}${m.hex(4)}@почта.example`,
  'card number': (m) => m.card(),
  'card number in groups': (m) => m.card().replace(/(\d{4})(?=\d)/g, `$1${m.pick([' ', '-', '.'])}`),
  IBAN: (m) => m.iban(),
  'IBAN in lower case': (m) => m.iban().toLowerCase(),
  'IBAN in groups': (m) => m.iban().replace(/(.{4})(?=.)/g, `$1${m.pick([' ', '-'])}`),
  'phone number': (m) => `+${m.pick(['49', '44', '1'])}${m.of('123456789', 1)}${m.digits(9)}`,
  'phone number in groups': (m) => `+1 (${m.of('23456789', 3)}) ${m.digits(3)}-${m.digits(4)}`,
  'social security number': (m) => `${m.of('12345678', 3)}-${m.digits(2)}-${m.digits(4)}`,
  CPF: (m) => `${m.digits(3)}.${m.digits(3)}.${m.digits(3)}-${m.digits(2)}`,
  'IP address': (m) => [203, 1, 2, 3].map((n) => (n > 9 ? n : 1 + Math.floor(m.next() * 254))).join('.'),
  'IPv6 address': (m) => `2001:db8:${m.of('123456789abcdef', 3)}::${m.of('123456789', 1)}:${m.hex(3)}`,
};

/** Kinds that only their place gives away: no rule could tell them from a word. */
const PLAIN: Readonly<Record<string, (m: Maker) => string>> = {
  password: (m) => `hunter${m.of('bcdfghjkmnpqrstvwxz', 7)}`,
};

/** Kinds without a form: a name beside them says what they are. */
export const KEYED: Readonly<
  Record<string, { readonly names: readonly string[]; readonly make: (m: Maker) => string }>
> = {
  password: {
    names: [
      'password',
      'passwd',
      'db_pass',
      'userPassword',
      'new_password',
      'Kennwort',
      'contraseña',
      'пароль',
      'DB_PASSWORD',
      'passcode',
    ],
    make: (m) =>
      m.pick(['Winter', 'sunshine', 'Tr0ub', 'qwerty', 'Liverpool']) + m.of('abcdefghijkmnpqrstuvwxyz23456789!$#', 6),
  },
  'random secret': {
    names: ['client_secret', 'clientSecret', 'SECRET_KEY', 'access_token', 'api-key', 'x_api_key', 'encryption_key'],
    make: (m) => m.word(40),
  },
  'hex secret': {
    names: ['secret', 'signature', 'apiKey', 'auth_token', 'hmac', 'consumer_key'],
    make: (m) => m.hex(32),
  },
  'UUID key': {
    names: ['api_key', 'subscription-key', 'token'],
    make: (m) => `${m.hex(8)}-${m.hex(4)}-4${m.hex(3)}-9${m.hex(3)}-${m.hex(12)}`,
  },
  'one-time code': {
    names: ['otp', 'otp_code', 'verification_code', 'sms_code', 'passcode', 'cvv', 'cvv2'],
    make: (m) => m.of('123456789', 1) + m.digits(5),
  },
  'national phone number': {
    names: ['phone', 'phone_number', 'mobile'],
    make: (m) => `0${m.of('123456789', 2)}${m.digits(7)}`,
  },
  'account number': {
    names: ['account_number', 'iban_number', 'tax_id', 'passport_number', 'ssn', 'national_id'],
    make: (m) => m.of('123456789', 1) + m.digits(8),
  },
};

/** The maker of a kind with a form. */
export const makerOf = (kind: string): ((m: Maker) => string) => (SHAPED[kind] ?? PERSONAL[kind] ?? PLAIN[kind])!;
export const CREDENTIAL_KINDS = Object.keys(SHAPED);
export const PERSONAL_KINDS = Object.keys(PERSONAL);

export const SHAPED_KINDS = [
  ...CREDENTIAL_KINDS,
  'e-mail',
  'card number',
  'IBAN',
  'phone number',
  'social security number',
];

/** The canary of a kind for a place. */
export function canary(kind: string, place: string): Canary {
  return { kind: `${kind} in ${place}`, value: makerOf(kind)(new Maker(`${kind}/${place}`)) };
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
