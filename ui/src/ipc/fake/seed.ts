// What the fake host starts with: notes that look like somebody's, in three languages. Everything
// is derived from `now` and a counter, so two runs show the same screen.

import type { NoteStatus, TagColor, VersionReason } from '../generated';

export interface SeedNote {
  id: string;
  title: string;
  body: string;
  book: string;
  tags: string[];
  status: NoteStatus;
  pinned?: boolean;
  /** Minutes before now. */
  age: number;
  /** The other leaves of a conflicted note. */
  others?: SeedLeaf[];
  /** Former versions, the newest first. */
  versions?: SeedVersion[];
}

export interface SeedLeaf {
  title?: string;
  body: string;
  /** The text both come from; without it nobody knows. */
  base?: string;
  baseTitle?: string;
  tags?: string[];
  baseTags?: string[];
  status?: NoteStatus;
  book?: string;
  /** Minutes before the leaf that is shown. */
  earlier?: number;
}

export interface SeedVersion {
  /** Minutes before now its text was written, and it was put aside. */
  age: number;
  kept: number;
  reason: VersionReason;
  body: string;
  title?: string;
  tags?: string[];
}

export interface Seed {
  books: { id: string; name: string; parent: string | null }[];
  tags: { id: string; name: string; color: TagColor }[];
  notes: SeedNote[];
}

const day = 24 * 60;

const checkpoint = `## What must hold
A checkpoint says how far a remote is known. It may only move **in the same transaction** as the documents it vouches for; otherwise a crash between the two leaves a gap that no later pull will close.

> Lieber zweimal dasselbe holen als einmal zu wenig. *Dirk, beim Review*

- [x] Commit documents, journal and checkpoint together
- [x] Kill the process after every step \`--features failpoints\`
- [ ] Same run against a **recreated** database
- [ ] 検索インデックスも同じトランザクションで更新する

## Order of one pull
1. \`_changes?since=…\` then \`_revs_diff\`, then \`_bulk_get\` what is missing
2. One transaction, see [Replication conversation](inkdrop://note/note:longpoll)

\`\`\`rust
let tx = writer.begin()?;
for doc in &batch.documents {
    tx.put(doc)?;                      // idempotent: same revision, same row
}
tx.set_checkpoint(remote, batch.last_seq)?;
tx.commit()?;                          // the only line that makes it true
\`\`\`
`;

const pullBase = `## Ablauf eines Abrufs
Der Abruf holt alles, was sich seit dem letzten Mal geändert hat.

1. Erst \`_changes\` mit limit=100, dann \`_revs_diff\`.
2. Fehlende Revisionen mit \`_bulk_get\` holen.
3. Der Checkpoint rückt danach vor.

- [ ] Abbruch nach jedem Schritt testen
- [ ] Absturz zwischen zwei Schritten: höchstens ein Schritt doppelt

## Fehlerfälle
- 401: anhalten und nachfragen, nicht wiederholen
- 503: \`Retry-After\` achten, sonst warten und würfeln
`;
const pullMine = pullBase.replace('limit=100', 'limit=200').replace('rückt danach vor', 'rückt erst vor, wenn alles geschrieben ist').replace('- [ ] Abbruch', '- [x] Abbruch');
const pullTheirs = pullBase.replace('dem letzten Mal', 'dem letzten Checkpoint').replace('limit=100', 'limit=500 und seq_interval').replace('rückt danach vor', 'rückt in derselben Transaktion vor');

const checkpointBefore = checkpoint
  .replace('**in the same transaction** as the documents it vouches for;', 'after the documents it vouches for are on disk;')
  .replace('> Lieber zweimal dasselbe holen als einmal zu wenig. *Dirk, beim Review*\n\n', '')
  .replace('- [x] Commit', '- [ ] Commit').replace('- [x] Kill', '- [ ] Kill')
  .replace('- [ ] Same run', '- [ ] Ask Kenji about fsync on his NAS\n- [ ] Same run')
  .replace('- [ ] 検索インデックスも同じトランザクションで更新する\n', '');

