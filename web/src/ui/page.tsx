import { type ReactNode, useEffect } from 'react';
import { Link, NavLink } from 'react-router';
import { keepUnits } from '../format/words.ts';
import { AsCode, type Code } from './as-code.tsx';
import { Icon } from './icon.tsx';

export interface PageTab {
  readonly to: string;
  readonly name: string;
  readonly count?: number | undefined;
}

/** What every page is: a title, what can be done, the same as code, and what there is to see. */
export function Page(props: {
  readonly title: string;
  /** Beside the title: its state. */
  readonly mark?: ReactNode;
  /** Below the title: the sentence that matters most. */
  readonly lead?: ReactNode;
  readonly back?: { readonly to: string; readonly name: string };
  readonly actions?: ReactNode;
  readonly code?: Code | undefined;
  readonly tabs?: readonly PageTab[];
  readonly children: ReactNode;
}) {
  const { title, mark, lead, back, actions, code, tabs, children } = props;
  useEffect(() => {
    document.title = `${title} · Toygres`;
  }, [title]);
  return (
    <div className="page">
      {back !== undefined && (
        <Link to={back.to} className="back">
          <Icon name="left" size={14} /> {back.name}
        </Link>
      )}
      <div className="page-head">
        <div className="page-title">
          <h1>{title}</h1>
          {mark}
        </div>
        <div className="actions">{actions}</div>
      </div>
      {lead !== undefined && <div className="lead">{typeof lead === 'string' ? keepUnits(lead) : lead}</div>}
      {tabs !== undefined && (
        <nav className="tabs" aria-label={`Parts of ${title}`}>
          {tabs.map(({ to, name, count }) => (
            <NavLink key={to} to={to} end className="tab">
              {name}
              {count !== undefined && <span className="count">{count}</span>}
            </NavLink>
          ))}
        </nav>
      )}
      {children}
      {code !== undefined && <AsCode code={code} />}
    </div>
  );
}

/** A part of a page with a title. */
export function Panel({
  title,
  actions,
  children,
  id,
}: {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly id?: string;
}) {
  return (
    <section className="panel" id={id}>
      <div className="panel-head">
        <h2>{title}</h2>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Names with values, one below the other. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode] | null)[] }) {
  return (
    <dl className="facts">
      {facts
        .filter((fact) => fact !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
