// A network diagnosis as the window shows it: the newest run, what it looks at, what was done about it.

import { asApiError, call } from '../ipc/call';
import type { ApiError, AppliedFix, CouchFields, Diagnosis as Run, DiagnosisFix, DiagnosisLine, DiagnosisSubject, Event } from '../ipc/generated';

const done = (line: DiagnosisLine): boolean => line.state !== 'waiting' && line.state !== 'running';

export class Diagnosis {
  run = $state.raw<Run | null>(null);
  subject = $state.raw<DiagnosisSubject>({ kind: 'target' });
  failure = $state.raw<ApiError | null>(null);
  applied = $state.raw<readonly AppliedFix[]>([]);
  hideNames = $state.raw(false);
  /** The clock of this window when the run began, and when each line did. */
  begun = $state.raw(0);
  lasted = $state.raw<number | null>(null);
  /** Told when a fix changed an address that is not in force, so that a form can follow. */
  moved: ((fields: CouchFields) => void) | null = null;

  private began = new Map<string, number>();
  /** Events of a run that came before the answer that names it. */
  private early: Extract<Event, { type: 'diagnosisChanged' | 'diagnosisFinished' }>[] = [];
  private starting = false;

  readonly running = $derived(this.run !== null && !this.run.finished);
  readonly finished = $derived(this.run?.lines.filter(done).length ?? 0);
  /** The one main cause: the first failure, else the first warning. */
  readonly main = $derived(this.run?.lines.find((line) => line.state === 'failed') ?? this.run?.lines.find((line) => line.state === 'warning') ?? null);
  readonly inForce = $derived(this.subject.kind === 'target');

  /** The likely cause, found in the background after sync failed again and again. */
  suspect = $state.raw<DiagnosisLine | null>(null);
  private suspecting = false;

  /** Runs the first half while nobody watches; a person's own run is left alone. */
  async findCause(): Promise<void> {
    if (this.running || this.starting) return;
    this.suspecting = true;
    await this.start({ kind: 'target' }, { half: true });
  }

  forgetCause(): void {
    this.suspect = null;
    this.suspecting = false;
  }

  count(state: DiagnosisLine['state']): number {
    return this.run?.lines.filter((line) => line.state === state).length ?? 0;
  }

  /** When a line began, by the clock of this window. */
  since(check: string): number | undefined {
    return this.began.get(check);
  }

  async start(subject: DiagnosisSubject, how: { deep?: boolean; half?: boolean } = {}): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    this.subject = subject;
    this.failure = null;
    this.began = new Map();
    this.early = [];
    try {
      const run = await call('start_diagnosis', { subject, deep: how.deep === true, half: how.half === true });
      this.begun = performance.now();
      this.lasted = null;
      this.run = run;
      this.applied = run.applied;
    } catch (reason) {
      this.failure = asApiError(reason);
    }
    this.starting = false;
    // Not before: what is heard while a run starts is put aside.
    const { early } = this;
    this.early = [];
    for (const event of early) this.heard(event);
  }

  again(how: { deep?: boolean } = {}): Promise<void> {
    return this.start(this.subject, how);
  }

  heard(event: Extract<Event, { type: 'diagnosisChanged' | 'diagnosisFinished' }>): void {
    if (this.starting) {
      this.early.push(event);
      return;
    }
    const { run } = this;
    if (run?.run !== event.run) return;
    if (event.type === 'diagnosisFinished') {
      this.lasted = performance.now() - this.begun;
      this.run = { ...run, finished: true };
      if (this.suspecting) this.suspect = this.main;
      this.suspecting = false;
      return;
    }
    if (event.line.state === 'running') this.began.set(event.line.check, performance.now());
    this.run = { ...run, lines: run.lines.map((line) => line.check === event.line.check ? event.line : line) };
  }

  async stop(): Promise<void> {
    if (this.run !== null && this.running) await this.attempt(() => call('cancel_diagnosis', { run: this.run?.run ?? 0 }));
  }

  /** Carries out what was agreed to and looks again. */
  async fix(offered: DiagnosisFix): Promise<boolean> {
    const { run } = this;
    if (run === null) return false;
    const carried = await this.attempt(async () => {
      const applied = await call('apply_fix', { run: run.run, fix: offered.id });
      if (applied.fields !== null) {
        this.moved?.(applied.fields);
        this.subject = await this.with(applied.fields);
      }
    });
    if (carried) await this.again();
    return carried;
  }

  async undo(applied: AppliedFix): Promise<boolean> {
    const undone = await this.attempt(() => call('undo_fix', { id: applied.id }));
    if (undone) await this.again();
    return undone;
  }

  /** The same subject at another address, with the same password. */
  private async with(fields: CouchFields): Promise<DiagnosisSubject> {
    const { subject } = this;
    if (subject.kind === 'account') return { kind: 'account', account: { ...subject.account, address: fields.address } };
    if (subject.kind === 'form') return { kind: 'form', form: { fields, password: subject.form.password } };
    const password = subject.kind === 'url' ? (await call('parse_address', { text: subject.text })).password : null;
    return { kind: 'form', form: { fields, password } };
  }

  private async attempt(run: () => Promise<unknown>): Promise<boolean> {
    this.failure = null;
    try {
      await run();
      return true;
    } catch (reason) {
      this.failure = asApiError(reason);
      return false;
    }
  }
}
