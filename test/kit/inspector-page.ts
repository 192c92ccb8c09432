import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';

interface PageMessage {
  readonly source: object;
  readonly origin: string;
  readonly data: unknown;
}

/** Where the frame's code comes from, as the browser would say it. */
const FRAME_ORIGIN = 'https://stately.ai';

/**
 * Runs the inspector page's script as a browser would, around a frame whose window is given to
 * whoever plays Stately's page. Real WebSockets, no DOM.
 */
export function playPage(html: string, address: URL) {
  const hears: ((message: PageMessage) => void)[] = [];
  const frameHears: ((message: { data: unknown }) => void)[] = [];
  const played = { connections: 0, targets: new Set<string>() };
  class CountedSocket extends WebSocket {
    constructor(url: string) {
      super(url);
      played.connections += 1;
    }
  }
  const say = (message: PageMessage) => {
    for (const hear of hears) hear(message);
  };
  const frameWindow = {
    self: 'frame',
    top: 'page',
    parent: {
      postMessage: (data: unknown) => say({ source: frameWindow, origin: FRAME_ORIGIN, data }),
    },
    addEventListener: (_type: 'message', hear: (typeof frameHears)[number]) =>
      frameHears.push(hear),
    postMessage: (data: unknown, target: string) => {
      played.targets.add(target);
      for (const hear of frameHears) hear({ data });
    },
  };
  runInNewContext(/<script>(.*)<\/script>/s.exec(html)?.[1] ?? 'missing', {
    WebSocket: CountedSocket,
    location: { host: address.host, search: address.search },
    document: { title: '', querySelector: () => ({ contentWindow: frameWindow }) },
    addEventListener: (_type: 'message', hear: (typeof hears)[number]) => hears.push(hear),
  });
  return { played, frameWindow, say };
}
