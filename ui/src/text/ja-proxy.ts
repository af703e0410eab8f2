// このネットワークから外へ出る道。

import type { proxy as english } from './en-proxy';

export const proxy: typeof english = {
  title: 'プロキシー', lead: '同期、アカウント、診断が他のコンピューターへつながる方法です。このコンピューター自身へはプロキシーを通しません。',
  choice: 'プロキシー', choices: { system: 'システム', direct: 'なし', manual: '手動' },
  hints: { system: '環境変数とシステムの設定に従います。', direct: 'システムの設定にかかわらず、直接つなぎます。' },
  kind: '種類', kinds: { http: 'HTTP', https: 'HTTPS', socks5: 'SOCKS5' }, host: 'ホスト', hostAndPort: 'ホストとポート', hostPlaceholder: 'proxy.example.org', port: 'ポート', portPlaceholder: '3128',
  userAndPassword: 'ユーザーとパスワード', user: 'ユーザー', password: 'パスワード', optional: 'プロキシーが求めないときは、どちらも空のままにします。',
  except: '除外', exceptPlaceholder: 'inside.example.org, 10.0.0.0/8', exceptHint: 'プロキシーを通さないホスト、ドメイン、ネットワークをコンマで区切ります。',
  apply: '適用', applied: '今から有効です。', nothing: 'すでに有効です。', missing: '先にホストとポートを入力してください。', invalid: 'プロキシーのアドレスではありません。proxy.example.org と 3128 のような形です。',
};
