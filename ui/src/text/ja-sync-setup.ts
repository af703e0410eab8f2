// 日本語: 一方をもう一方に合わせる前の確認、やり直し、サーバーの準備、次の端末へのリンク。

import type { join as joinInEnglish, link as linkInEnglish, reset as resetInEnglish, server as serverInEnglish } from './en-sync-setup';
import type { Wording } from './translation';
import { thousands } from './plain';

const kazu = (n: number): string => thousands(n, 'ja-JP');
const notes = (n: number): string => `ノート ${kazu(n)} 件`;
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toLocaleString('ja-JP', { maximumFractionDigits: 1 })} MB`;

export const join: Wording<typeof joinInEnglish> = {
  title: { switch: 'どちらの側にもノートがあります', shared: 'このデータベースはほかでも使われています', guard: '別のデータベース', pull: '最初から同期', push: '同期先を作り直す' },
  lead: {
    switch: 'まだ何も変更されていません。片側だけにあるものをどうするか選んでください。',
    guard: 'ここでも向こうでも何も変更されていません。片側だけにあるものをどうするか選んでください。',
    pull: 'このコンピューターがデータベースと同じになります。ここのノートがおかしいときに使います。',
    push: 'データベースがこのコンピューターと同じになります。向こうのノートがおかしいときに使います。',
  },
  counting: '両側を数えています', countFailed: 'データベースを数えられませんでした。',
  here: 'このコンピューター', both: '両方', notes,
  others: (n, examples) => `そこにある文書 ${kazu(n)} 件は Sheaf のものではありません（${examples.join('、')}${n > examples.length ? '、…' : ''}）。別のアプリがこのデータベースを使っています。専用のデータベースのほうが安全です。`,
  accounts: (names) => `そこのノートは ${names.join('、')} としても同期されています。統合すると一つの一覧になります。`,
  nothingInCommon: '両側に共通するノートがありません。ほかの人のものかもしれません。',
  choice: 'どうするか',
  merge: '統合する', mergeHint: '両側を合わせます。どちらの側でも削除しません。',
  replaceRemote: 'データベースを置き換える',
  replaceRemoteHint: (n) => n === 0 ? 'このコンピューターと同じになります。' : `向こうだけにある${notes(n)}が、ほかの端末からも削除されます。`,
  replaceHere: 'このコンピューターを置き換える',
  replaceHereHint: (n) => n === 0 ? 'データベースと同じになります。' : `ここだけにある${notes(n)}が、このコンピューターから消えます。`,
  backup: '先に、このコンピューターのすべての写しをデータフォルダーに置きます。',
  resumes: '途中で切れても、自動で続きます。',
  doMerge: '統合する', doReplaceRemote: (n) => n === 0 ? 'データベースを置き換える' : `向こうの${notes(n)}を削除`, doReplaceHere: (n) => n === 0 ? 'このコンピューターを置き換える' : `ここの${notes(n)}を置き換える`,
  moved: '読んだあとで数が変わりました。まだ何もしていません。もう一度確かめてください。',
  replaceRemoteAsk: '同期先を置き換える…', replaceHereAsk: 'このコンピューターを置き換える…',
};

export const reset: Wording<typeof resetInEnglish> = {
  title: 'やり直す', pull: '最初から同期…', push: '同期先を作り直す…', cancel: '代わりに統合する',
  pulling: (done, total) => `最初から、${kazu(done)} / ${kazu(total)}`,
  pushing: (done, total) => `作り直し中、${kazu(done)} / ${kazu(total)}`,
  waiting: { pull: 'サーバーが応答すると、最初からの同期が続きます。', push: 'サーバーが応答すると、作り直しが続きます。', cancel: '' },
};

export const server: Wording<typeof serverInEnglish> = {
  title: 'サーバー', lead: '誰が入れるか、スマートフォンに何が要るか、どこまで通るか。', look: '調べる', looking: 'サーバーに尋ねています', failed: 'サーバーが答えませんでした',
  access: '入れる人', open: '誰でも、パスワードなしで', openHint: '名前を告げずに尋ねると、データベースは中身を見せました。アドレスを知る人は、誰でもノートを読み書きできます。',
  party: 'このサーバーに届く人は誰でも管理者です。まだ管理者が決められていません。先にサーバー自身の画面で管理者を決めてください。',
  closed: '登録された人だけ', closedHint: '名前を告げずに尋ねると、データベースは何も見せません。',
  members: 'メンバー', admins: '管理者', roles: '役割', nobody: '登録された人はいません',
  restrict: (name) => `${name} だけに限る`, restrictMore: (name, n) => `${name} と、ほか ${kazu(n)} 人に限る`,
  restrictHint: 'すでに登録された人は残ります。', mayNot: 'このアカウントでは、入れる人を変えられません。サーバーの管理者ならできます。',
  mobile: 'スマートフォン', mobileReady: '必要なフィルターがあります。', mobileMissing: 'スマートフォンのアプリには、添付を除くフィルターが必要です。', prepare: 'スマートフォン用に準備',
  limits: '通る大きさ', limitsHint: '最大 11 MB を送ります。どこにも残りません。', measure: '測る',
  takes: (bytes) => `${megabytes(bytes)} は通りました。`, refuses: (bytes) => `${megabytes(bytes)} は通りませんでした。上限が上がるまで、それより大きいノートと添付はこのコンピューターに残ります（nginx: client_max_body_size）。`,
  document: (bytes) => `ノート一つは ${megabytes(bytes)} までです。`,
};

export const link: Wording<typeof linkInEnglish> = {
  title: '別の端末', lead: '設定リンクは、選んだパスフレーズで閉じて、この設定を運びます。', create: '設定リンクを作る…', use: '設定リンクを使う…',
  createTitle: '別の端末への設定リンク', createLead: 'リンクは好きな方法で送り、パスフレーズは別の方法で伝えてください。',
  useTitle: '設定リンクを使う', useLead: 'もう一方の端末で作ります: 設定、同期。',
  link: '設定リンク', placeholder: 'sheaf://setup/…', passphrase: 'パスフレーズ', tooShort: '8 文字以上。リンクを手に入れた人は何度でも試せます。',
  withPassword: 'パスワードも含める', withToken: 'トークンも含める', tokenHint: 'もう一度入力します。保存したトークンは、アプリ自身の画面にも見せません。', otherToken: 'ここで使っているトークンではありません。', withPasswordHint: '含めない場合は、別の端末で入力します。', password: (user) => `${user} のパスワード`, passwordHint: 'もう一度入力します。保存したパスワードは、アプリ自身の画面にも見せません。', make: '作成', open: '欄に入力', copy: 'リンクをコピー', copied: 'コピーしました', noLink: '設定リンクではありません。sheaf://setup/ で始まります。',
};
