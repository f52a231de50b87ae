import { type ReactNode, Suspense, useEffect, useRef } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { Icon } from '../ui/icon.tsx';
import { WaitingAlone } from '../ui/notices.tsx';
import { AccountMenu } from './account-menu.tsx';
import { AlertCount } from './alert-count.tsx';
import { CommandSearch } from './command-search.tsx';
import { KeysHelp } from './keys-help.tsx';
import { LineBanner, LineState } from './line-state.tsx';
import { Noted } from './noted.tsx';
import { PLACES } from './places.ts';
import { RunningPill } from './running.tsx';

/** What is around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  // Who goes to another page by keyboard goes on from its beginning.
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [pathname]);
  return (
    <div className="shell">
      <header className="top">
        <button type="button" className="skip" onClick={() => main.current?.focus()}>
          Go to the content
        </button>
        <Link to="/" className="brand">
          Toygres
        </Link>
        <CommandSearch />
        <div className="top-end">
          <RunningPill />
          <LineState />
          <AccountMenu />
        </div>
      </header>
      <LineBanner />
      <nav className="places" aria-label="Places">
        {PLACES.map(({ path, name, icon }) => (
          <NavLink key={path} to={path} end={path === '/'} className="place">
            <Icon name={icon} size={18} />
            <span>{name}</span>
            {path === '/alerts' && <AlertCount />}
          </NavLink>
        ))}
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <Noted />
        <Suspense fallback={<WaitingAlone what="the page" />}>{children}</Suspense>
      </main>
      <KeysHelp />
    </div>
  );
}
