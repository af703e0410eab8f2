// The proxy that was named, with its password where passwords are kept.

import type { ProxySetting, SaveProxy } from '../generated';
import { refuse } from './store';

export interface FakeProxy {
  setting: ProxySetting;
  password: string | null;
}

/** What comes of a request; a password belongs to one name at one place. */
export function saveProxy(before: FakeProxy, request: SaveProxy): FakeProxy {
  const { setting } = request;
  if (setting.kind !== 'manual') return { setting, password: null };
  let { scheme, host, port, user } = setting;
  let password = request.password;
  const whole = /^(?:(http|https|socks5h?):\/\/)?(?:([^:@]*)(?::(.*))?@)?(\[[0-9a-f:]+\]|[^:@/\s[\]]+)(?::(\d{1,5}))?\/?$/i.exec(host);
  if (whole === null) return refuse('invalid');
  const [, kind, name, secret, bare, number] = whole;
  if (kind !== undefined) scheme = kind.startsWith('socks') ? 'socks5' : kind === 'https' ? 'https' : 'http';
  if (user === '') user = decodeURIComponent(name ?? '');
  password ??= secret === undefined ? null : decodeURIComponent(secret);
  host = bare ?? host;
  if (number !== undefined) port = Number(number);
  if (port < 1 || port > 65_535) return refuse('invalid');
  const old = before.setting;
  const same = old.kind === 'manual' && old.host === host && old.port === port && old.user === user;
  const except = setting.except.split(/[, \n]+/).filter((one) => one !== '').join(', ');
  return { setting: { kind: 'manual', scheme, host, port, user, except }, password: user === '' ? null : (password ?? (same ? before.password : null)) };
}
