// What a person can set, apart from sync. A change is in force at once and stored behind.

import { asApiError, call } from '../ipc/call';
import { settingsDefaults } from '../ipc/defaults';
import type { ApiError, Settings, WritingSettings } from '../ipc/generated';

export const textSizes = [12, 24] as const;
/** Steps of browsers. */
export const zooms = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300] as const;

export class Preferences {
  values = $state.raw<Settings>(settingsDefaults);
  failure = $state.raw<ApiError | null>(null);
  private saving: Promise<void> = Promise.resolve();

  async load(): Promise<void> {
    this.values = await call('settings');
  }

  /** Resolves when everything set so far is stored or has failed. */
  saved(): Promise<void> {
    return this.saving;
  }

  setWriting(change: Partial<WritingSettings>): void {
    this.set({ writing: { ...this.values.writing, ...change } });
  }

  /** One step larger or smaller. */
  zoom(by: 1 | -1): void {
    const { zoom } = this.values;
    const next = by === 1 ? zooms.find((z) => z > zoom) : zooms.findLast((z) => z < zoom);
    if (next !== undefined) this.set({ zoom: next });
  }

  set(change: Partial<Settings>): void {
    const textSize = Math.min(textSizes[1], Math.max(textSizes[0], change.textSize ?? this.values.textSize));
    this.values = { ...this.values, ...change, textSize };
    const values = this.values;
    this.saving = this.saving.then(async () => {
      try {
        await call('save_settings', values);
        this.failure = null;
      } catch (reason) {
        this.failure = asApiError(reason);
      }
    });
  }
}
