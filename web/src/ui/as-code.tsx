import { useId, useState } from 'react';
import { API_URL } from '../api/client.ts';
import { curlLine } from '../format/command-line.ts';
import { tidyDocument } from '../format/tidy-document.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy.tsx';

/** The same by code: a document with its variables, a line of `toygres`, curl. */
export interface Code {
  readonly document: { toString(): string };
  readonly variables: unknown;
  /** The line of the command line; null where it has none. */
  readonly command?: string | null | undefined;
}

const WAYS = ['GraphQL', 'toygres', 'curl'] as const;

function print(way: (typeof WAYS)[number], { document, variables, command }: Code): string {
  if (way === 'toygres') return command ?? '';
  if (way === 'curl') return curlLine(API_URL, document.toString(), variables);
  return `${tidyDocument(document.toString())}\n\n# variables\n${JSON.stringify(variables, null, 2)}`;
}

/** Shows how a program does the same, ready to be copied. Copied, it runs. */
export function AsCode({ code, label = 'As code' }: { readonly code: Code; readonly label?: string }) {
  const [isOpen, setOpen] = useState(false);
  const [way, setWay] = useState<(typeof WAYS)[number]>('GraphQL');
  const id = useId();
  const ways = WAYS.filter((one) => one !== 'toygres' || Boolean(code.command));
  const shown = ways.includes(way) ? way : 'GraphQL';
  const text = isOpen ? print(shown, code) : '';
  return (
    <div className={`as-code${isOpen ? ' open' : ''}`}>
      <Button kind="quiet" icon="code" expanded={isOpen} onPress={() => setOpen(!isOpen)}>
        {label}
      </Button>
      {isOpen && (
        <section className="code-panel" aria-label={label} id={id}>
          <div className="code-ways">
            {ways.map((one) => (
              <Button key={one} kind="quiet" pressed={one === shown} onPress={() => setWay(one)}>
                {one}
              </Button>
            ))}
            <CopyButton text={text} what={`as ${shown}`} words="Copy" />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
          <pre tabIndex={0}>{text}</pre>
        </section>
      )}
    </div>
  );
}
