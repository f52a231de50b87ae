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
];

type Page = LazyExoticComponent<ComponentType>;

/** Every page by its path; each is loaded when somebody goes there. */
export const PAGES: readonly (readonly [path: string, Page])[] = [
  ['/', lazy(() => import('../pages/overview/overview-page.tsx'))],
  ['/instances', lazy(() => import('../pages/instances/instances-page.tsx'))],
  ['/instances/new', lazy(() => import('../pages/instances/create-instance-page.tsx'))],
  ['/instances/:id/:tab?', lazy(() => import('../pages/instances/instance-page.tsx'))],
  ['/images', lazy(() => import('../pages/images/images-page.tsx'))],
  ['/images/:id/restore', lazy(() => import('../pages/images/restore-page.tsx'))],
  ['/images/:id/:tab?', lazy(() => import('../pages/images/image-page.tsx'))],
  ['/operations', lazy(() => import('../pages/operations/operations-page.tsx'))],
  ['/operations/:id', lazy(() => import('../pages/operations/operation-page.tsx'))],
];
