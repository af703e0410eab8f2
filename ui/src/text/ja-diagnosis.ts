// 日本語: ネットワーク診断。診断結果の文のまわりのすべて。

import type { FixKind } from '../ipc/generated';
import type { diagnosis as diagnosisInEnglish } from './en-diagnosis';
import { grouped, type FixWords } from './en-diagnosis';
import { checks, findings } from './ja-findings';
import type { Wording } from './translation';
import { thousands } from './plain';

const kazu = (n: number): string => thousands(n, 'ja-JP');
const megabytes = (bytes: number): string => bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.round(bytes / 1000)} kB`;

const back = 'このページで取り消せます。';

function fix(kind: FixKind, inForce: boolean): FixWords {
  switch (kind.kind) {
    case 'useAddress': return {
      do: `${kind.address} を使う`, title: `${kind.address} を使いますか`, done: `アドレスは ${kind.address} です`,
      body: inForce ? `これからはこのアドレスと、同じユーザー・パスワード・データベースで同期します。ここでも向こうでも何も削除しません。${back}` : 'このアドレスでもう一度調べます。設定は変わりません。',
    };
    case 'useDatabase': return {
      do: `データベース ${kind.name} を使う`, title: `データベース ${kind.name} を使いますか`, done: `データベースは ${kind.name} です`,
      body: inForce ? `これからはこのデータベースと同期します。先にここのノートをバックアップします。${back}` : 'この名前でもう一度調べます。設定は変わりません。',
    };
    case 'trustCertificate': return {
      do: 'この証明書を信頼…', title: `${kind.server} のこの証明書を信頼しますか`, done: `${kind.server} の証明書 ${grouped(kind.sha256).slice(0, 19)}… を信頼しています`,
      body: `サーバーが同じフィンガープリントを示す場合だけ進んでください: ${grouped(kind.sha256)}。Sheaf は、このサーバーのこの証明書だけを、替わるまで信頼します。${back}`,
    };
    case 'createDatabase': return {
      do: `${kind.name} を作成`, title: `データベース ${kind.name} を作成しますか`, done: `データベース ${kind.name} を作成しました`,
      body: 'サーバーに空のデータベースを作ります。ほかは何も変えません。空のあいだは、このページで取り消せます。',
    };
    case 'restrictSecurity': return {
      do: `${kind.user} だけに限る`, title: `データベースを ${kind.user} だけに限りますか`, done: `${kind.user} と管理者だけが入れます`,
      body: `これからは ${kind.user} と管理者、すでに登録された人だけが読めます。名前なしで同期する端末は入れなくなります。${back}`,
    };
    case 'smallerBatches': return {
      do: `一度に ${megabytes(kind.bytes)} まで送る`, title: `一度に ${megabytes(kind.bytes)} まで送るようにしますか`, done: `一度に ${megabytes(kind.bytes)} まで送ります`,
      body: `このサーバーへの要求を小さくします。少し時間がかかります。${back}`,
    };
    case 'askEvery': return {
      do: `${kind.seconds} 秒ごとに尋ねる`, title: `${kind.seconds} 秒ごとに尋ねますか`, done: `${kind.seconds} 秒ごとに変更を尋ねます`,
      body: `静かな接続を保つ代わりに、このサーバーへ ${kind.seconds} 秒ごとに変更を尋ねます。${back}`,
    };
    case 'preferIpv4': return { do: 'このサーバーには IPv4 を使う', title: 'このサーバーには IPv4 を使いますか', done: 'このサーバーには IPv4 を使います', body: `Sheaf はこのサーバーの IPv6 アドレスを使いません。${back}` };
    case 'withoutProxy': return {
      do: 'プロキシを使わない', title: 'このサーバーへはプロキシを使わずに接続しますか', done: 'このサーバーへはプロキシなしで接続します',
      body: `Sheaf はこのサーバーへ直接つなぎ、システムのプロキシ設定を使いません。${back}`,
    };
    case 'retryStuck': return {
      do: `文書 ${kazu(kind.documents)} 件をもう一度`, title: `文書 ${kazu(kind.documents)} 件をもう一度試しますか`, done: `文書 ${kazu(kind.documents)} 件をもう一度試しました`,
      body: '次の同期でもう一度送ります。また断られたものは、そのままここに残ります。',
    };
  }
}

export const diagnosis: Wording<typeof diagnosisInEnglish> = {
  title: 'ネットワーク診断', fix, grouped, checks, findings,
  groups: { computer: 'このコンピューター', address: 'アドレス', connection: '接続', certificate: '証明書', server: 'サーバー', signIn: 'サインイン', database: 'データベース', changes: '変更の受け取り', encryption: '暗号化', sync: '同期' },
  lead: {
    idle: 'このコンピューターとサーバーの間を一段ずつ調べ、何が妨げているかを普通の言葉で伝えます。ほかのホストには尋ねません。',
    safe: (target) => `${target}。このコンピューターのノートは無事です。`,
    nowhere: '同期はオフです。使う前に調べたいアドレスを入力してください。設定は変わりません。',
  },
  verdict: {
    running: '調べています…', healthy: 'すべて問題ありません', incomplete: '調べていないものがあります',
    problems: (failed, warnings) => [failed > 0 ? `問題 ${kazu(failed)} 件` : '', warnings > 0 ? `注意 ${kazu(warnings)} 件` : ''].filter((part) => part !== '').join('、'),
  },
  address: 'アドレス', addressPlaceholder: 'https://user:password@host:port/database', check: '調べる', addressHint: '含まれるパスワードは今回の確認だけに使い、どこにも残しません。', another: '別のアドレスを調べる…', own: '設定中のアドレスを調べる',
  progress: (done, all) => `${all} 項目中 ${done} 項目を確認`, progressLabel: '確認項目',
  run: '診断する', again: 'もう一度', stop: '中止', copy: '報告をコピー', save: '報告を保存', copied: '報告をクリップボードに入れました', copyFailed: '報告をコピーできませんでした', saved: (path) => `${path} に保存しました`,
  deep: '静かな接続を 40 秒見守る', deepHint: '接続を切るプロキシの多くは 30 秒で切ります。',
  hideNames: 'ホスト名を含めない',
  redacted: '報告にパスワード、タイトル、本文は含まれません。',
  means: 'これはどういうことか', todo: 'どうすればよいか', code: (check, code) => `${check} · ${code}`,
  states: { waiting: '待機中', running: '確認中', passed: '良好', notNeeded: '不要', warning: '注意', failed: '問題', skipped: '省略', cancelled: '未確認' },
  skipped: (cause) => `省略: 「${cause}」に左右されます`, cancelled: '確認の前に終わりました', waiting: '待機中',
  copyLine: 'この行をコピー', lineCopied: 'この行をクリップボードに入れました',
  applied: 'ここで行ったこと', undo: '取り消す', undone: '取り消しました', fixFailed: 'うまくいきませんでした',
  ms: (n) => n < 1000 ? `${n} ミリ秒` : `${(n / 1000).toFixed(1)} 秒`, seconds: (n) => `${n.toFixed(1)} 秒`,
  openLoginPage: 'ログインページを開く',
  open: '診断…', likely: (what) => `おそらく: ${what}。`,
};
