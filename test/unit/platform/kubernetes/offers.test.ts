import { expect, test } from 'vitest';
import { listOffers } from '../../../../src/platform/kubernetes/offers.ts';
import { kubernetesSettings } from '../../../support/kubernetes-templates.ts';

const { images } = kubernetesSettings();
const versionsOf = (change: Partial<typeof images>, versions: readonly string[] | null = null) =>
  listOffers({ images: { ...images, ...change }, versions }).map(({ version }) => version);

test('what there are images of is offered, the newest first', () => {
  expect(versionsOf({})).toEqual(['18', '17', '16', '15']);
  expect(versionsOf({}, ['15', '17'])).toEqual(['17', '15']);
});

test('a version without an image of a server, or of its jobs, is not offered', () => {
  expect(versionsOf({ postgres: 'registry/postgres:17.2' })).toEqual(['17']);
  expect(versionsOf({ job: 'registry/job:0.1.0-pg16' })).toEqual(['16']);
  expect(versionsOf({ job: 'registry/job:0.1.0-pg16', postgres: 'registry/postgres:17.2' })).toEqual([]);
});

test('pg_durable is offered for the versions that it is made for, where its jobs have an image', () => {
  const offers = listOffers({ images: { ...images, durable: 'registry/durable:{version}' }, versions: ['16', '17'] });
  expect(offers).toEqual([
    { version: '17', imageTypes: ['STOCK', 'PG_DURABLE'] },
    { version: '16', imageTypes: ['STOCK'] },
  ]);
});

test('of images by version those are offered that there are both of', () => {
  const digest = `@sha256:${'17'.repeat(32)}`;
  const listed = (...versions: string[]) => versions.map((version) => `${version}=r.example/x${digest}`).join(',');
  expect(versionsOf({ postgres: listed('15', '17') })).toEqual(['17', '15']);
  expect(versionsOf({ postgres: listed('15', '17'), job: listed('16', '17') })).toEqual(['17']);
});

test('a digest says nothing of versions: its tag does, or that one alone is offered', () => {
  const digest = `@sha256:${'17'.repeat(32)}`;
  expect(versionsOf({ postgres: `r.example/postgres:16${digest}` })).toEqual(['16']);
  expect(versionsOf({ job: `r.example/job:0.1.0-pg15${digest}` })).toEqual(['15']);
  expect(versionsOf({ postgres: `r.example/postgres${digest}` })).toEqual([]);
  expect(versionsOf({ postgres: `r.example/postgres${digest}` }, ['18'])).toEqual(['18']);
});
