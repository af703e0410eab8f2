// A pretended network to diagnose. Which world it is depends on what is examined, so that every kind
// of line can be reached: hosts `down`, `unknown`, `slow`, `web`, `expired`, `selfsigned`, `moved`,
// `busy`, `broken`, `hotel`, `outdated`; passwords `wrong`, `locked`; databases `missing`, `readonly`, `open`, `shared`,
// `cut`, `tiny`. For the target in force the page's address says it: `?diagnosis=cut`.

import { checks, findings } from '../../text/diagnosis.generated';
import type { AppliedFix, CouchFields, Diagnosis, DiagnosisFix, DiagnosisGroup, DiagnosisLine, DiagnosisState, DiagnosisSubject, Event, FixKind, ReportText, SavedReport, StartDiagnosis } from '../generated';
import { display, hostOf, parseAddress } from './remote';
import { refuse } from './store';

interface Planned { check: string; group: DiagnosisGroup; half: boolean; needs: string[]; took: number; good: string; values: (world: World) => Record<string, string> }
interface Found { code: string; state: DiagnosisState; values?: Record<string, string>; evidence?: string[]; fixes?: FixKind[]; took?: number }
interface World { host: string; port: string; database: string; user: string; address: string; name: string; password: string; vault: string | null }

const none = (): Record<string, string> => ({});
const plan: Planned[] = [
  { check: 'SYS-1', group: 'computer', half: true, needs: ['CFG-1'], took: 4, good: 'network_there', values: none },
  { check: 'SYS-2', group: 'computer', half: true, needs: ['DNS-1'], took: 24, good: 'portal_none', values: none },
  { check: 'SYS-4', group: 'computer', half: true, needs: ['SYS-1'], took: 2, good: 'proxy_none', values: none },
  { check: 'SYS-5', group: 'computer', half: true, needs: [], took: 18, good: 'secret_ready', values: () => ({ store: 'The system’s keyring' }) },
  { check: 'LOCAL-1', group: 'computer', half: false, needs: [], took: 31, good: 'store_whole', values: () => ({ notes: '482', free: '61 GB' }) },
  { check: 'SYS-3', group: 'computer', half: true, needs: ['HTTP-1'], took: 1, good: 'clock_right', values: () => ({ seconds: '0' }) },
  { check: 'APP-1', group: 'computer', half: true, needs: ['HTTP-1'], took: 1, good: 'app_any', values: () => ({ version: '0.1.0' }) },
  { check: 'CFG-1', group: 'address', half: true, needs: [], took: 1, good: 'address_good', values: none },
  { check: 'DNS-1', group: 'address', half: true, needs: ['SYS-4'], took: 31, good: 'name_resolved', values: () => ({ addresses: '203.0.113.24 and 2001:db8::24' }) },
  { check: 'TCP-1', group: 'connection', half: true, needs: ['SYS-2'], took: 44, good: 'port_open', values: () => ({ addresses: '203.0.113.24 and 2001:db8::24' }) },
  { check: 'IPV6-1', group: 'connection', half: false, needs: ['TCP-1'], took: 1, good: 'ipv6_works', values: none },
  { check: 'TLS-1', group: 'certificate', half: true, needs: ['TCP-1'], took: 52, good: 'tls_good', values: () => ({ version: 'TLS 1.3', issuer: 'R11 (Let’s Encrypt)', until: '14 February 2027' }) },
  { check: 'HTTP-1', group: 'server', half: true, needs: ['TLS-1'], took: 48, good: 'http_couch', values: () => ({ server: 'CouchDB 3.4.2 behind nginx/1.24.0' }) },
  { check: 'HTTP-2', group: 'server', half: true, needs: ['AUTH-1'], took: 1, good: 'version_good', values: () => ({ server: 'CouchDB 3.4.2' }) },
  { check: 'PERF-1', group: 'server', half: false, needs: ['DB-1'], took: 390, good: 'speed_good', values: () => ({ round_trip: '48 ms', down: '4.1 MB/s', up: '1.2 MB/s' }) },
  { check: 'AUTH-1', group: 'signIn', half: true, needs: ['SYS-5', 'HTTP-1', 'APP-1'], took: 66, good: 'auth_good', values: (w) => ({ user: w.user, role: ', with administrator’s rights' }) },
  { check: 'DB-1', group: 'database', half: true, needs: ['AUTH-1'], took: 40, good: 'database_there', values: () => ({ documents: '612', size: '38 MB' }) },
  { check: 'DB-2', group: 'database', half: true, needs: ['DB-1'], took: 44, good: 'closed_to_strangers', values: none },
  { check: 'DB-3', group: 'database', half: true, needs: ['DB-1'], took: 130, good: 'write_good', values: none },
  { check: 'DB-4', group: 'database', half: false, needs: ['DB-3'], took: 240, good: 'limits_good', values: () => ({ size: '8 MB' }) },
  { check: 'DB-5', group: 'database', half: false, needs: ['DB-1'], took: 150, good: 'requests_good', values: none },
  { check: 'DB-7', group: 'database', half: true, needs: ['DB-1'], took: 90, good: 'only_notes', values: none },
  { check: 'FEED-1', group: 'changes', half: false, needs: ['DB-1'], took: 61, good: 'feed_good', values: none },
  { check: 'DB-6', group: 'changes', half: false, needs: ['FEED-1'], took: 900, good: 'feed_held', values: () => ({ seconds: '5', every: '1.5' }) },
  { check: 'KEY-1', group: 'encryption', half: true, needs: ['DB-1'], took: 1, good: 'key_not_used', values: none },
  { check: 'SYNC-1', group: 'sync', half: false, needs: ['DB-1'], took: 45, good: 'identity_same', values: none },
  { check: 'SYNC-2', group: 'sync', half: false, needs: ['SYNC-1'], took: 41, good: 'checkpoint_good', values: () => ({ waiting: '0' }) },
  { check: 'SYNC-3', group: 'sync', half: false, needs: [], took: 3, good: 'nothing_stuck', values: none },
];

