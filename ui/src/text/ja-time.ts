// 日本語: ノートに起きたこと。競合、版、削除。

import type { conflictTexts as conflictsInEnglish, historyTexts as historyInEnglish, timeActions as actionsInEnglish } from './en-time';
import type { Wording } from './translation';
import { thousands } from './plain';

const kazu = (n: number): string => thousands(n, 'ja-JP');

export const conflictTexts: Wording<typeof conflictsInEnglish> = {
  page: '競合を決める', back: 'ノートへ戻る', list: '競合', kept: '終えるまで、どちらの版も残ります。選んだことはいつでも取り消せます。',
  mine: '自分の版', result: '結果', theirs: '相手の版', resultHint: '保存される内容', here: (when) => `このコンピューター、${when}`, there: (when) => `別のコンピューター、${when}`,
  keepAllMine: 'すべて自分の版を残す', keepAllTheirs: 'すべて相手の版を残す', previous: '前の箇所', next: '次の箇所',
  keepMine: '自分の版を残す', keepTheirs: '相手の版を残す', keepBoth: '両方を残す', edit: '編集…', keptMark: '残しました', keptBoth: '両方を残しました。自分の版が先です', edited: '編集しました', open: 'まだ決めていません',
  takenMine: 'ここだけの変更、採用', takenTheirs: '相手だけの変更、採用', agreed: '同じ変更', merged: '両方の変更が両立します', joined: '合わせました', byWinner: '採用。両方で変更されています',
  place: (n, all) => `${all} か所中 ${n} か所目`, placeState: (place, state) => `${place}: ${state}`,
  fields: { title: 'タイトル', notebook: 'ノートブック', status: 'ステータス', pinned: 'ピン留め', tags: 'タグ' }, isPinned: 'ピン留めあり', notPinned: 'ピン留めなし', noTags: 'タグなし', noNotebook: 'ノートブックなし', join: '合わせる',
  same: (names) => `${names}: 同じ`, byThemselves: (n) => `本文の変更 ${kazu(n)} 件は自動で合わさりました`, unknownBase: '版が分かれた時点の内容は残っていません',
  progress: (done, all) => `${all} 件中 ${done} 件を決めました`, nothingToDecide: '手で決めることはありません', finish: '終える', later: 'あとで決める', undo: '元に戻す', redo: 'やり直す',
  places: (title, n) => [title ? 'タイトル' : '', n > 0 ? `本文 ${kazu(n)} か所` : ''].filter((part) => part !== '').join('、') || '両立します', ofAll: (done, all) => `${done}/${all}`,
  versions: (n, all) => `${all} 版中 ${n} 版目`, otherVersions: (n) => `あと ${kazu(n)} 版が、このあとに残っています。`,
  stale: '別の版が届きました。', staleHint: '何も変更されていません。文章が同じところでは、決めたことがそのまま使われます。',
  gone: 'このノートの版は一つになりました', goneHint: '別のコンピューターで決められたか、削除されました。それぞれの版の内容は履歴にあります。',
  none: '競合はありません', noneHint: 'どのノートも版は一つです。', unchanged: (n) => `変更のない ${kazu(n)} 行`,
  editLabel: 'この箇所の文章', editKeep: 'この文章を残す', empty: 'ここには何もありません', removed: '削除',
  many: 'まとめて決める…', manyOf: (n) => `競合 ${kazu(n)} 件を決める`, rules: { provable: '両立するものを合わせる', mine: '自分の版を残す', newest: '新しいほうを残す' },
  ruleTitle: (n) => `競合 ${kazu(n)} 件をまとめて決める`,
  ruleBody: {
    provable: '一語も失われないノートだけを決めます。ほかはそのまま残ります。',
    mine: 'どのノートも、このコンピューターで書いた内容になります。相手の版の内容は履歴に残り、取り消すこともできます。',
    newest: 'どのノートも、書いたコンピューターの時計で最後に書かれた内容になります。もう一方の版の内容は履歴に残り、取り消すこともできます。',
  },
  ruleDo: (n) => `ノート ${kazu(n)} 件を決める`,
  done: '残しました。それぞれの版の内容は履歴にあります。', doneMany: (n, left) => `ノート ${kazu(n)} 件を決めました。${left > 0 ? `${kazu(left)} 件は自分で決めてください。` : ''}`,
  reopened: 'すべての版が戻りました。', decide: '決める…',
};

