// 同期の履歴。

import type { activity as activityInEnglish } from './en-activity';
import type { Wording } from './translation';

export const activity: Wording<typeof activityInEnglish> = {
  title: '同期の履歴', lead: '送信と受信の記録です。このコンピューターにだけ残り、本文は含みません。', kinds: { pulled: '受信', pushed: '送信', merged: '統合', conflict: '競合', quarantined: '保留', skipped: 'スキップ' }, all: 'すべて', filter: '出来事', search: 'タイトルを検索', list: '同期の記録（新しい順）',
  deletion: { pulled: '削除を受信', pushed: '削除を送信' }, counts: { pulled: (n) => `受信 ${n} 件`, pushed: (n) => `送信 ${n} 件`, merged: (n) => `統合 ${n} 件`, conflicts: (n) => `競合 ${n} 件`, quarantined: (n) => `保留 ${n} 件`, skipped: (n) => `スキップ ${n} 件` },
  span: (a, b) => `${a}〜${b}`, times: (n) => `${n} 回`, tries: (n) => `${n} 回試行`, more: (n) => `ほか ${n} 件`, nameless: { note: 'もうここにないノート', other: 'ノートではないもの' }, untold: '無題', open: (n) => `${n} を開く`,
  retry: 'もう一度', skip: 'スキップ', retried: 'Sheaf がもう一度試します。', skipped: '変わるまで知らせません。', stuck: { title: '同期されないもの', lead: 'これらは今の場所にそのまま残ります。ほかはすべて同期されます。', all: 'すべてもう一度', skippedHint: 'スキップ済み。理由が変わると再び知らせます' },
  reasons: { unreadable: 'ノートの形式ではないか、鍵がかかっています。サーバー上のものには触れていません。' }, copy: '履歴をコピー', save: '履歴を保存', copied: 'タイトルを除いてコピーしました', older: '古い記録はスクロールすると表示されます。', empty: 'まだ何も同期されていません', emptyHint: '送受信したものがここに表示されます。', off: '同期はオフです。以前の送受信の記録はここに残っています。', nothing: '当てはまる記録はありません', clear: 'すべて表示',
};
