// The sync state in words and glyphs: one place for footer, panel and narrow foot.

import type { ErrorCode, SyncStatus } from '../ipc/generated';
import type { IconName } from '../parts/icons';
import { text } from '../text';
import { lastTime, wait } from '../text/format';

export interface SyncLine {
  icon: IconName;
  tone: '' | 'acc' | 'warn' | 'danger';
  turning: boolean;
  label: string;
  /** Progress, right of the label. */
  count?: string;
  /** A second part in amber. */
  alert?: string;
  button?: { label: string; does: 'resume' | 'signIn' | 'decide' };
}

const troubles: Partial<Record<ErrorCode, string>> = {
  rateLimited: text.sync.foot.troubles.busy, timedOut: text.sync.foot.troubles.silent, serverFault: text.sync.foot.troubles.fault,
  connectionRefused: text.sync.foot.troubles.refused, hostNotFound: text.sync.foot.troubles.unknownHost,
  proxyUnreachable: text.sync.foot.troubles.proxySilent, proxyRefused: text.sync.foot.troubles.proxyRefuses,
};

export const needsPassword = (code: ErrorCode): boolean => code === 'unauthorised' || code === 'tokenExpired' || code === 'tokenRefused' || code === 'passwordMissing' || code === 'secretStore' || code === 'lockedOut' || code === 'sessionEnded' || code === 'passwordChanged';

export const needsPassphrase = (code: ErrorCode): boolean => code === 'vaultLocked' || code === 'otherVault';

function blocked(code: ErrorCode): string {
  const words = text.sync.foot.blocked;
  if (needsPassword(code)) return words.signIn;
  if (code === 'targetChanged') return words.targetChanged;
  if (code === 'massDeletion') return words.massDeletion;
  if (code === 'certificate') return words.certificate;
  if (code === 'quotaExceeded') return words.quota;
  return words.other;
}

export function syncLine(status: SyncStatus, now: number): SyncLine {
  const { foot } = text.sync;
  const { state } = status;
  const still = { tone: '' as const, turning: false };
  const synced = status.lastSuccess === null ? foot.ready : foot.synced(lastTime(status.lastSuccess, now));
  switch (state.kind) {
    case 'off': return { icon: 'cloud-off', ...still, label: foot.off };
    case 'idle': return { icon: 'cloud-ok', ...still, label: synced, ...(status.heldBack > 0 ? { alert: foot.heldBack(status.heldBack) } : {}) };
    case 'connecting': return { icon: 'spin', tone: '', turning: true, label: foot.connecting };
    case 'pushing': return { icon: 'cloud-up', tone: 'acc', turning: false, label: foot.sending, count: foot.progress(state.done, state.total) };
    case 'pulling': return { icon: 'cloud-down', tone: 'acc', turning: false, label: foot.receiving, count: foot.progress(state.done, state.total) };
    case 'attention': return { icon: 'cloud-ok', ...still, label: synced, alert: foot.conflicts(status.conflicts) };
    case 'offline': {
      const left = wait(state.retryAt, now);
      return { icon: 'cloud-off', ...still, label: left === null ? foot.offlineNow : foot.offline(left) };
    }
    case 'error': {
      const left = wait(state.retryAt, now);
      const what = troubles[state.code] ?? foot.troubles.other;
      return { icon: 'alert', tone: 'warn', turning: false, label: left === null ? foot.troubleNow(what) : foot.trouble(what, left) };
    }
    case 'blocked': return {
      icon: 'error', tone: 'danger', turning: false, label: blocked(state.code),
      button: needsPassword(state.code) ? { label: foot.signIn, does: 'signIn' } : { label: state.question === null ? foot.look : foot.decide, does: 'decide' },
    };
    case 'paused': return { icon: 'pause', ...still, label: foot.paused, button: { label: foot.resume, does: 'resume' } };
  }
}