export const historyTexts: Wording<typeof historyInEnglish> = {
  page: '版', back: 'ノートへ戻る', list: '版', note: 'Sheaf は編集のたびに版を一つ残します。', current: '現在', now: '今',
  reasons: { edited: '', arrived: '', merged: '統合', decided: '競合', restored: '保管', deleted: '削除' },
  why: {
    edited: '編集する前', arrived: '編集が届く前', merged: '統合する前', decided: '競合の一方', restored: '別の版へ戻す前', deleted: '削除する前',
  },
  words: (added, removed) => (added + removed === 0 ? '変更なし' : `${[added > 0 ? `+${kazu(added)}` : '', removed > 0 ? `−${kazu(removed)}` : ''].filter((p) => p !== '').join(' ')} 語`),
  wordsLong: (added, removed) => (added + removed === 0 ? '同じ語' : [added > 0 ? `${kazu(added)} 語を追加` : '', removed > 0 ? `${kazu(removed)} 語を削除` : ''].filter((p) => p !== '').join('、')),
  first: (words) => `最初の版、${kazu(words)} 語`,
  comparedWith: (when, before, words) => `${when} を ${before} と比較: ${words}`, alone: (when) => `${when}、最初の版`, text: (when) => when, currentName: '今',
  views: { text: '本文', changes: '変更', now: '今と比較' }, view: '表示する内容', copy: '本文をコピー', copied: '本文をコピーしました', restore: (when) => `${when} に戻す`, restoreCopy: '複製として戻す',
  hint: '戻しても、今の文章は一つの版として残ります。', isCurrent: 'ノートの今の内容です。', sameText: '違いはありません。', emptyText: '本文なし',
  unchanged: (n) => `変更のない ${kazu(n)} 行`, title: 'タイトル', notebook: 'ノートブック', status: 'ステータス', tags: 'タグ', noTags: 'タグなし', noNotebook: 'ノートブックなし', from: '以前は', wasLabel: (before, after) => `${before} から ${after} へ`,
  restored: (when) => `${when} の版に戻しました。それまでの文章は履歴にあります。`, copied2: 'その版の複製を作りました。', undone: '取り消しました。',
  none: '以前の版はまだありません', noneHint: 'このノートに戻って変更すると、最初の版が残ります。', added: '追加', removed: '削除', changed: '変更',
  keep: '以前の版を残す期間', keepHint: '別のコンピューターが削除したノートの最後の文章も同じです。それより古いものは消えます。', keepFor: (days) => (days === 0 ? '無期限' : days === 365 ? '1 年' : `${days} 日`), size: (bytes) => `このコンピューターで ${bytes} を使っています。`,
  deleted: {
    title: '別のコンピューターで削除', lead: '版が消えるまで、最後の文章がここに残ります。', strip: (n) => `別のコンピューターでノート ${kazu(n)} 件が削除されました`, show: '表示', restore: '戻す', forget: '完全に消す', forgetAll: 'すべて消す…',
    when: (when) => `${when} に削除`, none: '別のコンピューターで削除されたものはありません。', restored: 'ノートを戻しました。', forgetTitle: (n) => `削除されたノート ${kazu(n)} 件を完全に消しますか`,
    forgetBody: '最後の文章がこのコンピューターから消えます。取り消せません。', forgetDo: (n) => `ノート ${kazu(n)} 件を消す`,
  },
};

export const timeActions: Wording<typeof actionsInEnglish> = {
  'note.conflict': '競合を決める…', 'note.history': 'このノートの版…', 'go.deleted': '別のコンピューターで削除されたノート…', 'go.merge': '競合を決める…',
  'merge.next': '決める箇所の次へ', 'merge.previous': '決める箇所の前へ', 'merge.mine': '自分の版を残す', 'merge.both': '両方を残す', 'merge.theirs': '相手の版を残す', 'merge.edit': 'この箇所を編集',
  'merge.allMine': 'すべて自分の版を残す', 'merge.allTheirs': 'すべて相手の版を残す', 'merge.undo': '選択を取り消す', 'merge.redo': '選択をやり直す', 'merge.finish': 'この競合を終える', 'merge.takeBack': '最後に決めた競合を取り消す',
  'history.next': '古い版へ', 'history.previous': '新しい版へ', 'history.restore': 'この版に戻す', 'history.copy': 'この版を複製として戻す',
};
