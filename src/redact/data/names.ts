/** The vocabulary of names: query parameters, form fields, JSON keys, elements, headers, path segments. All in lower case, letters only. */
const list = (text: string): readonly string[] => text.split(' ');
const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Wherever they stand in a name of joined words, its value opens something. */
export const CREDENTIAL_STEMS = list(
  'passw passphras passcod passwd secret apikey accesskey privatekey signingkey encryptionkey masterkey accountkey sharedkey subscriptionkey ' +
    'licensekey licencekey consumerkey authkey sessionkey servicekey storagekey deploykey integrationkey clientkey appkey adminkey serverkey webhookkey ' +
    'idempotencykey credential authoriz cookie sessionid signature hmac bearer verifier mnemonic seedphrase recoveryphrase recoverykey backupcode recoverycode ' +
    'devicecode usercode verificationcode confirmationcode otpcode smscode onetimecode onetimepass securitycode accesscode authcode pincod invitecode ' +
    'activationcode resetcode logincode magiclink resetlink invitelink connectionstring webhookurl csrf xsrf token kennwort motdepasse contrase wachtwoord ' +
    'lösenord losenord adgangskod salasana jelszó jelszo heslo hasło haslo парол 密码 密碼 暗証 パスワード 비밀번호 sandi şifre sifre senha stringdata',
);
/** As a word of a name. */
export const CREDENTIAL_WORDS = set(
  'pass pwd pw psw pswd pword sig otp totp mfa jwt psk sharedsecret samlresponse samlrequest saml dsn private answer cvv cvc cvn csc pin hidden',
);
/** At the end of a word nobody separated: `mysqlpw`, `userpass`. */
export const CREDENTIAL_ENDS = /(?:pass|pwd?|psw)$/;
export const NO_CREDENTIAL = set(
  'bypass compass encompass overpass underpass surpass trespass secretary secretariat tokenize tokenizer tokenization',
);
/** These begin what AWS, Google and Azure sign URLs with, and OAuth 1.0's parameters. */
export const CREDENTIAL_STARTS = ['xamz', 'xgoog', 'xms', 'oauth'];
/** Values of several words. */
export const PHRASE_STEMS = list('mnemonic phrase seed');

/** A credential in one place, a plain word in another: the value decides. */
export const UNSURE = set(
  'key code state auth authentication session sess sid nonce ticket assertion policy sign hash se sp sv sr st k skoid sktid keypairid appid license ' +
    'licence cursorkey publickey primarykey sortkey cachekey magic',
);
/** The public half of a pair. */
export const HALVES = list('clientid apikeyid accesskeyid keyid secretid appkeyid roleid');

/** The last word of a name that speaks about a credential or a person and is neither. */
export const DESCRIBES = set(
  'count counts type types kind limit limits length name names expiry expires expire expiration exp at in ttl policy required enabled disabled status ' +
    'created updated changed max min maximum minimum used remaining budget usage url uri endpoint endpoints method methods version format algorithm alg ' +
    'provider source strength error errors message reason field fields rotation days age valid verified present set exists missing size rule rules index ' +
    'supported scope scopes duration lifetime attempts retries mode brand network country currency score result check checks hint requirement requirements',
);
/** Before `token` and `tokens`: how much of them, or where a list goes on. */
export const COUNTED = set(
  'max min prompt completion total input output cached reasoning used remaining thinking budget audio text image completions generated predicted limit sample billed',
);
export const CURSORS = set('page next nextpage continuation sync previous prev start nextsync');

/** Leaves where it is switched on only. */
export const PERSONAL_STEMS = list(
  'email phonenumber telephone msisdn socialsecurity iban accountnumber accountno bankaccount routingnumber sortcode cardnumber cardno cardnum ' +
    'creditcard expmonth expyear expirymonth expiryyear dateofbirth birthdate birthday taxid passport nationalid nationalnumber driverlicense driverslicense ' +
    'firstname lastname fullname surname givenname familyname middlename maidenname streetaddress addressline homeaddress ipaddress clientip remoteip',
);
export const PERSONAL_WORDS = set(
  'mail phone mobile tel fax ssn bic swift pan cc card dob expiry salary income address street line zip ip aadhaar cpf nino dni msisdn',
);
/** Who it is: personal unless the value is an object's number. */
export const PERSON_WORDS = set('user username login userinfo userid loginid screenname nickname');

/** Names an object: what only looks random is an identifier behind one of these, in a name, a path or a sentence. */
export const OBJECT_WORDS = set(
  'id ids identifier uuid guid ulid such object resource record commit commits sha digest ref reference request trace file files document documents ' +
    'entity node item order customer account invoice payment charge refund subscription product price plan project model thread message messages run ' +
    'assistant job task event deployment build release branch repository repo image blob folder parent instance container index collection table ' +
    'database dataset batch upload channel team member group organization organisation workspace page block place video checkout cursor etag after ' +
    'before since fingerprint hash rev revision tree tag transaction transfer dispute payout intent source delivery shipment tracker voice spreadsheet ' +
    'drive sheet calendar contact deal company board list campaign template store shop variant fulfillment location device number export import ' +
    'snapshot volume cluster space app asset entry bucket environment function workflow pipeline alert incident monitor chat conversation completion',
);
