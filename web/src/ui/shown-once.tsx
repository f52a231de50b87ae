import { Button } from './button.tsx';
import { CopyButton } from './copy.tsx';
import { Note } from './notices.tsx';

/** A secret that is shown this once: nothing keeps it, and leaving the page forgets it. */
export function ShownOnce(props: { readonly what: string; readonly secret: string; readonly onDone: () => void }) {
  const { what, secret, onDone } = props;
  return (
    <Note tone="warn" title={`${what}: shown this once`}>
      <p className="secret">
        <code>{secret}</code>
        <CopyButton text={secret} what={what} words="Copy" />
      </p>
      <Button onPress={onDone}>I have it</Button>
    </Note>
  );
}