const fingerprint = '9f2c04d18be63a7755e01b3fd2a8c64419e07c5d3b6fa0812e4c9d76f1530ab8';
const grouped = (hex: string): string => hex.replace(/(.{4})(?=.)/g, '$1 ');

/** What is wrong in each world, by check. */
function faults(world: World): Record<string, Found> {
  const { host, port, address, user, database } = world;
  const worlds: Record<string, Record<string, Found>> = {
    offline: { 'SYS-1': { code: 'network_offline', state: 'failed', evidence: ['no route leads out over IPv4 or IPv6'] } },
    unknown: { 'DNS-1': { code: 'name_unknown', state: 'failed', evidence: [`looked up ${host} for 24 ms`] } },
    slow: { 'TCP-1': { code: 'port_filtered', state: 'failed', values: { seconds: '5' }, evidence: [`connect to 203.0.113.24:${port}: no answer within 5000 ms`], took: 1500 } },
    down: { 'TCP-1': { code: 'port_elsewhere', state: 'failed', values: { other: '6984', scheme: 'https', suggestion: `https://${host}:6984` }, evidence: [`connect to 203.0.113.24:${port}: Connection refused (os error 111)`], fixes: [{ kind: 'useAddress', address: `https://${host}:6984` }] } },
    expired: { 'TLS-1': { code: 'tls_expired', state: 'failed', values: { until: '3 November 2026', today: '21 November 2026' }, evidence: [`${host} issued by R11 (Let’s Encrypt), 5 August 2026 to 3 November 2026, SHA-256 ${fingerprint}`] } },
    selfsigned: { 'TLS-1': { code: 'tls_self_signed', state: 'failed', values: { sha256: grouped(fingerprint) }, evidence: [`${host} issued by ${host}, 1 January 2026 to 1 January 2036, SHA-256 ${fingerprint}`], fixes: [{ kind: 'trustCertificate', server: `${host}:${port}`, sha256: fingerprint }] } },
    hotel: { 'SYS-2': { code: 'portal_found', state: 'failed', values: { page: `http://${host}/` }, evidence: [`GET http://${host}/ was sent to http://gate.hotel.example/?userurl&mac`] } },
    outdated: { 'APP-1': { code: 'app_too_old', state: 'failed', values: { version: '0.1.0', least: '0.3.0' } } },
    web: { 'HTTP-1': { code: 'http_login_page', state: 'failed', evidence: ['GET / was answered 200, by nginx/1.24.0: <!doctype html><title>Welcome to the guest network</title>'] } },
    busy: { 'HTTP-1': { code: 'http_busy', state: 'failed', values: { status: '429' }, evidence: ['GET / was answered 429: {"error":"too_many_requests"}'] } },
    broken: { 'HTTP-1': { code: 'http_gateway_error', state: 'failed', values: { via: 'nginx/1.24.0', status: '502' }, evidence: ['GET / was answered 502, by nginx/1.24.0: <html><title>502 Bad Gateway</title>'] } },
    moved: { 'HTTP-1': { code: 'http_redirect', state: 'failed', values: { location: `${address}/couch`, suggestion: `${address}/couch` }, evidence: [`GET /: ${host}:${port} redirects to ${address}/couch`], fixes: [{ kind: 'useAddress', address: `${address}/couch` }] } },
    wrong: { 'AUTH-1': { code: 'auth_wrong', state: 'failed', evidence: ['GET /_session was answered 401: {"error":"unauthorized","reason":"Name or password is incorrect."}'] } },
    tokenExpired: { 'AUTH-1': { code: 'auth_token_expired', state: 'failed', evidence: ['GET /_session was answered 401: {"error":"unauthorized","reason":"exp not in future"}'] } },
    tokenRefused: { 'AUTH-1': { code: 'auth_token_refused', state: 'failed', evidence: ['GET /_session was answered 400: {"error":"bad_request","reason":"Bad HMAC"}'] } },
    locked: { 'AUTH-1': { code: 'auth_locked', state: 'failed', evidence: ['GET /_session was answered 403: Account is temporarily locked'] } },
    forbidden: { 'DB-1': { code: 'database_forbidden', state: 'failed', evidence: [`GET /${database} was answered 403: You are not allowed to access this db.`] } },
    missing: { 'DB-1': { code: 'database_missing', state: 'failed', evidence: [`GET /${database} was answered 404: Database does not exist.`], fixes: [{ kind: 'createDatabase', name: database }] } },
    readonly: { 'DB-3': { code: 'write_read_only', state: 'failed', evidence: [`PUT /${database}/_local/… was answered 403`] } },
    open: { 'DB-2': { code: 'open_to_everybody', state: 'warning', evidence: [`GET /${database}/_all_docs without a name was answered 200`], fixes: [{ kind: 'restrictSecurity', user }] } },
    shared: { 'DB-7': { code: 'other_application', state: 'warning' } },
    tiny: { 'DB-4': { code: 'limits_small_body', state: 'warning', values: { size: '1 MB' }, evidence: ['POST of 1.0 MB was answered 413, by nginx/1.24.0'], fixes: [{ kind: 'smallerBatches', bytes: 524_288 }] } },
    cut: {
      'DB-2': { code: 'open_to_everybody', state: 'warning', evidence: [`GET /${database}/_all_docs without a name was answered 200`], fixes: [{ kind: 'restrictSecurity', user }] },
      'DB-6': { code: 'feed_cut', state: 'warning', values: { seconds: '30', ask: '25' }, evidence: [`GET /${database}/_changes?feed=continuous&heartbeat=15000`, '200, first byte after 58 ms, by nginx/1.24.0', 'signs of life: 0 of 2, closed by the other side after 30.06 s'], fixes: [{ kind: 'askEvery', seconds: 25 }], took: 2000 },
    },
  };
  return worlds[world.name] ?? {};
}

