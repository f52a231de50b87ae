import { forgetNoted, useNoted } from '../api/noted.ts';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/notices.tsx';

/** What the server had to say besides the answer to what was just done: it stays, also on the next page, until it was read. */
export function Noted() {
  const noted = useNoted();
  return (
    <div role="status" className="noted">
      {noted.length > 0 && (
        <Note tone="warn" title={noted.length === 1 ? 'Something to know' : 'Some things to know'}>
          {noted.map((notice) => (
            <p key={notice}>
              <bdi>{notice}</bdi>
            </p>
          ))}
          <Button onPress={forgetNoted}>I have read it</Button>
        </Note>
      )}
    </div>
  );
}
