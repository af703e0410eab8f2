// 日本語: 自分のデータベースの暗号化。

import type { vault as vaultInEnglish } from './en-vault';
import type { Wording } from './translation';
import { thousands } from './plain';

const kazu = (n: number): string => thousands(n, 'ja-JP');

export const vault: Wording<typeof vaultInEnglish> = {
  title: '暗号化',
  off: 'オフ', offHint: 'サーバーの管理者はデータベースの中身を読めます。Inkdrop のアプリも、この形でなければ読めません。',
  on: 'オン', onHint: '送る前にこのコンピューターで暗号化します。鍵はパスワードと同じ場所にあり、パスフレーズはどこにも保存されません。',
  locked: 'ここにはパスフレーズがありません', lockedHint: 'データベースは暗号化されています。このコンピューターでパスフレーズを入力するまで、何も送受信しません。',
  turnOn: '暗号化…', enter: 'パスフレーズを入力…', kit: '復旧シート…', change: 'パスフレーズを変更…', turnOff: '平文のデータベースへ移す…',
  fromTheBeginning: '最初から暗号化…', fromTheBeginningHint: 'まだ空です。あとからでは別のデータベースへの移動が必要になります。',

  passphrase: 'パスフレーズ', repeat: 'もう一度', fresh: '新しいパスフレーズ', code: '復旧コード', useCode: '復旧コードを使う', usePassphrase: 'パスフレーズを使う',
  differs: '二つが一致しません。',
  short: '10 文字以上にしてください。',
  strength: {
    weak: 'サーバーを手にした人には簡単に当てられます。つながりのない語を足してください。',
    fair: '好奇心は防げます。もう数語足すと長く持ちます。',
    good: '十分です。つながりのない語が五つ以上あれば、まず当てられません。',
  },
  none: 'サーバーの管理者は何度でも試せます。パスワードより長く、つながりのない語をいくつか並べてください。',

  create: { title: 'データベースを暗号化', lead: 'これからは、送る前にこのコンピューターですべて暗号化します。ほかの端末では、このパスフレーズを一度入力します。Inkdrop のアプリは、このデータベースを読めません。', do: '暗号化', working: '鍵を作っています…' },
  move: {
    title: '暗号化したデータベースへ移す', lead: (database) => `${database} にはすでにノートがあり、以前の版は読めるまま残ります。すべてを新しいデータベースへ写し、数を確かめてから切り替えます。${database} はそのまま残ります。`,
    name: '新しいデータベース', do: '写して切り替える', taken: 'まだ使われていない名前を選んでください。',
    plainTitle: '平文のデータベースへ移す', plainLead: (database) => `ほかのアプリにも、サーバーの管理者にも読める新しいデータベースへ、すべてを写します。${database} はそのまま残ります。`,
  },
  open: { title: 'パスフレーズを入力', lead: (database) => `${database} は暗号化されています。パスフレーズは、暗号化した端末で決めたものです。`, do: '開く', lost: 'なくしたときは、復旧コードでも開けます。どちらもなければ誰にも読めず、誰も助けられません。端末にあるノートは残ります。' },
  confirm: { title: '復旧シートを表示', lead: 'データベースのパスフレーズを入力してください。', do: '表示' },
  changing: { title: 'パスフレーズを変更', lead: 'ノートはそのままで、すでに使っている端末もそのまま使えます。復旧コードも変わりません。', do: '変更' },

  recovery: {
    title: '復旧シート', lead: 'パスフレーズをなくしても、このコードでデータベースを開けます。印刷するか書き写して、このコンピューターとは別の場所に保管してください。コードもパスフレーズもなければ、誰にも読めず、誰も助けられません。',
    print: '印刷…', copy: 'コピー', copied: 'コピーしました', copyFailed: 'コピーできませんでした。書き写してください。', printFailed: '印刷できませんでした。コピーするか書き写してください。', done: '保管しました',
    page: {
      title: 'Sheaf 復旧シート', database: 'データベース', key: '鍵', code: '復旧コード', passphrase: 'パスフレーズ (ここに控える場合)',
      what: 'このコードを持つ人は、データベースのすべてのノートを読めます。パスワードは含まれません。サーバーに届くには、アカウントのパスワードも必要です。',
      how: '使い方: 設定、同期、詳細 (CouchDB)。アドレスとアカウントを入力し、「パスフレーズを入力…」から「復旧コードを使う」を選びます。',
      nobody: 'ほかに開く方法はありません。Sheaf の作り手にも、サーバーの管理者にも開けません。',
    },
  },

  conversion: {
    encrypting: '暗号化したデータベースへ移しています', decrypting: '平文のデータベースへ移しています',
    stages: {
      receiving: (from) => `${from} からすべて受信しています`, creating: (to) => `${to} を作成しています`,
      copying: (done, total) => total === 0 ? '写しています' : `写しています (${kazu(done)} / ${kazu(total)})`, checking: '両方の数を確かめています',
    },
    safe: (from) => `${from} は変更されません。終わると同期を再開します。`,
    cancel: 'キャンセル', carryOn: '続ける', giveUp: 'やめる',
    interrupted: '移動が中断されました', failed: '移動が止まりました', stillOld: (from) => `${from} をこれまでどおり使っています。写し終えたものは二度写しません。`,
    giveUpHint: 'やめると、未完成のデータベースは取り除かれます。',
    done: (to) => `${to} を使っています`,
    counts: (notes, notebooks, tags, attachments) => `ノート ${kazu(notes)} 件、ノートブック ${kazu(notebooks)} 件、タグ ${kazu(tags)} 件、添付 ${kazu(attachments)} 件がそろっています。`,
    left: (n, from) => `${kazu(n)} 件は読めず、${from} に残りました。`,
    oldPlain: (from) => `${from} にはすべてが平文で残っています。ほかの端末を新しいデータベースに切り替えてから、サーバー上の古いものとそのバックアップを削除してください。`,
    oldSealed: (from) => `${from} は変更されていません。ほかの端末を新しいデータベースに切り替えてから、サーバー上の古いものを削除してください。`,
    read: '閉じる',
  },
};