export class FakeDiagnosis {
  private current: Diagnosis | null = null;
  private world: World | null = null;
  private inForce = false;
  private readonly cured = new Set<string>();
  private readonly applied: { shown: AppliedFix; check: string }[] = [];
  private waiting: { run: number; done: (d: Diagnosis) => void }[] = [];
  private fixes = 0;

  constructor(private readonly emit: (event: Event) => void, private readonly now: () => number, private readonly given: string | null, private readonly keyOf: (database: string, vault: string | null) => string | null) {}

  start(request: StartDiagnosis, target: CouchFields | null, stored: string): Diagnosis {
    const world = this.examine(request.subject, target, stored);
    const run = (this.current?.run ?? 0) + 1;
    if (this.current !== null && !this.current.finished) this.cancel(this.current.run);
    const lines = plan.filter((p) => p.half || !request.half).map((p): DiagnosisLine => ({ check: p.check, group: p.group, state: 'waiting', code: null, values: {}, evidence: [], fixes: [], because: null, tookMs: null }));
    this.world = world;
    this.current = { run, target: world === null ? '' : display({ address: world.address, user: world.user, database: world.database }), deep: request.deep, half: request.half, startedAt: this.now(), finished: false, verdict: 'incomplete', lines, applied: this.applied.map((a) => a.shown) };
    const shown = structuredClone(this.current);
    void this.work(this.current, world, world === null ? {} : this.faults(world));
    return shown;
  }

