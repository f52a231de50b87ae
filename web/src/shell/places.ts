import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
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

type Page = LazyExoticComponent<ComponentType>;

/** Every page by its path; each is loaded when somebody goes there. */
export const PAGES: readonly (readonly [path: string, Page])[] = [
  ['/', lazy(() => import('../pages/overview/overview-page.tsx'))],
  ['/instances', lazy(() => import('../pages/instances/instances-page.tsx'))],
  ['/instances/new', lazy(() => import('../pages/instances/create-instance-page.tsx'))],
  ['/instances/:id/:tab?', lazy(() => import('../pages/instances/instance-page.tsx'))],
  ['/images', lazy(() => import('../pages/images/images-page.tsx'))],
  ['/images/:id/restore', lazy(() => import('../pages/images/restore/restore-page.tsx'))],
  ['/images/:id/:tab?', lazy(() => import('../pages/images/image-page.tsx'))],
  ['/operations', lazy(() => import('../pages/operations/operations-page.tsx'))],
  ['/operations/:id', lazy(() => import('../pages/operations/operation-page.tsx'))],
  ['/schedules', lazy(() => import('../pages/schedules/schedules-page.tsx'))],
  ['/schedules/new', lazy(() => import('../pages/schedules/create-schedule-page.tsx'))],
  ['/schedules/:id', lazy(() => import('../pages/schedules/schedule-page.tsx'))],
  ['/schedules/:id/edit', lazy(() => import('../pages/schedules/change-schedule-page.tsx'))],
  ['/alerts', lazy(() => import('../pages/alerts/alerts-page.tsx'))],
  ['/alerts/:id', lazy(() => import('../pages/alerts/alert-page.tsx'))],
  ['/server', lazy(() => import('../pages/server/server-page.tsx'))],
  ['/server/drift', lazy(() => import('../pages/server/drift-page.tsx'))],
  ['/server/webhooks', lazy(() => import('../pages/server/webhooks-page.tsx'))],
  ['/server/users', lazy(() => import('../pages/server/users-page.tsx'))],
  ['/server/tokens', lazy(() => import('../pages/server/tokens-page.tsx'))],
  ['/server/audit', lazy(() => import('../pages/server/audit-page.tsx'))],
];
