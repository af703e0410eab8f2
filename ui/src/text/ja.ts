// 日本語。です・ます体、現在形、感嘆符なし。何が起きたか、何が無事か、何をすればよいか。

import type { ErrorCode } from '../ipc/generated';
import { account } from './ja-account';
import { activity } from './ja-activity';
import { vault } from './ja-vault';
import { diagnosis } from './ja-diagnosis';
import { proxy } from './ja-proxy';
import { join, link, reset, server } from './ja-sync-setup';
import { conflictTexts, historyTexts, timeActions } from './ja-time';
import type { Translation } from './translation';
import { thousands } from './plain';

const kazu = (n: number): string => thousands(n, 'ja-JP');
const days = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;

type Words = { what: string; safe: string; todo: string };
const unchanged = 'どちら側も変更されていません。';
const here = 'ノートはこのコンピューターにあります。';
const kept = '編集内容はこのコンピューターに残っています。';
const port = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? '';
const bare = (host: string): string => host.replace(/:\d+$/, '');

interface Context { host: string; database: string; user: string; proxy: string }
const nowhere: Context = { host: 'サーバー', database: 'データベース', user: '', proxy: '' };
const proxyTo = (proxy: string, host: string): string =>
  `${host === '' || host === nowhere.host ? '' : `${bare(host)} への途中の`}プロキシー${proxy === '' ? '' : ` ${proxy} `}`;