  /** What the first half would find, without running it: the failure first, then the warnings. */
  test(fields: CouchFields, password: string, vault: string | null): DiagnosisLine[] {
    const { inForce } = this;
    const world = this.examine({ kind: 'form', form: { fields, password, vault } }, null, '');
    this.inForce = inForce;
    if (world === null) return [];
    const wrong = this.faults(world);
    const lines = plan.flatMap((planned): DiagnosisLine[] => {
      const found = wrong[planned.check];
      if (!planned.half || found === undefined || found.state === 'passed') return [];
      const at = plan.indexOf(planned);
      return [{
        check: planned.check, group: planned.group, state: found.state, code: found.code, because: null, tookMs: planned.took, evidence: found.evidence ?? [],
        values: { host: world.host, port: world.port, address: world.address, database: world.database, user: world.user, ...found.values },
        fixes: (found.fixes ?? []).map((fix, n): DiagnosisFix => ({ id: at * 16 + n, fix, reversible: true })),
      }];
    });
    const failed = lines.find((line) => line.state === 'failed');
    return failed === undefined ? lines : [failed];
  }

  private faults(world: World): Record<string, Found> {
    const key = this.keyOf(world.database, world.vault);
    return { ...faults(world), ...(key === null ? {} : { 'KEY-1': { code: key, state: key === 'key_good' ? 'passed' as const : 'failed' as const } }) };
  }

  get(): Diagnosis | null {
    return this.current;
  }

  wait(run: number): Promise<Diagnosis> {
    const current = this.of(run);
    return current.finished ? Promise.resolve(current) : new Promise((done) => this.waiting.push({ run, done }));
  }

  cancel(run: number): null {
    const current = this.of(run);
    if (current.finished) return null;
    for (const line of current.lines) {
      if (line.state === 'waiting' || line.state === 'running') this.set(current, line, { state: 'cancelled' });
    }
    this.finish(current);
    return null;
  }

