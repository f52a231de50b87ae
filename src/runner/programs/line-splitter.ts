import { StringDecoder } from 'node:string_decoder';

const LONGEST_LINE = 4 << 20;

/** Cuts bytes into lines of text; what is beyond 4 MiB of one line is left out. */
export function createLineSplitter(take: (line: string) => void, longest = LONGEST_LINE) {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let size = 0;

  const keep = (text: string) => {
    if (size >= longest) return;
    parts.push(text.slice(0, longest - size));
    size += text.length;
  };
  const flush = () => {
    const line = parts.join('');
    parts = [];
    size = 0;
    take(line);
  };

  return {
    push(chunk: Buffer): void {
      const text = decoder.write(chunk);
      let from = 0;
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
        keep(text.slice(from, at));
        flush();
        from = at + 1;
      }
      if (from < text.length) keep(text.slice(from));
    },
    /** Takes what has no end as a line as well. */
    end(): void {
      const rest = decoder.end();
      if (rest !== '') keep(rest);
      if (size > 0) flush();
    },
  };
}
