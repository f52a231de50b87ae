import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/notices.tsx';

interface CrashState {
  readonly error: Error | null;
}

/** Keeps a fault of one page from taking the others with it: it is over at another place. A page's file may not come: the server is away, or has a newer console whose files have other names. */
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
    const isNotLoaded = /dynamically imported module|Importing a module/i.test(error.message);
    return (
      <Note tone="bad" title={isNotLoaded ? 'This page could not be loaded' : 'This page has a fault'}>
        <p>
          {isNotLoaded
            ? 'The server cannot be reached, or has a newer console. Load the page again when it answers: nothing is lost.'
            : error.message}
        </p>
        <Button onPress={() => location.reload()}>Load the page again</Button>
      </Note>
    );
  }
}
