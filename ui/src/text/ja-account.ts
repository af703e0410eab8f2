// 日本語: Sheaf サーバーのアカウント。

import type { account as accountInEnglish } from './en-account';
import type { Wording } from './translation';

export const account: Wording<typeof accountInEnglish> = {
  option: 'Sheaf サーバー', optionHint: 'このコンピューターを出る前に暗号化されます。プログラム一つで自分で運用するか、信頼できる人のものを使います。',
  ways: 'アカウント', signIn: 'サインイン', signUp: '新しいアカウント',
  address: 'アドレス', addressPlaceholder: 'https://notes.example.org', addressHint: 'サーバーが起動時に示すとおりに。Standard Notes 用のほかのサーバーも使えます。',
  email: 'メールアドレス', emailPlaceholder: 'anna@example.org', emailHint: 'アカウントの名前として使うだけです。何も送られません。',
  password: 'パスワード', repeat: 'もう一度', code: '復旧コード',
  useCode: '復旧コードを使う', usePassword: 'パスワードを使う',
  passwordHint: 'ノートの鍵は、このコンピューターの上でここから作られます。サーバーが目にすることはなく、誰も再設定できません。',
  short: '8 文字以上。', differs: '二つが同じではありません。', plainHttp: '別のコンピューターへの普通の http です。ノートは暗号化されたままですが、いつ同期しているかは他人に見えます。できれば https を使ってください。',
  doSignIn: 'サインイン', doSignUp: 'アカウントを作成', working: 'パスワードから鍵を作っています…', answers: (host) => `${host} で Sheaf サーバーが応答しました。`, missing: '先にアドレス、メールアドレス、パスワードを入力してください。',
  older: { what: 'このアカウントは古いアプリの方式で守られています', body: 'サーバーに侵入した者には、パスワードを推測しやすい方式です。開いて、そのあと更新できます。古い方式しか知らないアプリは、更新後は開けません。', open: 'それでも開く' },
  upgrade: { what: 'このアカウントはもっと強く守れます', body: '古いアプリが作ったままです。更新すると、選んだパスワードから新しい鍵を作ります。', do: '更新…' },
  keyring: 'システムのキーリングに鍵だけを保管し、パスワードは保管しません。',
  keyringOther: '鍵はパスワードと同じ場所に保管されます。パスワードそのものは保管されません。',

  signedIn: (display) => `サインイン中: ${display}`, signedOut: (display) => `サインアウト: ${display}`, protectedBy: '送る前に、このコンピューターで暗号化されます。',
  hideSizes: '大きさを隠す', hideSizesHint: 'ノートを何段階かの大きさに揃え、サーバーに長短を知られないようにします。サーバーの容量を少し多く使います。',
  changePassword: 'パスワードを変更…', kit: '復旧コード…', leave: 'サインアウト…', remove: 'アカウントを削除…',
  again: '続けるにはもう一度サインインしてください。その間に書いたものは残り、あとで送られます。',

  suspicious: { title: '正直なサーバーなら決してしないことが起きました', dismiss: '読みました' },
  warnings: {
    older: (name) => `「${name}」の古い版を返しました。新しいほうを残し、もう一度送りました。`,
    forked: (name) => `「${name}」について、以前と違う履歴をこの端末に見せました。ほかの端末と見比べてください。`,
    retyped: (name) => `「${name}」を、書かれたものとは別の種類だと言っています。手を付けていません。`,
    missing: (name) => `別の端末が書いた「${name}」を渡しません。`,
    deleted: (name) => `Sheaf を使うどの端末もしていないのに「${name}」を削除しました。最後の文章はこのコンピューターに残っています。`,
    altered: (name) => `「${name}」として渡されたものは、どの端末が書いたものでもありません。取り込まず、ここにあるものはそのままです。`,
  },

  change: { title: 'パスワードを変更', lead: 'ノートはそのままで、送り直しもありません。鍵の鍵だけが替わります。ほかの端末は次の同期で新しいパスワードを尋ねます。', current: '今のパスワード', fresh: '新しいパスワード', repeat: '新しいパスワードをもう一度', do: 'パスワードを変更' },
  upgradeTitle: 'アカウントを更新', upgradeLead: 'より強い新しい鍵を作ります。同じパスワードを入力してもかまいません。ほかの端末は次の同期でパスワードを尋ねます。', upgradeDo: '更新',
  recovery: {
    title: '復旧コード', lead: 'パスワードを失ったときにアカウントを開けます。ほかの誰にもできないので、紙やパスワード管理ソフトなど、自分だけが見つけられる所に保管してください。',
    copy: 'コピー', copied: 'コピーしました', copyFailed: 'コピーできませんでした。選択して手でコピーするか、書き写してください。', done: '保管しました',
    text: (email, address, code) => `Sheaf 復旧コード\n\nアカウント: ${email}\nサーバー:   ${address}\n\n${code}\n\nこのコードを持つ人は、アカウントのすべてのノートを読めます。入力する場所:\n設定、同期、Sheaf サーバー、復旧コードを使う。\n`,
  },
  show: { title: '復旧コードを表示', lead: 'アカウントのパスワードを入力してください。', do: '表示' },
  removal: { title: 'アカウントを削除', lead: 'サーバーにあるものが、すべての端末から永久に消えます。このコンピューターのノートは残ります。', do: 'アカウントを削除' },
  leaving: {
    title: 'サインアウト', keep: 'このコンピューターにノートを残す', keepHint: 'そのまま残り、同期されなくなります。', drop: 'このコンピューターから消す', dropHint: '先にすべてを送ります。サーバーには残ります。ここにある以前の版も消えます。', do: 'サインアウト',
  },
  file: {
    title: 'すべてのノートをファイルに', lead: 'ノート、ノートブック、タグを JSON にします。Standard Notes 用のどのアプリも読み書きできる形式です。ファイルは暗号化されず、画像などの添付は入りません。',
    save: '書き出す', take: '読み込む…', taking: 'ノートのファイル', saved: (path) => `${path} に保存しました。ファイルを持つ人は中身を読めます。`,
    taken: (notes, others) => `ノート ${notes} 件を取り込みました${others === 0 ? '。' : `。ノートブックとタグは ${others} 件です。`}`,
    nothing: '新しいものはありません。', here: (n) => `${n} 件はすでにここにありました。`, skipped: (n) => `${n} 件は Sheaf の知らない種類か暗号化されたもので、取り込みませんでした。`,
    refused: 'ノートのファイルではありません。何も変わっていません。',
  },
};
