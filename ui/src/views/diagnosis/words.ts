// Lines of a diagnosis in words and glyphs. The sentences are the codes' own.

import type { DiagnosisGroup, DiagnosisLine, DiagnosisState } from '../../ipc/generated';
import type { IconName } from '../../parts/icons';
import { text } from '../../text';

export interface Group {
  id: DiagnosisGroup;
  state: DiagnosisState;
  lines: DiagnosisLine[];
  /** Right of the name: what there is to know without opening it. */
  said: string;
  tookMs: number | null;
}

const order: readonly DiagnosisGroup[] = ['computer', 'address', 'connection', 'certificate', 'server', 'signIn', 'database', 'changes', 'encryption', 'sync'];
/** The worst of a group first. */
const weight: readonly DiagnosisState[] = ['failed', 'warning', 'running', 'cancelled', 'waiting', 'passed', 'skipped', 'notNeeded'];
/** The line that speaks for its group when all is well. */
const speaker: Record<DiagnosisGroup, string> = {
  computer: 'SYS-1', address: 'DNS-1', connection: 'TCP-1', certificate: 'TLS-1', server: 'HTTP-1', signIn: 'AUTH-1', database: 'DB-1', changes: 'DB-6', encryption: 'KEY-1', sync: 'SYNC-2',
};

export const glyphs: Record<DiagnosisState, { icon: IconName; tone: string }> = {
  waiting: { icon: 'skip', tone: 't3' }, running: { icon: 'spin', tone: 'acc spin' }, passed: { icon: 'check', tone: 'ok' }, notNeeded: { icon: 'skip', tone: 't3' },
  warning: { icon: 'alert', tone: 'warn' }, failed: { icon: 'x', tone: 'danger' }, skipped: { icon: 'skip', tone: 't3' }, cancelled: { icon: 'skip', tone: 't3' },
};

export const fill = (template: string, values: DiagnosisLine['values']): string => template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export const label = (check: string): string => text.diagnosis.checks[check] ?? check;

/** The one line of a check. */
export function finding(line: DiagnosisLine): string {
  const words = text.diagnosis;
  if (line.state === 'skipped') return words.skipped(label(line.because ?? ''));
  if (line.state === 'cancelled') return words.cancelled;
  const sentences = line.code === null ? undefined : text.diagnosis.findings[line.code];
  return sentences === undefined ? '' : fill(sentences.finding, line.values);
}

export function means(line: DiagnosisLine): string {
  return fill((line.code === null ? undefined : text.diagnosis.findings[line.code])?.means ?? '', line.values);
}

/** "Use {suggestion}.", in any language: no condition, no second thought. */
const onlySuggests = (step: string): boolean => step.includes('{suggestion}') && !/[,、]/.test(step);

/** Steps, cut into plain words and what is to be typed exactly. `offered`: a button says the suggestion already. */
export function todo(line: DiagnosisLine, offered = false): { words: string; exact: boolean }[][] {
  const steps = (line.code === null ? undefined : text.diagnosis.findings[line.code])?.todo ?? [];
  return steps.filter((step) => !offered || !onlySuggests(step)).map((step) => fill(step, line.values).split('`').map((words, at) => ({ words, exact: at % 2 === 1 })).filter((part) => part.words !== ''));
}

/** What stands between backquotes, to be copied. */
export const exactLines = (line: DiagnosisLine): string[] => todo(line).flat().filter((part) => part.exact).map((part) => part.words);

/** Where the network's login page shows itself: at the person's own host. */
export const loginPage = (line: DiagnosisLine): string | null => line.code === 'portal_found' ? line.values['page'] ?? null : null;

export const needsAttention = (state: DiagnosisState): boolean => state === 'failed' || state === 'warning';

export function grouped(lines: readonly DiagnosisLine[]): Group[] {
  return order.flatMap((id) => {
    const own = lines.filter((line) => line.group === id);
    if (own.length === 0) return [];
    const state = weight.find((s) => own.some((line) => line.state === s)) ?? 'waiting';
    const shown = needsAttention(state) || state === 'running' || state === 'skipped' ? own.find((line) => line.state === state) : undefined;
    const fallback = own.find((line) => line.check === speaker[id] && line.code !== null) ?? own.find((line) => line.code !== null) ?? own[0];
    const speaks = shown ?? fallback;
    const said = speaks === undefined ? '' : state === 'running' ? label(speaks.check) : finding(speaks);
    const took = own.flatMap((line) => line.tookMs ?? []);
    return [{ id, state, lines: own, said, tookMs: took.length === 0 ? null : took.reduce((a, b) => a + b, 0) }];
  });
}
