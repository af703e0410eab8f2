// The way out of this network.

export const proxy = {
  title: 'Proxy', lead: 'How Sheaf reaches other computers: sync, accounts and the diagnosis alike. This computer itself is never reached through one.',
  choice: 'Proxy', choices: { system: 'System', direct: 'None', manual: 'Manual' },
  hints: { system: 'As the environment and the settings of the system say.', direct: 'Straight out, whatever the system says.' },
  kind: 'Kind', kinds: { http: 'HTTP', https: 'HTTPS', socks5: 'SOCKS5' }, host: 'Host', hostAndPort: 'Host and port', hostPlaceholder: 'proxy.example.org', port: 'Port', portPlaceholder: '3128',
  userAndPassword: 'User and password', user: 'User', password: 'Password', optional: 'Leave both empty if the proxy asks for neither.',
  except: 'Not for', exceptPlaceholder: 'inside.example.org, 10.0.0.0/8', exceptHint: 'Hosts, domains and networks to reach without it, separated by commas.',
  apply: 'Apply', applied: 'In force from now on.', nothing: 'This is already in force.', missing: 'Fill in host and port first.', invalid: 'This is not the address of a proxy. It looks like proxy.example.org and 3128.',
};