  apply(run: number, id: number): AppliedFix {
    const current = this.of(run);
    const line = current.lines.find((l) => l.fixes.some((f) => f.id === id)) ?? refuse('notFound', 'no such fix');
    const offered = line.fixes.find((f) => f.id === id) ?? refuse('notFound', 'no such fix');
    this.cured.add(line.check);
    this.fixes += 1;
    const world = this.world ?? refuse('syncOff');
    const moved = offered.fix.kind === 'useAddress' ? { address: offered.fix.address, user: world.user, database: world.database } : null;
    const shown: AppliedFix = { id: this.fixes, fix: offered.fix, reversible: offered.reversible, target: current.target, fields: this.inForce ? null : moved };
    this.applied.unshift({ shown, check: line.check });
    return shown;
  }

  undo(id: number): null {
    const at = this.applied.findIndex((a) => a.shown.id === id && a.shown.reversible);
    const [done] = at < 0 ? refuse('notFound', 'nothing to take back') : this.applied.splice(at, 1);
    if (done !== undefined) this.cured.delete(done.check);
    return null;
  }

  report(run: number, hideNames: boolean): ReportText {
    const current = this.of(run);
    const fill = (template: string, line: DiagnosisLine): string => template.replace(/\{(\w+)\}/g, (whole, name: string) => line.values[name] ?? whole);
    const lines = current.lines.map((line) => {
      const sentences = line.code === null ? undefined : findings[line.code];
      const said = line.because !== null ? `skipped, because "${checks[line.because] ?? line.because}" failed` : sentences === undefined ? line.state : fill(sentences.finding, line);
      return [`  ${checks[line.check] ?? line.check}: ${said}`, ...line.evidence.map((e) => `       | ${e}`)].join('\n');
    });
    let text = [`Sheaf 0.1.0`, `Network diagnosis of ${current.target}`, '', ...lines, '', 'This report holds no passwords, no titles and no text of notes.', ''].join('\n');
    if (hideNames && this.world !== null) {
      for (const word of [this.world.host, this.world.database, this.world.user, '203.0.113.24', '2001:db8::24']) if (word.length > 1) text = text.replaceAll(word, '(hidden)');
    }
    return { text, fileName: `sheaf-diagnosis-${new Date(current.startedAt).toISOString().slice(0, 10)}.txt` };
  }

  /** Files of a pretended folder for downloads. */
  readonly saved = new Map<string, string>();

  save(run: number, hideNames: boolean): SavedReport {
    return this.write(this.report(run, hideNames));
  }

  write({ text, fileName }: ReportText): SavedReport {
    let path = `/home/anna/Downloads/${fileName}`;
    for (let n = 2; this.saved.has(path); n += 1) path = `/home/anna/Downloads/${fileName.replace(/\.txt$/, `-${n}.txt`)}`;
    this.saved.set(path, text);
    return { path };
  }

  private of(run: number): Diagnosis {
    return this.current?.run === run ? this.current : refuse('notFound', 'no such run');
  }

  private examine(subject: DiagnosisSubject, target: CouchFields | null, stored: string): World | null {
    this.inForce = subject.kind === 'target';
    if (subject.kind === 'target' && target === null) return null;
    let fields = target ?? { address: '', user: '', database: '' };
    let password: string | null = stored;
    if (subject.kind === 'form') ({ fields, password } = { fields: subject.form.fields, password: subject.form.password ?? stored });
    if (subject.kind === 'url') {
      if (subject.text.trim() === '') return null;
      ({ fields, password } = parseAddress(subject.text));
    }
    const whole = hostOf(fields);
    const host = whole.replace(/:\d+$/, '');
    const port = /:(\d+)$/.exec(whole)?.[1] ?? (fields.address.startsWith('https') ? '443' : '80');
    const first = host.replace(/\..*$/, '');
    const token = password === 'expired' ? 'tokenExpired' : 'tokenRefused';
    const cureless = fields.token === true && (password === 'expired' || password === 'refused') ? token : password === 'wrong' || password === 'locked' ? password : fields.database;
    const name = this.inForce ? this.given ?? '' : ['offline', 'unknown', 'slow', 'down', 'expired', 'selfsigned', 'web', 'busy', 'broken', 'moved', 'hotel', 'outdated'].includes(first) ? first : cureless;
    return { host, port, database: fields.database, user: fields.user, address: fields.address, name, password: password ?? '', vault: subject.kind === 'form' ? subject.form.vault ?? null : null };
  }

