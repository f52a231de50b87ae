import { type ComponentType, useEffect, useRef } from 'react';
import { Route, Routes, useLocation, useParams } from 'react-router';
import { UnauthenticatedError } from './api/client.ts';
import { forgetLine } from './api/connection.ts';
import { startLive } from './api/live.ts';
import { forgetNoted } from './api/noted.ts';
import { queries, useApi } from './api/queries.ts';
import { useIsOut } from './api/session.ts';
import { ViewerContext } from './api/viewer.tsx';
import { WhoAmIDocument } from './generated/graphql.ts';
import { Crash } from './shell/crash.tsx';
import { fetchAhead } from './shell/fetch-ahead.ts';
import { PAGES } from './shell/places.ts';
import { Shell } from './shell/shell.tsx';
import { SignInPage } from './shell/sign-in.tsx';
import { LinkButton } from './ui/button.tsx';
import { ErrorNote, WaitingAlone } from './ui/notices.tsx';
import { Page } from './ui/page.tsx';

/** The console: whoever is signed in sees the page of the address, anybody else is asked who they are. */
export function App() {
  const isOut = useIsOut();
  if (isOut) return <SignInPage />;
  return <SignedIn />;
}

function SignedIn() {
  const { data, error, refetch } = useApi(WhoAmIDocument, {});
  const { pathname } = useLocation();
  const isKnown = data !== undefined;
  // The first one: older than all that pages ask for.
  const cursor = useRef('');
  if (cursor.current === '') cursor.current = data?.server.changesCursor ?? '';
  useEffect(() => {
    if (!isKnown) return;
    const end = new AbortController();
    startLive(queries, cursor.current, end.signal);
    fetchAhead(end.signal);
    return () => {
      end.abort();
      forgetLine();
      forgetNoted();
    };
  }, [isKnown]);
  if (data === undefined) {
    if (error instanceof UnauthenticatedError) return null;
    return (
      <main className="alone">
        {error === null ? (
          <WaitingAlone what="the console" />
        ) : (
          <ErrorNote error={error} onRetry={() => void refetch()} />
        )}
      </main>
    );
  }
  return (
    <ViewerContext value={data}>
      <Shell>
        <Crash place={pathname}>
          <Routes>
            {PAGES.map(([path, Component]) => (
              <Route key={path} path={path} element={<PageOf page={Component} />} />
            ))}
            <Route path="*" element={<Nowhere />} />
          </Routes>
        </Crash>
      </Shell>
    </ViewerContext>
  );
}

/** A page begins anew for another record: nothing that was shown or entered for one stays on the page of another. */
function PageOf({ page: Component }: { readonly page: ComponentType }) {
  const { id } = useParams();
  return <Component key={id} />;
}

function Nowhere() {
  return (
    <Page title="There is no such page">
      <p>The address names no page of the console.</p>
      <LinkButton to="/">Go to the overview</LinkButton>
    </Page>
  );
}
