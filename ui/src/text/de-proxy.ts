// Der Weg aus diesem Netz heraus.

import type { proxy as english } from './en-proxy';

export const proxy: typeof english = {
  title: 'Proxy', lead: 'Wie Sheaf andere Computer erreicht: Abgleich, Konten und Diagnose gleichermaßen. Dieser Computer selbst wird nie über einen erreicht.',
  choice: 'Proxy', choices: { system: 'System', direct: 'Keiner', manual: 'Von Hand' },
  hints: { system: 'Wie die Umgebung und die Einstellungen des Systems es sagen.', direct: 'Geradewegs hinaus, was immer das System sagt.' },
  kind: 'Art', kinds: { http: 'HTTP', https: 'HTTPS', socks5: 'SOCKS5' }, host: 'Host', hostAndPort: 'Host und Port', hostPlaceholder: 'proxy.example.org', port: 'Port', portPlaceholder: '3128',
  userAndPassword: 'Name und Passwort', user: 'Name', password: 'Passwort', optional: 'Lass beides leer, wenn der Proxy nach keinem fragt.',
  except: 'Nicht für', exceptPlaceholder: 'inside.example.org, 10.0.0.0/8', exceptHint: 'Hosts, Domänen und Netze, die ohne ihn erreicht werden, durch Kommas getrennt.',
  apply: 'Übernehmen', applied: 'Gilt von jetzt an.', nothing: 'Das gilt schon.', missing: 'Trage zuerst Host und Port ein.', invalid: 'Das ist keine Adresse eines Proxys. Sie sieht so aus: proxy.example.org und 3128.',
};
