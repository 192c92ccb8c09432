/** Absurd requests to the health port, as they go over the wire. */
export const absurdProbes: readonly (readonly [what: string, bytes: string | Buffer])[] = [
  ['a path of 64 KiB', `GET /${'x'.repeat(65_536)} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ['a header of 64 KiB', `GET /healthz HTTP/1.1\r\nhost: x\r\npad: ${'x'.repeat(65_536)}\r\n\r\n`],
  ['5 000 headers', `GET /healthz HTTP/1.1\r\n${'a: b\r\n'.repeat(5_000)}\r\n`],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['a method nobody knows', 'FROBNICATE /healthz HTTP/1.1\r\nhost: x\r\n\r\n'],
  [
    'a body of 1 TB announced',
    'POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1099511627776\r\n\r\n',
  ],
  ['a negative length', 'POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
  [
    'two lengths',
    'POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
  ],
  [
    'broken chunks',
    'POST /healthz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
  ],
  ['NUL in the path', 'GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a path up and away', 'GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['broken escapes', 'GET /%ff%zz?%00 HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['HTTP/9.9', 'GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n'],
  [
    'an upgrade to nothing',
    'GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: nothing\r\n\r\n',
  ],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS handshake', Buffer.from('1603010200010001fc0303', 'hex')],
  ['a megabyte of garbage', Buffer.alloc(1_048_576, 0xa5)],
  ['2 000 requests at once', 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2_000)],
];
