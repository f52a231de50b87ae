import { type ComponentType, lazy } from 'react';
import type { IconName } from '../ui/icon.tsx';

/** A place of the navigation. */
export interface Place {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
}

/** Left, always, in this order. */
export const PLACES: readonly Place[] = [
  { path: '/', name: 'Overview', icon: 'overview' },
  { path: '/instances', name: 'Instances', icon: 'instances' },
  { path: '/images', name: 'Images', icon: 'images' },
  { path: '/operations', name: 'Operations', icon: 'operations' },
  { path: '/schedules', name: 'Schedules', icon: 'schedules' },
  { path: '/alerts', name: 'Alerts', icon: 'alerts' },
  { path: '/server', name: 'Server', icon: 'server' },
];

type Load = () => Promise<{ readonly default: ComponentType }>;

const LOADS: readonly (readonly [path: string, load: Load])[] = [
  ['/', () => import('../pages/overview/overview-page.tsx')],
  ['/instances', () => import('../pages/instances/instances-page.tsx')],
  ['/instances/new', () => import('../pages/instances/create-instance-page.tsx')],
  ['/instances/:id/:tab?', () => import('../pages/instances/instance-page.tsx')],
  ['/images', () => import('../pages/images/images-page.tsx')],
  ['/images/:id/restore', () => import('../pages/images/restore/restore-page.tsx')],
  ['/images/:id/:tab?', () => import('../pages/images/image-page.tsx')],
  ['/operations', () => import('../pages/operations/operations-page.tsx')],
  ['/operations/:id', () => import('../pages/operations/operation-page.tsx')],
  ['/schedules', () => import('../pages/schedules/schedules-page.tsx')],
  ['/schedules/new', () => import('../pages/schedules/create-schedule-page.tsx')],
  ['/schedules/:id', () => import('../pages/schedules/schedule-page.tsx')],
  ['/schedules/:id/edit', () => import('../pages/schedules/change-schedule-page.tsx')],
  ['/alerts', () => import('../pages/alerts/alerts-page.tsx')],
  ['/alerts/:id', () => import('../pages/alerts/alert-page.tsx')],
  ['/server', () => import('../pages/server/server-page.tsx')],
  ['/server/drift', () => import('../pages/server/drift-page.tsx')],
  ['/server/webhooks', () => import('../pages/server/webhooks-page.tsx')],
  ['/server/users', () => import('../pages/server/users-page.tsx')],
  ['/server/tokens', () => import('../pages/server/tokens-page.tsx')],
  ['/server/audit', () => import('../pages/server/audit-page.tsx')],
];

/** Every page by its path; its code is loaded when somebody goes there, if it is not there yet. */
export const PAGES = LOADS.map(([path, load]) => [path, lazy(load)] as const);

/** The code of every page, by what loads it: loading what is loaded does nothing. */
export const CODE_OF_PAGES: readonly (() => Promise<unknown>)[] = LOADS.map(([, load]) => load);
