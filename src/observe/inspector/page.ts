/** Stately's hosted inspector; its code is loaded by the watcher's browser, never by us. */
const STATELY_ORIGIN = 'https://stately.ai';

/**
 * The page that feeds Stately's inspector. Once the frame says it listens, the page connects to
 * us, so nothing is queued: whatever came earlier is told on joining. Messages go only to the
 * origin that announced itself from our own frame.
 */
const HTML = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Rootstock inspector</title>
  <style>html, body, iframe { margin: 0; border: 0; width: 100%; height: 100%; display: block }</style>
</head>
<body>
  <iframe title="Stately inspector" src="${STATELY_ORIGIN}/inspect"></iframe>
  <script>
    const frame = document.querySelector('iframe');
    let socket;
    addEventListener('message', ({ source, origin, data }) => {
      if (source !== frame.contentWindow || data?.type !== '@statelyai.connected') return;
      if (socket) socket.onclose = null;
      socket?.close();
      socket = new WebSocket('ws://' + location.host + '/' + location.search);
      socket.onmessage = (message) => source.postMessage(JSON.parse(message.data), origin);
      socket.onclose = () => { document.title = 'Rootstock inspector (disconnected, reload)'; };
    });
  </script>
</body>
</html>
`;

/** The token is in this page's address: no other site may learn it, frame it or add to it. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'unsafe-inline'",
    "style-src 'unsafe-inline'",
    `frame-src ${STATELY_ORIGIN} https://*.stately.ai`,
    "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;

/** What `GET /` answers an admitted browser. */
export const inspectorPage = { html: HTML, headers: HEADERS } as const;
