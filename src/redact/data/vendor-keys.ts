/**
 * How vendors' keys begin, and what follows. A shape is an alphabet and the fewest characters of it, and so on behind a separator:
 * `w20.w40` is twenty or more of `[\w-]`, a dot, forty or more. Alphabets: h hex, a letters and digits, u capitals and digits, d digits,
 * w `[\w-]`, t whatever a token is written in. Case matters, and so does a word's start.
 *
 * Source: the rules of gitleaks (MIT), commit b58d3f1 of 2026-07-22, where a rule has a fixed beginning; the vendors' pages on token formats
 * for the others. To renew: compare `config/gitleaks.toml` of the newest release with this table; SECURITY.md says when that was done.
 */
export const VENDOR_KEYS: Readonly<Record<string, string>> = {
  // nothing else starts like this
  t6:
    'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ pk_live_ pk_test_ whsec_ sq0atp- sq0csp- sq0idp- shpat_ shpca_ shppa_ shpss_ ' +
    'access_token$ rzp_live_ rzp_test_ FLWSECK FLWPUBK_TEST- pat-na1- pat-eu1- duffel_test_ duffel_live_ shippo_live_ shippo_test_ ' +
    'sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or- sk-lf- pk-lf- gsk_ nvapi- pplx- tvly- csk- lsv2_pt_ lsv2_sk_ pcsk_ tgp_v1_ api_org_ ' +
    'ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glcbt- glptt- glsoat- glffct- glft- glimt- glagent- gloas- GR1348941 ATATT3 ATCTT3 ' +
    'rubygems_ dckr_pat_ dckr_oat_ CLOJARS_ pul- AIza ya29. GOCSPX- dop_v1_ doo_v1_ dor_v1_ hvs. hvb. hvr. sb_secret_ pscale_tkn_ pscale_pw_ ' +
    'pscale_oauth_ HRKU- CFPAT- bedrock-api-key- sha256~ xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp- xkeysib- xsmtpsib- ' +
    'lin_api_ lin_oauth_ figd_ figo_ fio-u- NRAK- NRII- NRJS- glsa_ glc_ sntrys_ sntryu_ PMAK- PMAT- AGE-SECRET-KEY- Atza| Atzr| amzn1.oa2-cs. ' +
    'dp.pt. dp.st. dp.sa. dt0c01. rdme_ tk-us- sm_aat_ sm_pat_ sm_sat_ sgp_ p8e- access-sandbox- access-development- access-production- ops_eyJ vcp_ vci_ vca_ vcr_',
  a8_a20: 're_',
  a12: 'LTAI sk_',
  a14: 'A3T',
  u16: 'AKIA ASIA ABIA ACCA',
  u26: 'API-',
  a20: 'sk- rnd_ AKID nfp_ ATBB whs_ vercel_ key_ cmVmd AKCp ABSK pnu_ ico-',
  a24: 's.',
  a30: 'hf_ npm_ r8_ xai- phc_ phx_ EZAK EZTK secret_ EAA',
  a40: 'ntn_ jina_',
  h32: 'SK key- pubkey- dapi',
  h35: 'live_ test_ live_pub_ test_pub_',
  h40: 'sbp_ squ_ sqp_ sqa_',
  w20: 'mfa. 1//0 4/0A pdus+_ pa- EAAA t1.',
  w30: 'IGQV fo1_ fm1a_ fm1r_ fm2_ AQVN s-s4t2ud- s-s4t2af-',
  w40: 'pypi- tfp_ sl. sl.u.',
  'w20.w30': 'SG.',
  'w40.w20': 'pk. sk.',
  'a14.h64': 'pat',
  'h24-h100': 'v1.0-',
  d1_u32: 'pk_',
};
