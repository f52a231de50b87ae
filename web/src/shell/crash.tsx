import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/notices.tsx';

interface CrashState {
  readonly error: Error | null;
}

/** Keeps a fault of one page from taking the others with it: it is over at another place. A page whose file is not there any more is of an older console. */
export class Crash extends Component<{ readonly place: string; readonly children: ReactNode }, CrashState> {
  override state: CrashState = { error: null };

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: { readonly place: string }): void {
    if (before.place !== this.props.place && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const isOld = /dynamically imported module|Importing a module/i.test(error.message);
    return (
      <Note tone="bad" title={isOld ? 'The server has a newer console' : 'This page has a fault'}>
        <p>{isOld ? 'Load it: nothing is lost.' : error.message}</p>
        <Button onPress={() => location.reload()}>Load the page again</Button>
      </Note>
    );
  }
}