const backoff = `One curve for every remote. **Retry-After** wins over it; a network wake-up resets it; Sync now ignores it.

| Attempt | Ceiling | Waits      |
|--------:|--------:|:-----------|
|       1 |     2 s | 1.0–2.0 s  |
|       4 |    16 s | 8–16 s     |
|       9 |   5 min | 2.5–5 min  |

> [!WARNING]
> The writer thread must not know that a network exists. Never sleep in the store.

\`\`\`rust
pub fn wait(n: u32, rng: &mut Rng) -> Duration {
    let top = CAP.min(BASE * 2u32.pow(n));
    top.mul_f64(rng.between(0.5, 1.0))
}
\`\`\`

- [x] Honour \`Retry-After\` in seconds and as a date
- [x] Full jitter
- [ ] スリープ復帰後にすぐ再接続する

## What it costs
A server that comes back sees its clients spread over half the ceiling, not all in the same second. Ten thousand of them at attempt nine make *sixty-seven requests a second*, which one small machine takes without noticing.

![Wait time per attempt](https://pictures.example.org/backoff.png)
`;

export const demo: Seed = {
  books: [
    { id: 'book:first', name: 'Journal', parent: null },
    { id: 'book:projects', name: 'Projects', parent: null },
    { id: 'book:engine', name: 'Sync engine', parent: 'book:projects' },
    { id: 'book:editor', name: 'Editor', parent: 'book:projects' },
    { id: 'book:releases', name: 'Releases', parent: 'book:projects' },
    { id: 'book:work', name: 'Work', parent: null },
    { id: 'book:meetings', name: 'Meetings', parent: 'book:work' },
    { id: 'book:learning', name: 'Learning', parent: null },
    { id: 'book:japanese', name: '日本語', parent: 'book:learning' },
    { id: 'book:rust', name: 'Rust', parent: 'book:learning' },
    { id: 'book:home', name: 'Haushalt', parent: null },
    { id: 'book:taxes', name: 'Steuer', parent: 'book:home' },
  ],
  tags: [
    { id: 'tag:couchdb', name: 'couchdb', color: 'orange' },
    { id: 'tag:rust', name: 'rust', color: 'brown' },
    { id: 'tag:sync', name: 'sync', color: 'blue' },
    { id: 'tag:sqlite', name: 'sqlite', color: 'teal' },
    { id: 'tag:testing', name: 'testing', color: 'green' },
    { id: 'tag:grammar', name: '文法', color: 'red' },
    { id: 'tag:tax', name: 'Steuer', color: 'olive' },
  ],
  notes: [
    { id: 'note:checkpoint', title: 'Checkpoint and crash safety', body: checkpoint, book: 'book:engine', tags: ['tag:sync', 'tag:sqlite'], status: 'active', pinned: true, age: 1,
      versions: [
        { age: 30, kept: 9, reason: 'edited', body: checkpoint.replace('- [ ] 検索', '- [ ] Ask whether the index is in it too\n- [ ] 検索') },
        { age: 165, kept: 40, reason: 'arrived', body: checkpointBefore, title: 'Checkpoint and crashes', tags: ['tag:sync'] },
        { age: 977, kept: 170, reason: 'merged', body: checkpointBefore.replace('## Order of one pull', '## Order'), title: 'Checkpoint and crashes', tags: ['tag:sync'] },
        { age: 6000, kept: 1500, reason: 'edited', body: '## What must hold\nA checkpoint says how far a remote is known.\n', title: 'Checkpoint', tags: [] },
      ] },
    {
      id: 'note:pull', title: 'Ablauf eines Abrufs', book: 'book:engine', tags: ['tag:couchdb', 'tag:sync'], status: 'active', age: 13,
      body: pullMine, others: [{ body: pullTheirs, base: pullBase, tags: ['tag:couchdb', 'tag:sync', 'tag:sqlite'], earlier: 2 }],
    },
    { id: 'note:backoff', title: 'Back-off with jitter', body: backoff, book: 'book:engine', tags: ['tag:sync'], status: 'active', age: 40 },
    {
      id: 'note:design', title: '同期の設計メモ', book: 'book:engine', tags: ['tag:sync', 'tag:grammar'], status: 'active', age: day + 30,
      body: 'checkpoint は文書と同じトランザクションで進める。途中で落ちても、失うものは何もない。\n\n- [x] 文書を書く\n- [x] 索引を更新する\n- [x] ジャーナルを書く\n- [x] checkpoint を進める\n- [x] 通知を送る\n- [ ] 落として試す\n- [ ] もう一度落とす\n',
    },
    { id: 'note:recreated', title: 'Recreated databases', body: 'Same name, new uuid: the stored checkpoint is a lie. Pause, ask, offer merge or replace.\n\nA database that was deleted and made again looks empty, not hostile. That is what makes it dangerous.\n', book: 'book:engine', tags: ['tag:couchdb'], status: 'onHold', age: 4 * day },
    { id: 'note:kill', title: 'Kill the process after every step', body: '31 failpoints, 200 seeds. After each restart the checkpoint must be ≤ what is on disk.\n\n- [x] begin\n- [x] put\n- [x] index\n- [x] journal\n- [x] checkpoint\n- [x] commit\n- [x] notify\n- [x] acknowledge\n- [x] close\n', book: 'book:engine', tags: ['tag:testing', 'tag:rust'], status: 'completed', age: 5 * day },
    { id: 'note:session', title: 'Session back-off with jitter', body: 'A wake-up from the network resets the curve, never the checkpoint. Retry-After wins over both.\n', book: 'book:engine', tags: ['tag:sync'], status: 'none', age: 7 * day },
    { id: 'note:longpoll', title: 'Long-poll behind nginx', body: '`proxy_read_timeout 60s` cuts a quiet feed. Heartbeat 10 s keeps it open, unless buffering is on.\n\n```nginx\nlocation /db/ {\n    proxy_pass http://127.0.0.1:5984/;\n    proxy_buffering off;   # or the feed arrives in lumps\n}\n```\n', book: 'book:engine', tags: ['tag:couchdb'], status: 'none', age: 7 * day + 90 },
    { id: 'note:deletion', title: 'Guard: mass deletion', body: 'A pull that would delete more than 20 notes or 10 % stops before the checkpoint moves.\n\n- [x] count\n- [x] pause\n- [x] ask\n', book: 'book:engine', tags: ['tag:sync'], status: 'completed', age: 10 * day },
    { id: 'note:local', title: 'Why not store it in _local?', body: 'We do both. The remote copy of the checkpoint is a hint, ours is the truth.\n', book: 'book:engine', tags: ['tag:couchdb'], status: 'dropped', age: 18 * day },
    { id: 'note:ime', title: 'Composition events and remote edits', body: 'While a composition is open nothing from outside may touch the document. Hold it, then map it.\n\n- [x] Chromium\n- [ ] WebKitGTK with ibus\n- [ ] fcitx5\n', book: 'book:editor', tags: ['tag:testing'], status: 'active', age: 2 * day },
    { id: 'note:caret', title: 'Where the caret may stand', body: 'Heading marks hang in the margin, so the first column of a heading is left of the text. It still has to be reachable with Home.\n', book: 'book:editor', tags: [], status: 'none', age: 12 * day },
    { id: 'note:release', title: 'Before the first release', body: '- [x] Icons for three systems\n- [ ] Read every sentence aloud\n- [ ] Try it on the slow laptop\n', book: 'book:releases', tags: [], status: 'active', pinned: true, age: 6 * day },
    { id: 'note:weekly', title: 'Weekly, 14 November', body: '**Present:** Dirk, Mei, Anna\n\n1. Server moves to the new rack on Thursday\n2. Mei writes the page on back-ups\n3. Nobody liked the blue\n', book: 'book:meetings', tags: [], status: 'none', age: 7 * day + 200 },
    { id: 'note:te', title: '〜てしまう', body: '完了と後悔。「宿題を忘れてしまった」。\n\n話し言葉では「〜ちゃう」になる。\n', book: 'book:japanese', tags: ['tag:grammar'], status: 'none', age: 3 * day },
    { id: 'note:ba', title: '条件の「ば」と「たら」', body: '「春になれば、花が咲く」は一般的な条件。「春になったら、旅行に行く」は一回の出来事。\n', book: 'book:japanese', tags: ['tag:grammar'], status: 'active', age: 3 * day + 55 },
    { id: 'note:pin', title: 'Pin, once more', body: 'A value is pinned when nobody may move it again. `Unpin` is the promise that moving does no harm.\n\n```rust\nfn poll(self: Pin<&mut Self>, cx: &mut Context<\'_>) -> Poll<()> {\n    Poll::Ready(())\n}\n```\n', book: 'book:rust', tags: ['tag:rust'], status: 'none', age: 9 * day },
    { id: 'note:lifetimes', title: 'Lifetimes are not durations', body: 'They are regions of the program text in which a reference is used. Thinking in time misleads.\n', book: 'book:rust', tags: ['tag:rust'], status: 'none', age: 22 * day },
    { id: 'note:tax', title: 'Steuererklärung 2025', body: '- [x] Belege sortieren\n- [x] Arbeitszimmer ausmessen\n- [ ] Fahrtenbuch abschreiben\n\nFrist: **31. Juli**. Frau Krämer fragt nach der Bescheinigung der Krankenkasse.\n', book: 'book:taxes', tags: ['tag:tax'], status: 'active', age: 15 * day },
    { id: 'note:heating', title: 'Heizung entlüften', body: 'Zuerst Keller, dann von unten nach oben. Druck danach auf 1,6 bar.\n', book: 'book:home', tags: [], status: 'none', age: 30 * day },
    { id: 'note:rain', title: 'Rain all day', body: 'Finished the book by the window. Nothing else happened, which was the point.\n', book: 'book:first', tags: [], status: 'none', age: 2 * day + 30 },
    { id: 'note:walk', title: 'Along the river', body: 'Two herons, one of them offended. The path is closed behind the mill until spring.\n', book: 'book:first', tags: [], status: 'none', age: 2 * day + 60 },
  ],
};

