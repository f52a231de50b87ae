import { expect, it } from 'vitest';
import { buildConnectionString } from '../../../resolvers/connection-string.ts';

const endpoint = { host: 'db.example.com', port: 5432, dnsName: null };

it('names user, host and port, and holds no password when none is given', () => {
  expect(buildConnectionString(endpoint, { username: 'postgres' })).toBe(
    'postgresql://postgres@db.example.com:5432/postgres',
  );
});

it.each(['p@ss/w:rd?#[]', '"quoted" \\ $(id) %41', 'päss wörd', "it's"])(
  'carries the password %s so that a URL parser gives it back',
  (password) => {
    const url = new URL(buildConnectionString(endpoint, { username: 'po st:gres', password }));
    expect(decodeURIComponent(url.password)).toBe(password);
    expect(decodeURIComponent(url.username)).toBe('po st:gres');
    expect(url.host).toBe('db.example.com:5432');
  },
);

it('puts an IPv6 address in brackets', () => {
  expect(buildConnectionString({ ...endpoint, host: '::1' }, { username: 'postgres' })).toContain('@[::1]:5432/');
});