const sentences: Record<ErrorCode, (c: Context) => Words> = {
  notFound: () => ({ what: 'それはもうありません。', safe: '何も変更されていません。', todo: 'もう一度一覧を見てください。' }),
  invalid: () => ({ what: '共有の形式に合いません。', safe: '何も変更されていません。', todo: '短くするか直してください。' }),
  notebookCycle: () => ({ what: 'ノートブックを自分自身の中へは移せません。', safe: '何も変更されていません。', todo: '別の場所を選んでください。' }),
  defaultNotebook: () => ({ what: '既定のノートブックは削除できません。', safe: '何も変更されていません。', todo: '新しいノートには場所が必要です。' }),
  nameTaken: () => ({ what: '同じ名前のタグがすでにあります。', safe: '何も変更されていません。', todo: '別の名前を選んでください。' }),
  databaseLocked: () => ({ what: '別の Sheaf がこのノートを開いています。', safe: 'ノートはそのままです。', todo: 'それを閉じて、もう一度試してください。' }),
  databaseNewer: () => ({ what: 'より新しい Sheaf がこのノートを書きました。', safe: 'ノートはそのままです。', todo: 'このコンピューターの Sheaf を更新してください。' }),
  databaseCorrupt: () => ({ what: 'ノートのデータベースが壊れています。', safe: '写しをそのまま取り分けました。', todo: 'データフォルダーを開くと見つかります。' }),
  diskFull: () => ({ what: 'ディスクがいっぱいで保存できませんでした。', safe: '文章はこのウィンドウに残っています。', todo: '空きを作ると、すぐに保存されます。' }),
  secretStore: () => ({ what: 'このコンピューターのキーリングが使えません。', safe: 'パスワードは保存されていません。', todo: 'ロックを解除するか、下で保存先を選んでください。' }),
  passwordMissing: ({ user }) => ({ what: user === '' ? 'パスワードが必要です。' : `${user} のパスワードが必要です。`, safe: here, todo: '続けるには入力してください。' }),
  addressInvalid: () => ({ what: 'このアドレスは使えません。', safe: '何も送られていません。', todo: 'https://host:6984 のような形です。' }),
  hostNotFound: ({ host }) => ({ what: `${bare(host)} という名前のコンピューターはありません。`, safe: '何も送られていません。', todo: 'つづりと、このネットワークが知っているかを確かめてください。' }),
  connectionRefused: ({ host }) => ({ what: port(host) === '' ? `${host} では何も待ち受けていません。` : `${bare(host)} のポート ${port(host)} では何も待ち受けていません。`, safe: here, todo: 'ポートを確かめるか、サーバーを起動してください。' }),
  timedOut: ({ host }) => ({ what: port(host) === '' ? `${host} から応答がありません。` : `${bare(host)} のポート ${port(host)} から応答がありません。`, safe: here, todo: 'ファイアウォールがあるか、サーバーが眠っているのかもしれません。' }),
  unreachable: ({ host }) => ({ what: host === '' ? 'ネットワークに届きません。' : `${host} との接続が切れました。`, safe: kept, todo: 'ネットワークが戻りしだい送られます。' }),
  certificate: ({ host }) => ({ what: `${bare(host)} の証明書を信頼できません。`, safe: '何も送られていません。', todo: 'サーバーの管理者が更新するか、このコンピューターが信頼する必要があります。' }),
  proxyPassword: ({ host, proxy }) => ({ what: `${proxyTo(proxy, host)}が名前とパスワードを求めています。`, safe: here, todo: '設定の「同期」「プロキシー」に入力してください。' }),
  proxyUnreachable: ({ host, proxy }) => ({ what: `${proxyTo(proxy, host)}から応答がありません。`, safe: here, todo: '設定の「同期」「プロキシー」で直してください。プロキシーのないネットワークでは「なし」を選んでください。' }),
  proxyRefused: ({ host, proxy }) => ({ what: `${proxyTo(proxy, host)}が通してくれないか、サーバーを見つけられません。`, safe: kept, todo: 'プロキシーの管理者に許可を頼むか、設定の「同期」「プロキシー」で使わないようにしてください。' }),
  notCouchdb: ({ host }) => ({ what: `${host} で応答したのは CouchDB ではありません。`, safe: 'パスワードは渡していません。', todo: 'ポートとパスを確かめるか、先にネットワークへサインインしてください。' }),
  redirected: ({ host }) => ({ what: `${host} が別のアドレスへ案内しています。`, safe: 'パスワードは送っていません。', todo: '信頼できるなら、そのアドレスを入力してください。' }),
  unauthorised: ({ user, host }) => ({ what: user === '' ? `${host} はユーザーとパスワードを求めています。` : `${user} のパスワードが拒まれました。`, safe: unchanged, todo: 'ユーザーを確かめ、パスワードをもう一度入力してください。' }),
  tokenExpired: ({ host }) => ({ what: `${host} のトークンの期限が切れました。`, safe: kept, todo: '発行元で新しいトークンを受け取り、ここに入力してください。' }),
  tokenRefused: ({ host }) => ({ what: `${host} はこのトークンを受け付けません。`, safe: unchanged, todo: 'このサーバー用に作られたものを入力してください。CouchDB がトークンを読むのは、管理者が有効にした場合だけです。' }),
  lockedOut: ({ user }) => ({ what: `サインインの失敗により ${user} のアカウントがロックされました。`, safe: unchanged, todo: '数分待って、もう一度試してください。' }),
  forbidden: ({ user, database }) => ({ what: `${user === '' ? 'このアカウント' : user} は ${database} を読めません。`, safe: unchanged, todo: 'サーバーの管理者が、データベースのメンバーに加える必要があります。' }),
  readOnly: ({ user, database }) => ({ what: `${user === '' ? 'このアカウント' : user} は ${database} を読めますが、書けません。`, safe: unchanged, todo: 'サーバーの管理者が、書き込みを許す必要があります。' }),
  databaseMissing: ({ database, host }) => ({ what: `${host} に ${database} というデータベースはありません。`, safe: '何も変更されていません。', todo: '名前を確かめるか、作成してください。' }),
  rateLimited: ({ host }) => ({ what: `${host} が間隔をあけるよう求めています。`, safe: kept, todo: 'Sheaf が自動で続けます。' }),
  quotaExceeded: () => ({ what: 'サーバーの空きがありません。', safe: '最新の編集はここに残っています。', todo: 'サーバーの空きを作ると、同期は自動で続きます。' }),
  tooLarge: () => ({ what: 'サーバーが受け取れる大きさを超えています。', safe: 'このコンピューターに残り、ほかはすべて同期されます。', todo: '上限を上げてもらうか、小さくしてください。' }),
  serverFault: ({ host }) => ({ what: `${host} の側で障害が起きています。`, safe: kept, todo: 'Sheaf が自動で試します。サーバーのログに詳細があります。' }),
  wrongPassphrase: () => ({ what: 'このパスフレーズでは開きません。', safe: unchanged, todo: '選んだとおりに入力してください。大文字と小文字は区別されます。' }),
  notNotesServer: ({ host }) => ({ what: `${host} で応答したのはノートのサーバーではありません。`, safe: 'パスワードは渡していません。', todo: 'アドレスとポートを確かめるか、先にネットワークへサインインしてください。' }),
  emailTaken: ({ user }) => ({ what: user === '' ? 'このメールアドレスにはすでにアカウントがあります。' : `${user} にはすでにアカウントがあります。`, safe: '何も変更されていません。', todo: '代わりにサインインしてください。' }),
  registrationClosed: ({ host }) => ({ what: `${host} は新しいアカウントを受け付けていません。`, safe: '何も変更されていません。', todo: 'サーバーの管理者なら作れます。' }),
  olderAccount: () => ({ what: 'このアカウントは古いアプリの方式で守られています。', safe: '何も変更されていません。', todo: 'それを承知なら開き、そのあと更新してください。' }),
  weakerKeys: ({ host }) => ({ what: `${host} が、このアカウントより弱い鍵か、別のアカウントの鍵を示しています。`, safe: '何も送られていません。', todo: '理由がわかるまで、そこでサインインしないでください。' }),
  secondFactor: () => ({ what: 'このアカウントは二段階認証を求めますが、Sheaf は対応していません。', safe: '何も変更されていません。', todo: '設定したアプリでオフにしてください。' }),
  sessionEnded: () => ({ what: 'サーバーでセッションが終わりました。', safe: kept, todo: '続けるにはもう一度サインインしてください。' }),
  passwordChanged: () => ({ what: '別の端末でパスワードが変更されました。', safe: kept, todo: '続けるには新しいパスワードでサインインしてください。' }),
  keysMissing: ({ host }) => ({ what: `${host} にこのアカウントのノートはありますが、開く鍵がありません。`, safe: here, todo: '先に、書いた端末を同期してください。' }),
  recoveryCode: () => ({ what: '復旧コードではありません。', safe: '何も変更されていません。', todo: 'もう一度入力してください。大文字・空白・ハイフンは区別しません。' }),
  appTooOld: ({ host }) => ({ what: `${host} には、より新しい Sheaf が必要です。`, safe: kept, todo: 'このコンピューターの Sheaf を更新してから、もう一度同期してください。' }),
  unsent: () => ({ what: 'このコンピューターだけにあるノートがあります。', safe: '何も消されていません。', todo: '送信待ちがなくなるまで同期するか、ノートをここに残してください。' }),
  vaultLocked: ({ database }) => ({ what: `${database} は暗号化されており、ここではパスフレーズが入力されていません。`, safe: '何も送受信していません。', todo: 'パスフレーズか復旧コードを入力してください。' }),
  otherVault: ({ database }) => ({ what: `${database} は、これまでとは別の鍵で暗号化されています。`, safe: 'どちら側も変更されていません。', todo: '作り直したのなら、そのパスフレーズを入力してください。心当たりがなければ入力しないでください。' }),
  vaultUnreadable: ({ database }) => ({ what: `${database} の鍵が使えません。変更されたか、より新しい Sheaf が書いたものです。`, safe: 'どちら側も変更されていません。', todo: 'Sheaf を更新するか、文書 sheaf-vault をバックアップから戻してください。' }),
  notEncrypted: ({ database }) => ({ what: `${database} は暗号化されているはずですが、されていません。`, safe: '何も送られていません。', todo: '名前を確かめてください。正しければ、誰かがデータベースを取り替えています。' }),
  notEmpty: ({ database }) => ({ what: `${database} にはノートがあるか、以前ありました。それらは読めるまま残ります。`, safe: 'どちら側も変更されていません。', todo: 'まだ使われていない名前を選んでください。' }),
  converting: () => ({ what: 'ノートを別のデータベースへ移しています。', safe: 'ノートはここにあります。', todo: '終わるまで待つか、キャンセルしてください。' }),
  countsDiffer: () => ({ what: '新しいデータベースには、古いもののすべてがそろっていません。', safe: '古いデータベースをこれまでどおり使っています。', todo: '移動を続けると、もう一度試します。' }),
  syncOff: () => ({ what: '同期はオフです。', safe: here, todo: '設定で同期先を選んでください。' }),
  targetChanged: () => ({ what: '同期を止めています。同じ名前の別のデータベースです。', safe: 'どちら側も変更されていません。', todo: 'どうするか選んでください。' }),
  massDeletion: () => ({ what: '同期先が多くのノートを削除しようとしています。', safe: 'ノートはまだここにあります。', todo: '別の端末で自分がしたことなら、そのまま進めてください。' }),
  cancelled: () => ({ what: '中止しました。', safe: '何も変更されていません。', todo: 'いつでもやり直せます。' }),
  bug: () => ({ what: 'Sheaf の中で問題が起きました。', safe: here, todo: 'ログに詳細があります。もう一度試してください。' }),
};