  private async work(run: Diagnosis, world: World | null, wrong: Record<string, Found>): Promise<void> {
    const jobs = new Map<string, Promise<void>>();
    const failed = new Map<string, string>();
    const one = async (planned: Planned, line: DiagnosisLine): Promise<void> => {
      await Promise.all(planned.needs.map((need) => jobs.get(need) ?? null));
      if (line.state === 'cancelled') return;
      const because = planned.needs.map((need) => failed.get(need)).find((f) => f !== undefined);
      if (because !== undefined) {
        failed.set(planned.check, because);
        this.set(run, line, { state: 'skipped', because });
        return;
      }
      this.set(run, line, { state: 'running' });
      const found = world === null && planned.check === 'CFG-1' ? { code: 'address_empty', state: 'failed' as const } : this.cured.has(planned.check) ? undefined : wrong[planned.check];
      const took = found?.took ?? planned.took;
      await new Promise((done) => setTimeout(done, Math.min(took, 1200)));
      if (run.finished) return;
      if (found?.state === 'failed') failed.set(planned.check, planned.check);
      const notNeeded = findings[planned.good]?.means === '' && ['key_not_used'].includes(planned.good);
      const common: Record<string, string> = world === null ? {} : { host: world.host, port: world.port, address: world.address, database: world.database, user: world.user };
      const at = plan.findIndex((p) => p.check === planned.check);
      const fixes = (found?.fixes ?? []).map((fix, n): DiagnosisFix => ({ id: at * 16 + n, fix, reversible: fix.kind !== 'retryStuck' }));
      this.set(run, line, {
        state: found?.state ?? (notNeeded ? 'notNeeded' : 'passed'), code: found?.code ?? planned.good, tookMs: took, evidence: found?.evidence ?? [], fixes,
        values: { ...common, ...(world === null || found !== undefined ? {} : planned.values(world)), ...found?.values },
      });
    };
    // Jobs wait for those they need, wherever those stand in the list.
    const begin = (planned: Planned): Promise<void> => {
      const known = jobs.get(planned.check);
      if (known !== undefined) return known;
      for (const need of planned.needs) {
        const other = plan.find((p) => p.check === need);
        if (other !== undefined) void begin(other);
      }
      const line = run.lines.find((l) => l.check === planned.check);
      const job = line === undefined ? Promise.resolve() : one(planned, line);
      jobs.set(planned.check, job);
      return job;
    };
    await Promise.all(plan.map(begin));
    if (!run.finished) this.finish(run);
  }

  private set(run: Diagnosis, line: DiagnosisLine, change: Partial<DiagnosisLine>): void {
    Object.assign(line, change);
    run.verdict = verdict(run.lines);
    this.emit({ type: 'diagnosisChanged', run: run.run, line: structuredClone(line) });
  }

  private finish(run: Diagnosis): void {
    run.finished = true;
    run.verdict = verdict(run.lines);
    this.emit({ type: 'diagnosisFinished', run: run.run });
    for (const w of this.waiting.filter((x) => x.run === run.run)) w.done(run);
    this.waiting = this.waiting.filter((x) => x.run !== run.run);
  }
}

function verdict(lines: DiagnosisLine[]): Diagnosis['verdict'] {
  const has = (state: DiagnosisState): boolean => lines.some((l) => l.state === state);
  if (has('failed')) return 'failed';
  if (has('waiting') || has('running') || has('cancelled')) return 'incomplete';
  return has('warning') ? 'warnings' : 'healthy';
}
