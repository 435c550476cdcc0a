import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dependenciesPage, installScripts, licences, licencesOfTools, lockedPackages, nameOf } from './dependencies.ts';

const packages = [...lockedPackages()];

describe('the packages that this is built from', () => {
  it('are locked, each by a digest', () => {
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  });

  it('are named with one exact version each', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const named = { ...dependencies, ...devDependencies, ...optionalDependencies };
    expect(Object.entries(named).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('run no install script but those that are named', () => {
    const scripts = packages.filter(([, { hasInstallScript }]) => hasInstallScript);
    const unnamed = scripts.filter(([path]) => !Object.keys(installScripts).some((name) => nameOf(path).startsWith(name)));
    expect(unnamed.map(([path]) => path)).toEqual([]);
    expect(scripts.filter(([, { dev }]) => !dev)).toEqual([]);
  });

  it('have licences that are listed', () => {
    const strange = packages.filter(([, { license = '', dev, optional }]) => {
      const allowed = dev || optional ? [...licences, ...licencesOfTools] : licences;
      return !allowed.includes(license);
    });
    expect(strange.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
    expect(readFileSync('docs/dependencies.md', 'utf8'), 'npm run dependencies').toBe(dependenciesPage(lockedPackages()));
  });
});