export const ja: Translation = {
  locale: 'ja-JP',
  problems: (code, context = {}) => sentences[code]({ ...nowhere, ...context }),
  account, activity, vault, diagnosis,
  notes: (n) => `ノート ${kazu(n)} 件`, attachments: (n) => `添付 ${kazu(n)} 件`, number: kazu, untitled: '無題',
  common: { cancel: 'キャンセル', close: '閉じる', rename: '名前を変更', back: '戻る', done: '完了', undo: '元に戻す', tryAgain: 'もう一度', technical: '技術的な詳細', create: '作成', show: '表示' },
  sidebar: {
    label: 'サイドバー', show: 'サイドバーを表示', hide: 'サイドバーを隠す', all: 'すべてのノート', pinned: 'ピン留め', conflicts: '競合', trash: 'ゴミ箱', places: 'ノート', notebooks: 'ノートブック', statuses: 'ステータス', tags: 'タグ', bin: 'ゴミ箱',
    newNotebook: '新しいノートブック', newTag: '新しいタグ', preferences: '設定', help: 'ヘルプ', expand: '開く', collapse: 'たたむ', resize: 'サイドバーの幅',
  },
  status: { none: 'ステータスなし', active: '進行中', onHold: '保留', completed: '完了', dropped: '中止' },
  notebook: {
    newInside: 'この中に新しいノートブック…', new: '新しいノートブック…', rename: 'ノートブックの名前を変更…', move: 'ノートブックを移動…', delete: 'ノートブックを削除…', nameLabel: '名前', newTitle: '新しいノートブック', newInsideTitle: (p) => `${p} の中の新しいノートブック`, renameTitle: (n) => `${n} の名前を変更`,
    moveTitle: (n) => `${n} の移動先…`, topLevel: '最上位', search: 'ノートブックを探す', noMatch: 'その名前のノートブックはありません', deleteTitle: (n) => `${n} を削除しますか`,
    deleteBody: (n) => n === 0 ? 'ノートは入っていません。中のノートブックも一緒に削除されます。' : `ノート ${kazu(n)} 件がゴミ箱へ移り、そこから元に戻せます。中のノートブックも一緒に削除されます。`,
    deleteDo: 'ノートブックを削除', deleted: (name, n) => n === 0 ? `${name} を削除しました` : `${name} を削除しました。ノート ${kazu(n)} 件がゴミ箱にあります`, default: '既定のノートブック', defaultCannotGo: '既定のノートブックは残ります。新しいノートには場所が必要です。', cycle: 'ノートブックを、自分自身やその中のノートブックへは移せません。',
  },
  tag: {
    new: '新しいタグ…', rename: 'タグの名前を変更…', colour: '色', delete: 'タグを削除…', nameLabel: '名前', newTitle: '新しいタグ', renameTitle: (n) => `${n} の名前を変更`, deleteTitle: (n) => `タグ ${n} を削除しますか`,
    deleteBody: (n) => n === 0 ? 'このタグの付いたノートはありません。' : `ノート ${kazu(n)} 件から外れます。ノートは残ります。`, deleteDo: 'タグを削除', deleted: (n) => `タグ ${n} を削除しました`, taken: '同じ名前のタグがすでにあります。',
    colours: { default: '標準', red: '赤', orange: 'オレンジ', yellow: '黄', olive: 'オリーブ', green: '緑', teal: '青緑', blue: '青', violet: '菫', purple: '紫', pink: 'ピンク', brown: '茶', grey: 'グレー', black: '黒' },
    find: 'タグを探す・作る', create: (n) => `「${n}」を作成`, add: 'タグ', addLabel: 'タグを追加', remove: (n) => `タグ ${n} を外す`, edit: (n) => `タグ ${n}`, removeHere: 'このノートから外す', showNotes: 'ノートを表示', none: 'その名前のタグはありません',
  },
  list: {
    label: 'ノート', resize: '一覧の幅', newNote: '新しいノート', search: '検索', searchAll: 'すべてのノートを検索', searchIn: (p) => `${p} を検索`, clear: '検索を消す', scopeAll: '全体を検索中。ここだけに切り替える', scopeHere: 'ここだけを検索中。全体に切り替える', scopeFixed: '全体を検索中',
    sort: '並べ替え', sortBy: (k) => `${k} 順`, sortKeys: { updated: '更新', created: '作成', title: 'タイトル', relevance: '一致度' }, newest: '新しい順', oldest: '古い順', aToZ: '昇順', zToA: '降順',
    found: (found, total, place) => ({ found, rest: total === null ? ` 件（${place}）` : ` / ${kazu(total)} 件（${place}）` }), atLeast: (n) => `${kazu(n)}+`, conflicted: '競合', notSent: '未送信', pinned: 'ピン留め', tasks: (d, a) => `タスク ${a} 件中 ${d} 件完了`,
    emptyAll: 'ノートはまだありません', emptyIn: (p) => `${p} はまだ空です`, emptyHint: 'ここで作ったノートがこの一覧に並びます。', emptyPinned: 'ピン留めはありません', emptyPinnedHint: 'ノートをピン留めすると、ここに出ます。', emptyTrash: 'ゴミ箱は空です', emptyTrashHint: '削除したノートは、空にするまでここに残ります。',
    emptyConflicts: '競合はありません', emptyConflictsHint: 'どのノートも版は一つです。', nothing: (q) => `「${q}」を含むノートはありません`, searched: (n, p) => `${p} のノート ${kazu(n)} 件を検索しました。`, searchedAll: 'すべてのノートを検索しました。', emptyTrashButton: 'ゴミ箱を空にする…', selected: (n) => `ノート ${kazu(n)} 件を選択中`,
    notSearched: (n) => `届いたばかりのノート ${kazu(n)} 件はまだ検索できません。`,
    failed: '一覧を読めませんでした', more: 'このノートの操作', today: '今日', yesterday: '昨日',
  },
  bulk: { hint: '操作はすべてに及びます。', move: '移動…', status: 'ステータス', tags: 'タグ…', pin: 'ピン留め', unpin: 'ピンを外す', trash: 'ゴミ箱へ', restore: '元に戻す', delete: '完全に削除…', clear: '選択を解除' },
  note: {
    title: 'タイトル', text: '本文', notebookLabel: (n) => `ノートブック ${n}、移動…`, statusLabel: (s) => `ステータス ${s}`, inTrash: 'ゴミ箱の中', template: 'テンプレート', menu: 'その他', write: '書く', sideBySide: '並べる', read: '読む', view: '表示', back: '前のノートへ戻る', forward: '進む', backToList: '一覧へ戻る',
    moveTitle: (n) => n === 1 ? 'ノートの移動先…' : `ノート ${n} 件の移動先…`, pin: 'ピン留め', unpin: 'ピンを外す', duplicate: '複製', copyLink: 'リンクをコピー', trash: 'ゴミ箱へ', restore: '元に戻す', deleteForGood: '完全に削除…', move: '移動…', status: 'ステータス', tags: 'タグ…',
    deleteTitle: (n) => n === 1 ? 'このノートを完全に削除しますか' : `ノート ${n} 件を完全に削除しますか`, deleteBody: 'ゴミ箱からも消え、元に戻せません。', deleteBodyOne: 'ゴミ箱からも消え、元に戻せません。', deleteDo: (n) => `ノート ${n} 件を削除`,
    emptyTrashTitle: 'ゴミ箱を空にしますか', trashed: (n) => n === 1 ? 'ゴミ箱へ移しました' : `ノート ${n} 件をゴミ箱へ移しました`, restored: (n) => n === 1 ? '元に戻しました' : `ノート ${n} 件を元に戻しました`, deleted: (n) => n === 1 ? '完全に削除しました' : `ノート ${n} 件を完全に削除しました`,
    moved: (n, p) => n === 1 ? `${p} へ移しました` : `ノート ${n} 件を ${p} へ移しました`, linkCopied: 'リンクをコピーしました', copyFailed: 'リンクをコピーできませんでした', nothingOpen: 'ノートが選ばれていません', gone: 'このノートはなくなりました', goneHint: '別の端末で削除されました。入力した文章はこのウィンドウに残っています。', keepGone: '新しいノートとして残す',
    created: (w) => `作成 ${w}`, updated: (w) => `更新 ${w}`, trashNotice: 'このノートはゴミ箱にあります', trashHint: '続きを書くには元に戻してください。', missing: 'そのノートはこのコンピューターにありません', missingTitle: (n) => `「${n}」というノートはありません`, makeMissing: 'リンク元のノートと同じノートブックに、いま作れます。', makeMissingDo: 'ノートを作る', linkRefused: 'このリンクは開けません',
    heldBack: {
      titleTooLong: (c, m) => `タイトルが ${c} 文字あります。ほかの端末が受け取れるのは ${m} 文字までです。ノートはこのコンピューターに残ります。タイトルを短くすると送られます。`,
      bodyTooLong: (c, m) => `本文が ${kazu(c)} 文字あります。ほかの端末が受け取れるのは ${kazu(m)} 文字までです。ノートはこのコンピューターに残ります。分けると両方送られます。`,
      malformed: '共有の形式の決まりに合いません。そのままこのコンピューターに残ります。', refused: 'サーバーが受け取りませんでした。そのままこのコンピューターに残ります。',
    },
  },
  editor: {
    placeholder: '書く', saved: '保存済み', saving: '保存中…', unsaved: '編集あり', tasks: (d, a) => `タスク ${d}/${a}`, words: (n) => `${kazu(n)} 語`, position: (l, c) => `${l} 行 ${c} 列`, addingImage: '画像を追加中…', imageFailed: '画像を追加できませんでした', remoteImage: (h) => `${h} の画像`, showImage: '表示',
    callouts: { note: 'メモ', tip: 'ヒント', important: '重要', warning: '警告', caution: '注意' }, preview: 'プレビュー', emptyPreview: 'まだ何もありません。',
  },
  find: {
    find: '検索', replace: '置換', next: '次の一致', previous: '前の一致', replaceOne: '置換', replaceAll: 'すべて置換', close: '閉じる', caseSensitive: '大文字と小文字を区別', regexp: '正規表現', wholeWord: '単語単位', none: '一致なし', count: (at, all) => at === 0 ? `${all} 件` : `${all} 件中 ${at} 件目`, tooMany: (all) => `${all} 件以上`,
    label: 'このノート内を検索', showReplace: '置換の表示を切り替え', inSelection: '選択範囲のみ', replaced: (n) => `${kazu(n)} 件を置換しました`, selectAll: '一致をすべて選択', invalid: '正規表現ではありません',
  },
  conflict: conflictTexts,
  history: historyTexts,
  support: {
    title: 'サポート用の報告', lead: '助ける人が見る必要のあることを、一つの文章にまとめます。何も送りません。読んで、保存して、自分で送ってください。パスワード、タイトル、本文は含まれません。',
    copy: 'コピー', copied: '報告をクリップボードに入れました', save: '保存', hint: 'バージョン、最新の診断、異常終了の記録、ログの終わり。保存の前に読めます。', look: '見る…',
  },
  palette: { label: 'コマンド', placeholder: 'コマンドを探す', none: 'その名前のコマンドはありません', best: '最も近いもの', choose: '選ぶ', run: '実行', count: (n, all) => `コマンド ${all} 件中 ${n} 件`, openPlaceholder: 'ノートを探す', openLabel: 'ノート', openNone: '当てはまるノートはありません', open: '開く', apart: '別のウィンドウで', recent: '最近の更新' },
  about: { version: (version) => `バージョン ${version}`, words: 'Markdown のノートを、このコンピューターに置き、自分のサーバーと同期します。', licence: 'MIT または Apache 2.0 ライセンスの自由ソフトウェアです。', data: 'ノートの場所', copy: 'バージョンをコピー', copied: 'バージョンをクリップボードにコピーしました' },
  shortcuts: { title: 'キーボードショートカット', lead: 'どのコマンドもコマンド一覧にあります。' },
  groups: { note: 'このノート', notes: 'ノート', conflict: '競合', list: '一覧', edit: '文章', table: '表', view: '表示', go: '移動', organise: 'ノートブックとタグ', sync: '同期', app: 'Sheaf' },
  actions: {
    ...timeActions,
    'note.new': '新しいノート', 'note.open': 'ノートを開く…', 'note.duplicate': 'ノートを複製', 'note.copyLink': 'ノートのリンクをコピー', 'note.window': '別ウィンドウで開く', 'note.quick': 'クイックノート', 'app.close': 'ウィンドウを閉じる', 'app.quit': 'Sheaf を終了', 'note.move': 'ノートブックへ移動…', 'note.tags': 'タグを編集…',
    'note.pin': 'ピン留めの切り替え', 'note.trash': 'ゴミ箱へ', 'note.restore': 'ゴミ箱から戻す', 'note.delete': '完全に削除…', 'note.status.none': 'ステータス: なし', 'note.status.active': 'ステータス: 進行中', 'note.status.onHold': 'ステータス: 保留', 'note.status.completed': 'ステータス: 完了', 'note.status.dropped': 'ステータス: 中止', 'note.save': '保存して今すぐ同期', 'note.undoTrash': 'ゴミ箱への移動を元に戻す',
    'list.searchAll': 'すべてのノートを検索', 'list.searchHere': 'この一覧を検索', 'list.selectAll': 'すべてのノートを選択', 'list.sort.updated': '更新順に並べる', 'list.sort.created': '作成順に並べる', 'list.sort.title': 'タイトル順に並べる', 'list.sort.relevance': '一致度順に並べる', 'list.next': '次のノート', 'list.previous': '前のノート', 'list.saveSearch': 'この検索を保存…',
    'edit.find': 'ノート内を検索', 'edit.replace': '検索と置換', 'edit.undo': '元に戻す', 'edit.redo': 'やり直す', 'edit.bold': '太字', 'edit.italic': '斜体', 'edit.code': 'コード', 'edit.strike': '取り消し線', 'edit.link': 'リンク', 'edit.heading1': '見出し 1', 'edit.heading2': '見出し 2', 'edit.heading3': '見出し 3', 'edit.heading4': '見出し 4', 'edit.heading5': '見出し 5', 'edit.heading6': '見出し 6',
    'edit.quote': '引用', 'edit.list': '箇条書き', 'edit.numbers': '番号付きリスト', 'edit.task': 'タスク', 'edit.toggleTask': 'タスクの完了を切り替え', 'edit.paragraph': '普通の段落', 'edit.codeBlock': 'コードブロック', 'edit.rule': '水平線', 'edit.footnote': '脚注', 'edit.attach': '画像やファイル…', 'edit.date': '今日の日付', 'edit.time': '日付と時刻', 'edit.linkNote': 'ノートへリンク…',
    'edit.calloutNote': '囲み: メモ', 'edit.calloutTip': '囲み: ヒント', 'edit.calloutImportant': '囲み: 重要', 'edit.calloutWarning': '囲み: 警告', 'edit.calloutCaution': '囲み: 注意', 'edit.indent': '字下げ', 'edit.outdent': '字上げ', 'edit.lineUp': '行を上へ', 'edit.lineDown': '行を下へ', 'edit.copyLine': '行を下へ複写', 'edit.deleteLine': '行を削除', 'edit.selectLine': '行を選択',
    'edit.nextOccurrence': '次の同じ語も選択', 'edit.allOccurrences': '同じ語をすべて選択', 'edit.cursorAbove': '上にカーソルを追加', 'edit.cursorBelow': '下にカーソルを追加', 'edit.pastePlain': '書式なしで貼り付け', 'edit.findNext': '次の一致', 'edit.findPrevious': '前の一致', 'edit.pictureSize': '画像の大きさ…',
    'note.extract': '選択範囲から新しいノート', 'table.insert': '表を挿入', 'table.format': '表のソースを整える', 'table.rowAbove': '上に行を挿入', 'table.rowBelow': '下に行を挿入', 'table.rowUp': '行を上へ', 'table.rowDown': '行を下へ', 'table.rowDelete': '行を削除', 'table.columnLeft': '前に列を挿入', 'table.columnRight': '後に列を挿入', 'table.columnBack': '列を前へ', 'table.columnOn': '列を後へ', 'table.columnDelete': '列を削除',
    'table.alignLeft': '列を左揃え', 'table.alignCenter': '列を中央揃え', 'table.alignRight': '列を右揃え', 'table.alignNone': '列の揃えなし', 'table.delete': '表を削除', 'go.line': '行へ移動…', 'go.heading': '見出しへ移動…', 'view.outline': 'アウトラインの表示を切り替え', 'view.links': '被リンクの表示を切り替え', 'view.focus': '集中モード', 'view.typewriter': 'タイプライタースクロール', 'view.vim': 'Vim のキー', 'view.spelling': 'スペルチェック', 'view.lineNumbers': '行番号', 'view.readableWidth': '読みやすい行の長さ',
    'note.copyMarkdown': 'Markdown としてコピー', 'note.copyHtml': 'HTML としてコピー', 'note.copyRich': '書式付きでコピー', 'note.print': 'ノートを印刷…', 'note.makeTemplate': 'テンプレートとして残す', 'note.fromTemplate': 'テンプレートから作成…', 'note.daily': '今日のノート', 'go.templates': 'テンプレートを表示',
    'view.write': '書く', 'view.split': '並べる', 'view.read': '読む', 'view.toggleRead': '書く・読むの切り替え', 'view.sidebar': 'サイドバーの表示を切り替え', 'view.list': '一覧の表示を切り替え', 'view.theme.system': 'テーマ: システム', 'view.theme.light': 'テーマ: ライト', 'view.theme.dark': 'テーマ: ダーク', 'view.theme.paper': 'テーマ: 紙', 'view.theme.midnight': 'テーマ: 深夜', 'view.density': '密度の切り替え', 'view.larger': '文字を大きく', 'view.smaller': '文字を小さく', 'view.zoomIn': '拡大', 'view.zoomOut': '縮小', 'view.zoomReset': 'ズームを 100% に戻す', 'view.textReset': '文字の大きさを 16 に戻す',
    'go.back': '戻る', 'go.forward': '進む', 'go.sidebar': 'サイドバーへ', 'go.list': '一覧へ', 'go.editor': '本文へ', 'go.all': 'すべてのノートを表示', 'go.pinned': 'ピン留めを表示', 'go.trash': 'ゴミ箱を表示', 'go.conflicts': '競合を表示',
    'organise.newNotebook': '新しいノートブック…', 'organise.newTag': '新しいタグ…', 'organise.emptyTrash': 'ゴミ箱を空にする…', 'organise.icon': 'このノートブックのアイコン…', 'organise.focus': 'このノートブックだけを表示', 'organise.unfocus': 'すべてのノートブックを表示', 'organise.notebookUp': 'ノートブックを上へ', 'organise.notebookDown': 'ノートブックを下へ',
    'sync.now': '今すぐ同期', 'sync.pause': '同期を止める', 'sync.resume': '同期を再開', 'sync.preferences': '同期の設定', 'sync.diagnose': 'ネットワーク診断', 'sync.activity': '同期の履歴', 'app.preferences': '設定', 'app.palette': 'すべてのコマンド', 'app.shortcuts': 'キーボードショートカット', 'app.keys': 'キーを変更', 'app.dataFolder': 'データフォルダーを開く', 'app.logFolder': 'ログフォルダーを開く', 'app.support': 'サポート用の報告…', 'app.about': 'Sheaf について',
  },
  welcome: { title: 'Sheaf へようこそ', lead: 'ノートはこのコンピューターにあります。ほかにどこへ置くかは自由です。', write: '最初のノートを書く', writeHint: 'Markdown、入力と同時に保存', connect: '同期をつなぐ', connectHint: 'Sheaf サーバーか、自分の CouchDB。そこにあるノートが届きます。', before: 'いつでも', after: 'でコマンドを探せます。' },
  prefs: {
    title: '設定', back: 'ノートへ戻る', sections: { general: '一般', appearance: '外観', editor: 'エディター', keys: 'キー', sync: '同期', diagnosis: 'ネットワーク診断', activity: '同期の履歴' }, theme: 'テーマ', themes: { system: 'システム', light: 'ライト', dark: 'ダーク' }, themeHint: 'システムは、このコンピューターの設定に従います。', textSize: '文字の大きさ', zoom: 'ズーム', zoomHint: 'ウィンドウ全体の大きさです。', percent: (n) => `${n}%`, textSizeHint: 'エディターとプレビュー。12〜24 ピクセル。', smaller: '小さく', larger: '大きく',
    readableWidth: '読みやすい行の長さ', readableWidthHint: '広いウィンドウでも、行は約 80 文字で折り返します。', lineNumbers: '行番号', lineNumbersHint: '文章の左に出ます。', spellCheck: 'スペルチェック', spellCheckHint: 'このコンピューターの辞書にない語に印を付けます。',
    remoteImages: 'ウェブの画像を読み込む', remoteImagesHint: 'オフ: 別のサーバーの画像は求めたときだけ表示し、ノートを開いたことを誰にも知られません。',
    keepRunning: 'バックグラウンドで動かす', keepRunningHint: 'ウィンドウを閉じても Sheaf はトレイに残り、同期を続けます。もう一度起動するか、トレイのアイコンで戻せます。', verboseLogging: '詳しいログ', verboseLoggingHint: 'ログにより多く書きます。本文やパスワードは決して入りません。',
    data: 'ノート', dataHint: (n, a) => `このコンピューターに ${n}、${a}。`, log: 'ログ', openFolder: 'フォルダーを開く', version: 'バージョン', saveFailed: '設定を保存できませんでした', sample: 'いろはにほへと ちりぬるを 我が世たれぞ 常ならむ。',
    writing: {
      groups: { look: '見た目', typing: '入力', pasting: '貼り付けと画像', attention: '集中' }, highlightLine: '現在の行を強調', highlightLineHint: 'カーソルのある行に薄い色を敷きます。', wrapLines: '長い行を折り返す', wrapLinesHint: 'オフ: 長い行は横にスクロールします。', showWhitespace: '空白とタブを表示', showWhitespaceHint: '空白は点、タブは矢印で。',
      indent: '字下げ', indentHint: 'リストと表の外で、タブキー一回分。', indentWidths: (n) => `空白 ${n} 個`, indentTab: 'タブ', closeBrackets: '括弧を閉じる', closeBracketsHint: '( を打つと ) が付きます。選択があれば両側に付きます。', smartTypography: '組版の記号', smartTypographyHint: '引用符やダッシュを印刷用に整えます。コードの中は除きます。元に戻すと打ったままになります。',
      slashCommands: 'スラッシュコマンド', slashCommandsHint: '語の先頭で / を打つと、表・見出し・日付などが選べます。', pasteMarkdown: '書式付きの文章を Markdown で貼り付け', pasteMarkdownHint: (k) => `見出し・リスト・リンク・表の形が残ります。${k} で書式なしに貼り付けます。`, imagePreviews: '文章の中に画像を表示', imagePreviewsHint: '画像を指す行の下に出ます。ウェブの画像は下の設定に従います。',
      vim: 'Vim のキー', vimHint: 'Vim のモードとコマンド。:w で保存、:q で一覧へ。', language: '文章の言語', languageHint: 'スペル、引用符、改行のために。', languageSystem: 'このコンピューターと同じ', typewriter: 'タイプライタースクロール', typewriterHint: 'カーソルの行の高さを保ちます。集中モードでは常にオン。', dimOthers: '集中モードで他を薄く', dimOthersHint: 'カーソルのない段落が薄くなります。',
    },
  },
  boot: { failed: 'ノートを開けませんでした', retry: 'もう一度' }, palettePreview: 'プレビュー', menu: 'メニュー',
  closing: { failed: '保存できなかったものがあります', body: '文章はこのウィンドウに残っています。とどまってもう一度試すか、閉じて最新の入力を失うかを選べます。', stay: 'とどまる', close: '失って閉じる' },
  editing: {
    attaching: (n) => `${n} を追加中…`, attachFailed: (n) => `${n} を追加できませんでした。元の場所にあります。`, tooLarge: (n, s, l) => `${n} は ${s} です。添付できるのは ${l} までです。ファイルは元の場所にあります。`, attachLabel: 'このノートの画像とファイル', resizePicture: 'ドラッグで大きさを変える', pictureMenu: '画像', pictureSize: { small: '小', medium: '中', large: '大', full: '横幅いっぱい', natural: '元の大きさ' }, noPicture: 'カーソルの位置に画像がありません', pastePlainHint: (k) => `${k} で書式なしに貼り付けます`,
    table: '表', align: '列の揃え', row: '行', column: '列', cut: '切り取り', copy: 'コピー', paste: '貼り付け', alignments: { left: '左', center: '中央', right: '右', none: '文章と同じ' }, goToLine: { title: '行へ移動', label: (l) => `行（1〜${kazu(l)}）`, action: '移動', wrong: (l) => `1 から ${kazu(l)} の数を入力してください。コロンの後に列も書けます。` },
    outline: { title: 'アウトライン', find: '見出しを探す', none: 'その見出しはありません', empty: 'ノートの見出しがここに出ます。行頭に # と空白を書いてください。', untitled: '空の見出し', close: 'アウトラインを隠す', level: (n) => `レベル ${n}` }, focus: { leave: '集中モードを終える' }, vim: { normal: 'ノーマル', insert: '挿入', visual: 'ビジュアル', replace: '置換' },
    counts: { label: '文章の長さ', words: '語', characters: '文字', letters: '空白を除く', time: '読む時間', minutes: (n) => `${n} 分`, selected: (n, all) => `${kazu(n)} / ${all}`, all: '全体', selection: '選択' }, insert: '挿入', extracted: (t) => `「${t}」を別のノートにしました`, slashGroups: { blocks: 'ブロック', lists: 'リスト', inline: '行の中', callouts: '囲み' },
    slash: {
      heading1: { name: 'h1', words: ['見出し', 'heading', 'title'] }, heading2: { name: 'h2', words: ['見出し', 'heading'] }, heading3: { name: 'h3', words: ['見出し', 'heading'] }, heading4: { name: 'h4', words: ['見出し', 'heading'] }, list: { name: 'list', words: ['箇条書き', 'ul'] }, numbers: { name: 'numbered', words: ['番号', 'ol', '1'] }, task: { name: 'task', words: ['タスク', 'todo'] }, table: { name: 'table', words: ['表'] }, codeBlock: { name: 'code', words: ['コード'] },
      quote: { name: 'quote', words: ['引用'] }, rule: { name: 'rule', words: ['水平線', '区切り', 'hr'] }, calloutNote: { name: 'note', words: ['囲み', 'メモ', 'callout'] }, calloutTip: { name: 'tip', words: ['囲み', 'ヒント', 'callout'] }, calloutImportant: { name: 'important', words: ['囲み', '重要', 'callout'] }, calloutWarning: { name: 'warning', words: ['囲み', '警告', 'callout'] }, calloutCaution: { name: 'caution', words: ['囲み', '注意', 'callout'] },
      link: { name: 'link', words: ['リンク', 'url'] }, attach: { name: 'image', words: ['画像', 'ファイル', '添付'] }, footnote: { name: 'footnote', words: ['脚注'] }, noteLink: { name: 'note-link', words: ['ノート', 'wiki'] }, date: { name: 'date', words: ['日付', '今日'] }, time: { name: 'time', words: ['時刻', '今'] },
    },
  },
  reading: {
    contents: '目次', noHeadings: 'ノートの見出しがここに出ます。', properties: 'ノートのプロパティ', formulaFault: (w) => `この数式は組めません: ${w}`, diagram: (l) => l === '' ? '図' : `図: ${l}`, diagramFault: 'この図は描けません。', diagramOutside: 'この図はウェブのものを求めているため、文字のままにします。', wikiLink: (t) => `ノート ${t}`,
    copied: { markdown: 'Markdown としてコピーしました', html: 'HTML としてコピーしました', rich: '書式付きでコピーしました' }, copyFailed: 'ノートをコピーできませんでした', copyAs: '形式を選んでコピー', copyKinds: { markdown: 'Markdown', html: 'HTML', rich: '書式付きの文章' }, print: '印刷…',
  },
  finding: {
    qualifiers: { book: 'ノートブック', tag: 'タグ', status: 'ステータス', title: 'タイトルの語', body: '本文の語', has: '含むもの', updated: '更新した日', created: '作成した日' }, days: { today: '今日', yesterday: '昨日', week: '今週', month: '今月', year: '今年', '7d': 'この 7 日間', '30d': 'この 30 日間', '1y': 'この 1 年間' }, has: { task: 'タスク', todo: '未完了のタスク', attachment: '添付', image: '画像', link: 'リンク', code: 'コード', math: '数式', tag: 'タグ', conflict: '競合' }, completions: '検索を絞り込む', chooseValue: '選ぶ', takeValue: '決める', inTexts: '本文の中', newNote: (t) => `新しいノート「${t}」`, newNoteHint: '当てはまらなければ作成',
    links: { title: 'このノートへのリンク', close: 'リンクを隠す', linked: (n) => `ノート ${n} 件がここへリンク`, unlinked: (n) => `ノート ${n} 件がリンクなしで言及`, none: 'ここへのリンクはまだありません', noneHint: '別のノートで [[ を打つと、このノートへリンクできます。', more: '新しい文章だけを読みました。ほかにもあるかもしれません。', link: 'リンクにする', linkThis: (t) => `${t} の言及をリンクにする`, made: 'リンクにしました', changedMeanwhile: 'その間に文章が変わったため、何も書いていません。' },
    relinked: (n, t) => `ノート ${n} 件のリンクが「${t}」になりました`, linkNote: 'ノートへリンク',
  },
  organising: {
    icon: {
      choose: 'アイコン…', of: (n) => `${n} のアイコン`, symbols: '記号', own: '文字や絵文字', use: '使う', changed: 'アイコンを変更しました', hint: 'ノートブックと一緒に同期され、Inkdrop にも表示されます。',
      names: { book: '本', books: '本棚', archive: '箱', calendar: 'カレンダー', edit: 'ペン', list: 'リスト', quote: '引用', image: '画像', globe: '地球', computer: 'コンピューター', terminal: 'ターミナル', server: 'サーバー', db: 'データベース', cloud: '雲', key: '鍵', lock: '錠', link: 'リンク', clip: 'クリップ', user: '人', sun: '太陽', activity: '波形', alert: '警告', eye: '目', hash: '番号記号', house: '家', briefcase: 'かばん', star: '星', heart: 'ハート', bulb: '電球', code: 'コード', flask: 'フラスコ', school: '学校', music: '音楽', camera: 'カメラ', plane: '紙飛行機', map: '地図', cup: 'カップ', cart: 'カート', purse: '財布', leaf: '葉', paw: '足あと', tools: 'レンチ', rocket: 'ロケット', flag: '旗', bell: 'ベル', moon: '月', people: '人々', game: 'ゲーム' },
    },
    templates: 'テンプレート', emptyTemplates: 'テンプレートはありません', emptyTemplatesHint: 'ノートをテンプレートとして残すと、そこから新しいノートを作れます。', searches: '検索', notebook: { up: '上へ', down: '下へ', focus: 'このノートブックだけを表示', unfocus: 'すべてのノートブックを表示', focused: (n) => `${n} のみ` },
    template: { kept: (t) => `「${t}」をテンプレートとして残しました`, find: 'テンプレートから始める', none: 'その名前のテンプレートはありません', noneYet: 'テンプレートはまだありません。まずノートをテンプレートとして残してください。', untitled: '無題のテンプレート', use: 'ここから新しいノート' }, daily: { template: '日々のノート', weekday: (d) => d.toLocaleDateString('ja-JP', days) },
    search: { save: 'この検索を保存…', saveTitle: '検索を保存', name: '名前', saved: (n) => `「${n}」として保存しました`, taken: '同じ名前の検索がすでにあります。', rename: '検索の名前を変更…', renameTitle: (n) => `${n} の名前を変更`, delete: '検索を削除', deleted: (n) => `検索 ${n} を削除しました` },
    prefs: { trashDays: 'ゴミ箱を自動で空にする', trashDaysHint: 'この期間ゴミ箱にあったノートは、すべての端末から完全に削除されます。', never: 'しない', days: (n) => `${n} 日後`, dailyNotebook: '日々のノート', dailyNotebookHint: 'その日のノートの置き場所。「日々のノート」という名前のテンプレートから始まります。', defaultNotebook: '既定のノートブック' },
  },
  customising: {
    keys: {
      title: 'キー', find: 'コマンドやキーを探す', none: 'その名前やキーのコマンドはありません', preset: '基本のキー', presetHint: '自分で選んでいないところに使われます。', press: 'キーを押してください', unset: 'なし', change: (a, k) => k === '' ? `${a}: キーなし、変更` : `${a}: ${k}、変更`, reset: (a) => `${a} を既定のキーに戻す`, remove: (a) => `${a} のキーを外す`,
      recording: '新しいキーを押してください。Esc で元のまま、Backspace でキーを外します。', taken: (o) => `${o} のキーでもあります。自分で選んだほうが優先されます。`, needsModifier: '一覧とサイドバーの外では、Ctrl・Alt・Cmd かファンクションキーが必要です。', anywhere: 'どこからでもクイックノート', anywhereHint: 'Sheaf の実行中は、ほかのウィンドウの後ろでも使えます。Wayland では、デスクトップの設定で sheaf-desktop --quick-note にキーを割り当ててください。', anywhereRefused: 'このキーは Sheaf に渡されません。ほかのアプリが使っているか、このデスクトップではアプリにキーを渡しません。', anywhereRemove: 'どこからでも使うキーをなくす', resetAll: 'すべて既定に戻す', resetAllTitle: '自分のキーをすべて忘れますか', resetAllBody: (n) => `${n} 件のコマンドが既定のキーに戻ります。`, resetAllDo: '既定を使う',
      json: 'JSON…', jsonTitle: 'キーの JSON', jsonHint: 'コピーして保管や共有ができます。別のものを貼り付けて「使う」を押すと取り込みます。', copy: 'コピー', copied: 'コピーしました', use: '使う', open: 'ファイルを開く…', wrongJson: 'JSON ではありません。', wrongShape: '{ "preset": "sheaf", "keys": { "note.new": "Mod-n" } } の形が必要です。', unknownAction: (id) => `「${id}」というコマンドはありません。`, wrongKeys: (id, k) => `「${id}」の「${k}」はキーではありません。Mod-Shift-p のように書きます。`, taking: (n) => `${n} 件のキーを取り込みました`,
    },
    themes: { system: 'システム', light: 'ライト', dark: 'ダーク', paper: '紙', midnight: '深夜' }, density: '密度', densityHint: '詰めると、一度に多くのノートが見えます。', densities: { comfortable: 'ゆったり', compact: '詰める' }, textFont: '文章の書体', textFontHint: 'エディターとプレビュー。このコンピューターの書体名を書けます。', codeFont: 'コードの書体', codeFontHint: 'コードのブロックと行に。', fonts: { system: 'ウィンドウと同じ', serif: '明朝', rounded: '丸ゴシック', mono: '等幅', other: 'ほかの書体…', name: '書体の名前', theme: 'テーマと同じ' },
    styles: '自分のスタイル', stylesHint: (p) => `起動時に ${p} を読みます。`, stylesOpen: 'フォルダーを開く', stylesReload: '読み直す', stylesOn: (l) => `${l} 行が有効です。`, stylesOff: 'そのファイルはまだありません。', language: '言語', languageHint: 'メニューやボタンの言葉。ウィンドウを読み直します。', languages: { '': 'このコンピューターと同じ' },
  },
  sync: {
    join, link, proxy, reset, server,
    hints: { utilsPage: '/_utils は管理画面で、サーバーのアドレスではありません。取り除きました。', schemeAssumed: 'http:// か https:// がなかったため、補いました。正しいか確かめてください。', noPort: 'ポートがありません。CouchDB は普通 5984（http）か 6984（https）です。', plainHttp: '暗号化されない http です。途中でパスワードやノートを読まれるおそれがあります。できれば https を使ってください。', databaseName: 'データベース名は小文字で、文字で始まり、空白を含みません。', noDatabase: 'データベース名がまだありません。' },
    title: '同期', lead: 'Sheaf はいつもこのコンピューターで動きます。同期はもう一つの写しをそろえておき、ほかの端末でも同じノートが見え、パソコンをなくしても何も失いません。', choice: '同期先', off: '同期しない', offHint: 'ノートはこのコンピューターにとどまり、どこにも送られません。', couchdb: '上級者向け（CouchDB）', couchdbHint: '自分のデータベース。同じ文書形式のアプリでも使えます。', paste: 'URL を貼り付け',
    pasteHint: { keyring: '下の欄を埋め、パスワードはキーリングへ移します。', other: '下の欄を埋めます。' }, pasteFailed: 'このアドレスは読み取れません。https://user:password@host:6984/my-notes のような形です。', address: 'アドレス', userAndPassword: 'ユーザーとパスワード', user: 'ユーザー', password: 'パスワード', database: 'データベース',
    stored: { keyring: 'キーリングに保存', clearFile: 'ファイルに保存', session: 'Sheaf を閉じるまで', unavailable: '保存しない' }, storeHint: { keyring: 'システムのキーリングに入り、ファイルやログには残りません。', clearFile: '自分のアカウントだけが読めるファイルに、暗号化せず保存します。', session: 'Sheaf を閉じるまで保ち、その後はまた尋ねます。', unavailable: 'システムのキーリングが使えません。下で保存先を選んでください。' },
    test: '確認', apply: '適用', applyAnyway: 'それでも適用', createDatabase: (n) => `${n} を作成`, createHint: 'このアカウントで作成できます。', working: 'サーバーに尋ねています', nothingToApply: 'すでに有効です。', missingFields: '先にアドレスとデータベースを入力してください。', answered: (s, ms) => `${s} が ${ms} ミリ秒で応答しました。`, signedIn: (u) => `${u} としてサインインしました。`, anonymous: '匿名でサインインしました。', documents: (n) => n === 0 ? 'データベースは空です。' : `文書が ${kazu(n)} 件あります。`, applied: '適用しました。同期はオンです。', appliedOff: '適用しました。もう何も送られず、ノートはすべてここに残ります。', created: (n) => `${n} を作成しました。`, unreachableHint: 'それでも適用できます。Sheaf は試し続け、応答しだい同期します。',
    store: { title: 'システムのキーリングが使えません', body: 'キーリングなしでは、パスワードを勝手に保存しません。どれかを選んでください。', session: 'Sheaf を閉じるまで', sessionHint: '何も書きません。起動のたびに尋ねます。', clearFile: 'ファイルに、暗号化せず', clearFileHint: '読めるのは自分のアカウントだけですが、ディスクを写した人にも読めます。', keyring: 'もう一度キーリングを試す', useSession: '閉じるまで保つ', useFile: 'ファイルに保存' },
    token: { label: 'トークン', placeholder: 'eyJhbGciOi…', use: '代わりにトークンを使う', usePassword: '代わりにユーザー名とパスワードを使う', again: '新しいトークンを入力', expires: (w) => `トークンの期限は ${w} です。`, expired: (w) => `トークンの期限は ${w} に切れました。新しいものを入力してください。` },
    signIn: { title: 'パスワードをもう一度入力', label: (u) => u === '' ? 'パスワード' : `${u} のパスワード`, do: 'サインイン', button: 'サインイン' },
    waitsForYou: '同期があなたの確認を待っています', foot: {
      label: '同期の状態', off: '同期していません', synced: (t) => `${t} に同期`, ready: 'そろっています', connecting: '接続中…', sending: '送信中', receiving: '受信中', progress: (d, t) => `${kazu(d)}/${kazu(t)}`, conflicts: (n) => `競合 ${kazu(n)} 件`, offline: (w) => `オフライン、${w} 後に再試行`, offlineNow: 'オフライン、再試行中', trouble: (w, t) => `${w}、${t} 後に再試行`, troubleNow: (w) => `${w}、再試行中`, paused: '停止中', resume: '再開', signIn: 'サインイン', decide: '決める', look: '見る', heldBack: (n) => `未送信 ${n} 件`, seconds: (n) => `${n} 秒`, minutes: (n) => `${n} 分`,
      blocked: { signIn: 'もう一度サインイン', targetChanged: '別のデータベース: 決める', massDeletion: '大量の削除: 決める', certificate: '証明書を信頼できません', quota: 'サーバーの空きがありません', other: '同期に確認が必要です' }, troubles: { busy: 'サーバーが混雑', silent: '応答なし', fault: 'サーバーの障害', refused: '待ち受けなし', unknownHost: 'ホストが見つかりません', proxySilent: 'プロキシーが無応答', proxyRefuses: 'プロキシーが拒否', other: '問題あり' },
    },
    menu: { diagnose: 'ネットワーク診断', now: '今すぐ同期', pause: '同期を止める', resume: '同期を再開', preferences: '同期の設定', conflicts: '競合を表示', log: 'ログフォルダーを開く' },
    rail: {
      title: '状態', upToDate: '最新です', off: '同期していません', offHint: 'ノートはこのコンピューターにあります。', connecting: '接続中…', sending: (d, t) => `送信中 ${d}/${t}`, receiving: (d, t) => `受信中 ${d}/${t}`, attention: '最新です（競合あり）', offline: 'オフライン', trouble: '問題あり', blocked: '同期に確認が必要です', paused: '停止中', pausedHint: '再開するまで、編集はここに残ります。', last: (t, a) => `最後の同期 ${t}（${a}）`, never: 'まだ同期していません', next: (w) => `${w} 後に再試行`, soon: '再試行中', now: '今すぐ同期', tryNow: '今すぐ試す', pause: '停止', resume: '再開', onThisComputer: 'このコンピューター', waiting: '送信待ち', conflicts: '競合', decide: (n) => `${n} 件を決める`, remote: '同期先',
      secondsAgo: (n) => `${n} 秒前`, minutesAgo: (n) => `${n} 分前`, hoursAgo: (n) => `${n} 時間前`, daysAgo: (n) => `${kazu(n)} 日前`, justNow: 'たった今', round: (a, b) => a === 0 && b === 0 ? 'どちら側にも新しいものはありません。' : `受信 ${a} 件、送信 ${b} 件。`, openLog: 'ログフォルダーを開く', roundFailed: '同期が終わりませんでした',
    },
    held: { title: '未送信', lead: 'これらはそのままこのコンピューターに残ります。ほかはすべて同期されます。', retry: 'もう一度', since: (w) => `${w} から`, retried: 'Sheaf がもう一度試します。' },
    guard: {
      targetChanged: { what: '同期を止めています。同じ名前の別のデータベースです。', safe: 'どちら側も変更されていません。', sides: (l, r) => `このコンピューターにノート ${kazu(l)} 件、データベースに文書 ${kazu(r)} 件。`, merge: '統合', mergeHint: '両側を合わせます。どちらからも削除しません。' },
      massDeletion: { what: (d, n) => `同期先がノート ${kazu(n)} 件中 ${kazu(d)} 件を削除しようとしています。`, safe: 'ノートはまだここにあります。', todo: '別の端末で自分がしたことなら、そのまま進めてください。', delete: (n) => `ノート ${kazu(n)} 件を削除`, keep: '残す' },
    },
  },
};