export const trashed: SeedNote[] = [
  { id: 'note:old', title: 'Shopping, last week', body: 'Bread, ink, batteries.\n', book: 'book:home', tags: [], status: 'none', age: 9 * day },
  { id: 'note:draft', title: 'A first try at the second paragraph', body: 'It did not work.\n', book: 'book:first', tags: [], status: 'none', age: 20 * day },
];

/** Deleted on another device; their last texts are here. */
export const takenAway: SeedNote[] = [
  { id: 'note:packing', title: 'Packing list, winter', body: 'Wool socks, the small stove, two books.\n\n- [x] Stove\n- [ ] Matches\n', book: 'book:home', tags: [], status: 'none', age: 3 * day },
];

const words = 'the note keeps what was said before anyone asked and the line after it waits for a reader who comes back in spring'.split(' ');

/** `count` notes without a random number in sight. */
export function many(count: number): Seed {
  const notes: SeedNote[] = [];
  for (let i = 0; i < count; i += 1) {
    const word = (k: number): string => words[(i * 7 + k * 13) % words.length] ?? 'note';
    notes.push({
      id: `note:n${i}`,
      title: `Note ${i + 1}: ${word(1)} ${word(2)}`,
      body: `${word(3)} ${word(4)} ${word(5)} ${word(6)} ${word(7)} ${word(8)} ${word(9)}.\n`,
      book: demo.books[i % demo.books.length]?.id ?? 'book:first',
      tags: i % 5 === 0 ? ['tag:sync'] : [],
      status: 'none',
      age: i * 3,
    });
  }
  return { books: demo.books, tags: demo.tags, notes };
}

export const blank: Seed = { books: [{ id: 'book:first', name: 'First notebook', parent: null }], tags: [], notes: [] };
