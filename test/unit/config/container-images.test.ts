import { describe, expect, test } from 'vitest';
import { imageFor, namesRegistry } from '../../../src/config/container-images.ts';
import { readConfig } from '../../../src/config/env.ts';

const DIGEST = `@sha256:${'0a'.repeat(32)}`;
const imagesOf = (environment: Readonly<Record<string, string>>) => readConfig(environment).kubernetes.images;

test.each([
  ['postgres:{version}', '17', 'postgres:17'],
  [`15=a/x${DIGEST}, 17=b.example/y:17${DIGEST}`, '17', `b.example/y:17${DIGEST}`],
  ['[2001:db8::1]:5000/a_b/c-{version}:{release}', '15', '[2001:db8::1]:5000/a_b/c-15:{release}'],
])('%s is taken, and is for %s the image %s', (text, version, image) => {
  expect(imageFor(imagesOf({ TOYGRES_POSTGRES_IMAGE: text }).postgres, version)).toBe(image);
});

test('a list has no image for what it does not name', () => {
  expect(imageFor('15=postgres:15', '17')).toBeNull();
});

describe('a start is refused', () => {
  test.each(['TOYGRES_POSTGRES_IMAGE', 'TOYGRES_JOB_IMAGE'])('when %s lacks a version that is offered', (name) => {
    const environment = { [name]: `15=r.example/x${DIGEST}`, TOYGRES_POSTGRES_VERSIONS: '15,17' };
    expect(() => readConfig(environment)).toThrow(
      `${name}: has no image for 17, which TOYGRES_POSTGRES_VERSIONS offers`,
    );
  });

  test('when a digest does not say which version it is of, and more than one is offered', () => {
    const digest = { TOYGRES_POSTGRES_IMAGE: `r.example/postgres${DIGEST}` };
    expect(() => readConfig(digest)).toThrow(/^TOYGRES_POSTGRES_IMAGE: does not say which major version/);
    expect(imagesOf({ ...digest, TOYGRES_POSTGRES_VERSIONS: '17' }).postgres).toBe(`r.example/postgres${DIGEST}`);
    expect(imagesOf({ TOYGRES_POSTGRES_IMAGE: `r.example/postgres:17.2${DIGEST}` }).postgres).toContain('17.2');
  });
});

test.each([
  ['postgres:17', false],
  ['toygres/job:1', false],
  ['registry/postgres:17', false],
  ['localhost/postgres:17', true],
  ['registry:5000/postgres:17', true],
  ['registry.example.com/postgres:17', true],
  [`docker.io/library/postgres${DIGEST}`, true],
])('%s names a registry: %s', (image, names) => {
  expect(namesRegistry(image)).toBe(names);
});
