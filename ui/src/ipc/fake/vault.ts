// Pretended encryption: passphrases by database, and a move that counts for a moment. `sealed` is
// encrypted with the words `straw and ink`; `notes-encrypted` and the like fill up as they are moved into.

import type { BeginConversion, BegunConversion, Conversion, CouchFields, Encryption, VaultKit, VaultProof } from '../generated';
import { display } from './remote';
import { refuse } from './store';

const code = '080G2-A81R4-QF0G2-0X10Z-7KE3D-9V04M-H8T2C-3P6W1-0J5NB-F3ED6-FQ07V';
const shortest = 10;

export class FakeVaults {
  private readonly passphrases = new Map<string, string>([['sealed', 'straw and ink']]);
  private readonly open = new Set<string>();
  conversion: Conversion | null = null;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private unfinished: { database: string; passphrase: string | null; from: CouchFields } | null = null;

  constructor(private readonly told: (conversion: Conversion) => void, private readonly moved: (fields: CouchFields) => void) {}

  isEncrypted(database: string): boolean {
    return this.passphrases.has(database);
  }

  encryption(database: string): Encryption {
    if (!this.isEncrypted(database)) return 'off';
    return this.open.has(database) ? 'on' : 'locked';
  }

  /** What the diagnosis finds; `vault`: what a setup link said must be there. */
  keyFound(database: string, vault: string | null): string | null {
    if (!this.isEncrypted(database)) return vault === null ? null : 'key_missing';
    return this.open.has(database) ? 'key_good' : 'key_locked';
  }

  private kitOf(fields: CouchFields): VaultKit {
    return { display: display(fields), vault: '4f1d7c02b86e4a5f9d3b5e07c2a1f694', code };
  }

  private long(passphrase: string): void {
    if ([...passphrase].length < shortest) refuse('invalid', 'the passphrase is too short');
  }

  create(fields: CouchFields, passphrase: string, empty: boolean): VaultKit {
    this.long(passphrase);
    if (!empty || this.isEncrypted(fields.database)) refuse('notEmpty');
    this.passphrases.set(fields.database, passphrase);
    this.open.add(fields.database);
    return this.kitOf(fields);
  }

  private prove(database: string, proof: VaultProof): void {
    const right = this.passphrases.get(database) ?? refuse('notEncrypted');
    if (proof.kind === 'passphrase' && proof.passphrase !== right) refuse('wrongPassphrase');
    if (proof.kind === 'recoveryCode' && proof.code.toUpperCase().replace(/[^0-9A-Z]/g, '') !== code.replace(/-/g, '')) refuse('recoveryCode');
  }

  enter(fields: CouchFields, proof: VaultProof): void {
    this.prove(fields.database, proof);
    this.open.add(fields.database);
  }

  kit(fields: CouchFields, proof: VaultProof): VaultKit {
    this.prove(fields.database, proof);
    return this.kitOf(fields);
  }

  change(fields: CouchFields, proof: VaultProof, passphrase: string): VaultKit {
    this.prove(fields.database, proof);
    this.long(passphrase);
    this.passphrases.set(fields.database, passphrase);
    return this.kitOf(fields);
  }

  begin(from: CouchFields, { database, passphrase }: BeginConversion, counts: { notes: number; notebooks: number; tags: number; attachments: number }, pace: number): BegunConversion {
    if (this.conversion !== null && !['interrupted', 'failed', 'done'].includes(this.conversion.stage.kind)) refuse('converting');
    if (database === '' || database === from.database) refuse('invalid', 'the new database needs a name of its own');
    if (database === 'shared' || database === 'both') refuse('notEmpty');
    if (passphrase !== null) this.long(passphrase);
    const to = { ...from, database };
    this.unfinished = { database, passphrase, from };
    const conversion = this.tell({ from: display(from), to: display(to), encrypts: passphrase !== null, stage: { kind: 'receiving' } });
    this.run(counts, pace);
    return { conversion, kit: passphrase === null ? null : this.kitOf(to) };
  }

  private tell(conversion: Conversion): Conversion {
    this.conversion = conversion;
    this.told(conversion);
    return conversion;
  }

  private run(counts: { notes: number; notebooks: number; tags: number; attachments: number }, pace: number): void {
    const total = counts.notes + counts.notebooks + counts.tags + counts.attachments;
    const stages: Conversion['stage'][] = [{ kind: 'creating' }, ...[0.25, 0.5, 0.75, 1].map((part) => ({ kind: 'copying' as const, done: Math.round(total * part), total })), { kind: 'checking' }, { kind: 'done', counts, left: 0 }];
    this.timers = stages.map((stage, at) => setTimeout(() => {
      const { conversion, unfinished } = this;
      if (conversion === null || unfinished === null) return;
      if (stage.kind === 'copying' && unfinished.database === 'full') {
        this.stop();
        this.tell({ ...conversion, stage: { kind: 'failed', code: 'quotaExceeded', detail: '507 insufficient_storage' } });
        return;
      }
      if (stage.kind === 'done') {
        if (unfinished.passphrase !== null) {
          this.passphrases.set(unfinished.database, unfinished.passphrase);
          this.open.add(unfinished.database);
        }
        this.unfinished = null;
        this.moved({ ...unfinished.from, database: unfinished.database });
      }
      this.tell({ ...conversion, stage });
    }, pace * (at + 1)));
  }

  private stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }

  carryOn(counts: { notes: number; notebooks: number; tags: number; attachments: number }, pace: number): Conversion {
    if (this.conversion === null || this.unfinished === null) return refuse('invalid', 'no conversion waits');
    if (this.unfinished.database === 'full') this.unfinished = { ...this.unfinished, database: 'full-again' };
    const conversion = this.tell({ ...this.conversion, stage: { kind: 'receiving' } });
    this.run(counts, pace);
    return conversion;
  }

  end(): void {
    this.stop();
    this.unfinished = null;
    this.conversion = null;
  }
}
