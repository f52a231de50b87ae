import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useAction } from '../api/actions.ts';
import { ROOT, UnauthenticatedError } from '../api/client.ts';
import { signedIn } from '../api/session.ts';
import { SignInDocument } from '../generated/graphql.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/fields.tsx';
import { ErrorNote } from '../ui/notices.tsx';

/** Where to go on after a provider has sent somebody back. */
const WANTED = 'toygres-wanted-page';

/** The page that somebody wanted before going to the provider, once. */
export function takeWantedPage(): string | null {
  const wanted = sessionStorage.getItem(WANTED);
  sessionStorage.removeItem(WANTED);
  return wanted !== null && URL.canParse(wanted, ROOT) && new URL(wanted, ROOT).origin === ROOT.origin ? wanted : null;
}

/** Asks who is there, on whichever page it is: that page shows as soon as it is known. */
export function SignInPage() {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [hasOidc, setHasOidc] = useState(false);
  const signIn = useAction(SignInDocument);
  const queries = useQueryClient();

  useEffect(() => {
    document.title = 'Sign in · Toygres';
    fetch(new URL('auth', ROOT))
      .then((response) => response.json() as Promise<{ oidc?: unknown }>)
      .then(({ oidc }) => setHasOidc(oidc === true))
      .catch(() => undefined);
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await signIn.run({ input: { username, password } });
    setPassword('');
    if (answer === null) return;
    queries.clear();
    signedIn();
  };
  const isWrong = signIn.error instanceof UnauthenticatedError;

  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <h1>Sign in to Toygres</h1>
        <TextField label="Name" value={username} onChange={setUsername} autoComplete="username" autoFocus />
        <TextField
          label="Password"
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          error={isWrong ? signIn.error?.message : null}
        />
        {!isWrong && <ErrorNote error={signIn.error} />}
        <Button kind="primary" type="submit" busy={signIn.busy}>
          Sign in
        </Button>
        {hasOidc && (
          <a
            className="button plain"
            href={new URL('auth/oidc', ROOT).href}
            onClick={() => sessionStorage.setItem(WANTED, location.href)}
          >
            Sign in with your organisation
          </a>
        )}
        <p className="hint">
          On a new server the name is <code>admin</code>. <code>npm start</code> printed the password at its first
          start, or named the file that has it.
        </p>
      </form>
    </main>
  );
}
