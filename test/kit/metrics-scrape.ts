/** What one `GET /metrics` said. */
export class MetricsScrape {
  readonly contentType: string | null;
  readonly text: string;
  readonly #values: ReadonlyMap<string, number>;

  constructor(text: string, contentType: string | null = null) {
    this.text = text;
    this.contentType = contentType;
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    this.#values = new Map(lines.map(sampleOf));
  }

  /** The value of a line as it is written, e.g. `up{kind="a"}`; undefined when it is not there. */
  value(line: string): number | undefined {
    return this.#values.get(line);
  }

  /** Lines of one metric: what is in the braces, and the value. */
  samples(name: string): Readonly<Record<string, number>> {
    const own = [...this.#values].filter(([line]) => line === name || line.startsWith(`${name}{`));
    return Object.fromEntries(own.map(([line, value]) => [line.slice(name.length), value]));
  }

  /** Names in the order they are told. */
  get names(): readonly string[] {
    return [...this.text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name);
  }
}

/** Asks the metrics port of this machine. */
export async function scrapeMetrics(port: number): Promise<MetricsScrape> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return new MetricsScrape(await response.text(), response.headers.get('content-type'));
}

function sampleOf(line: string): [line: string, value: number] {
  const space = line.lastIndexOf(' ');
  return [line.slice(0, space), Number(line.slice(space + 1))];
}
