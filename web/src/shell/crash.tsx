import { Component, type ReactNode } from 'react';
import { onReopened } from '../api/connection.ts';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/notices.tsx';
import { Page } from '../ui/page.tsx';

interface CrashState {
  readonly error: Error | null;
}

const isNotLoaded = (error: Error | null) =>
  error !== null && /dynamically imported module|Importing a module/i.test(error.message);

/**
 * Keeps a fault of one page from taking the others with it: it is over at another place. A page's file may not come: the server
 * is away, and the page is loaded when it is back, or it has a newer console whose files have other names.
 */
export class Crash extends Component<{ readonly place: string; readonly children: ReactNode }, CrashState> {
  override state: CrashState = { error: null };
  private forget: (() => void) | null = null;

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidMount(): void {
    this.forget = onReopened(() => isNotLoaded(this.state.error) && location.reload());
  }

  override componentWillUnmount(): void {
    this.forget?.();
  }

  override componentDidUpdate(before: { readonly place: string }): void {
    if (before.place !== this.props.place && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const isAway = isNotLoaded(error);
    return (
      <Page title={isAway ? 'This page could not be loaded' : 'This page has a fault'}>
        <Note tone="bad">
          <p>
            {isAway
              ? 'The server cannot be reached, or has a newer console. Nothing is lost: the page is loaded again by itself when the line to the server is back, or at once by the button.'
              : error.message}
          </p>
          <Button onPress={() => location.reload()}>Load the page again</Button>
        </Note>
      </Page>
    );
  }
}
