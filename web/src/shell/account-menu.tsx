import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useAction } from '../api/actions.ts';
import { signedOut } from '../api/session.ts';
import { useWhoAmI } from '../api/viewer.tsx';
import { apart } from '../format/words.ts';
import { SignOutDocument } from '../generated/graphql.ts';
import { roleName } from '../pages/server/role-choices.ts';
import { Button } from '../ui/button.tsx';
import { RadioField } from '../ui/fields.tsx';
import { Icon } from '../ui/icon.tsx';
import { Labels } from '../ui/labels.tsx';
import { readTheme, setTheme, type Theme } from './theme.ts';

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu() {
  const { viewer, server } = useWhoAmI();
  const [theme, choose] = useState<Theme>(readTheme);
  const signOut = useAction(SignOutDocument);
  const queries = useQueryClient();
  const leave = async () => {
    if ((await signOut.run({})) === null) return;
    queries.clear();
    signedOut();
  };
  return (
    <DialogTrigger>
      <AriaButton className="button quiet" aria-label={`Account of ${apart(viewer.name)}`}>
        <Icon name="user" />
        <span className="wide-only clip">{viewer.name}</span>
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="tray account" aria-label="Account">
          <p>
            <strong className="clip">{viewer.name}</strong>
            <br />
            <span className="muted">{roleName(viewer.role)}</span>
          </p>
          {viewer.scope.length > 0 && (
            <p>
              Sees only what is labelled <Labels labels={viewer.scope} />
            </p>
          )}
          <RadioField
            label="Theme"
            value={theme}
            choices={[
              { value: 'system', name: 'As the system' },
              { value: 'light', name: 'Light' },
              { value: 'dark', name: 'Dark' },
            ]}
            onChange={(next) => {
              setTheme(next);
              choose(next);
            }}
          />
          <p className="muted">
            Toygres {server.version} on {server.platform}
          </p>
          <Button onPress={() => void leave()} busy={signOut.busy}>
            Sign out
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
