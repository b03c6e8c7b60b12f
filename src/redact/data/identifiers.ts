/**
 * How object identifiers of common providers begin: they name a thing and open nothing. Source: the providers' API references (Stripe, OpenAI,
 * Anthropic, Twilio, Plaid, Mollie, Razorpay, Paddle, Checkout.com, EasyPost, Lob, Clerk, WorkOS, Svix, Vercel, Render, GitHub, Slack, Google
 * Maps, AWS EC2), read 2026-11.
 */
export const IDENTIFIER_PREFIXES: readonly string[] =
  // Stripe
  (
    'acct_ aliacct_ ba_ bps_ card_ cbtxn_ ch_ cn_ cnli_ cs_ cs_live_ cs_test_ cus_ cuss_ dp_ du_ evt_ fca_ fee_ file_ fr_ iauth_ ic_ ich_ ' +
    'ii_ il_ in_ ipi_ issfr_ li_ link_ mandate_ mbur_ mtr_ or_ orcr_ pay_ pdac_ person_ pi_ plan_ plink_ pm_ pmc_ po_ price_ prod_ promo_ prv_ ' +
    'py_ pyr_ qt_ re_ req_ rp_ rcpt_ seti_ setatt_ shr_ si_ sku_ src_ sub_ sub_sched_ tax_ tdsrc_ tml_ tmr_ tr_ trr_ tu_ txcd_ txi_ txn_ txr_ us_ vs_ we_ ' +
    // models: OpenAI, Anthropic and what speaks like them
    'asst_ batch_ call_ chatcmpl- cmpl- container_ conv_ cntr_ compl_ eval_ evalrun_ fc_ file- ft- ftjob- ftckpt- fp_ gen- modr- msg_ msgbatch_ org- ' +
    'proj_ resp_ rs_ run_ srvtoolu_ step_ skill_ thread_ toolu_ user- vsf_ vsfb_ wrkspc_ ws_ ' +
    // payments, post and identity
    'act_ adr_ add_ bank_ cst_ ctm_ cust_ customer_ dis_ ep_ inv_ invoice_ ltr_ mbr_ mdt_ ord_ order_ pl_ prcl_ pri_ pro_ psc_ rate_ rfnd_ rpl_ setl_ ' +
    'ses_ sess_ shp_ stl_ trk_ tx_ acc_ app_ conn_ dir_ directory_ org_ orgmem_ role_ user_ usr_ client_ ins_ item_ account_ transaction_ transfer_ ' +
    // hosting and code
    'dpl_ prj_ team_ icfg_ srv- dep- crn- dpg- evg- red- i- ami- eni- sg- snap- subnet- vol- vpc- rtb- eipalloc- nat- R_ I_ IC_ PR_ U_ C_ D_ O_ ChIJ ' +
    // request identifiers
    'request_ trace_ span_ corr_ event_ job_ task_ doc_ page_ obj_ res_ id_'
  ).split(' ');
