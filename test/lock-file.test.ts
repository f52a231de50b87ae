import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './support/source-files.ts';

interface LockedPackage {
  readonly optional?: boolean;
  readonly os?: string | readonly string[];
  readonly engines?: { readonly node?: string };
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lock.packages);

/** The Node that npm itself runs on in Debian 12 and Ubuntu 24.04. */
const NODE_OF_NPM = 18;

function runsOnNodeOfNpm({ engines }: LockedPackage): boolean {
  if (engines?.node === undefined) return true;
  return engines.node.split('||').some((range) => Number(/^\s*>=\s*(\d+)/.exec(range)?.[1] ?? Infinity) <= NODE_OF_NPM);
}

/** Where Node would look for `name` from within the package at `place`, nearest first. */
function candidates(place: string, name: string): string[] {
  const parents = place
    .split('/node_modules/')
    .map((_, index, all) => all.slice(0, all.length - index).join('/node_modules/'));
  return [
    ...parents.filter((parent) => parent !== '').map((parent) => `${parent}/node_modules/${name}`),
    `node_modules/${name}`,
  ];
}

describe('package-lock.json', () => {
  it("has no optional package for Linux that npm leaves out without a word on Debian's own Node", () => {
    const leftOut = packages
      .filter(([, entry]) => entry.optional === true && entry.os !== undefined && [entry.os].flat().includes('linux'))
      .filter(([, entry]) => !runsOnNodeOfNpm(entry))
      .map(([place]) => place);
    expect(leftOut).toEqual([]);
  });

  it('names every optional package, as npm ci wants it where all of them can be had', () => {
    const missing = packages.flatMap(([place, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !candidates(place, name).some((candidate) => candidate in lock.packages))
        .map((name) => `${name}, of ${place}`),
    );
    expect(missing).toEqual([]);
  });
});
