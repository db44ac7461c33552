// The packages behind a class, which are installed only by those who run one: loaded on demand, and missed with a line that says how
// to install them.
import { loadOptional } from '../node/optional-package.ts';
import { ClassError } from './class-error.ts';

/** The packages that a class needs. */
export const classPackages = ['aedes', 'mqtt', 'ws', 'uqr'] as const;

/** MQTT: the client at every end. @throws ClassError */
export function loadMqtt() {
  return found('mqtt', () => import('mqtt'));
}

/** The broker in this process. @throws ClassError */
export function loadAedes() {
  return found('aedes', () => import('aedes'));
}

/** WebSockets at the server. @throws ClassError */
export function loadWs() {
  return found('ws', () => import('ws'));
}

/** QR codes. @throws ClassError */
export function loadUqr() {
  return found('uqr', () => import('uqr'));
}

/** @throws ClassError if the package is not there; other errors as they are */
export function found<T>(name: string, load: () => Promise<T>): Promise<T> {
  const install = `install them all: npm install ${classPackages.join(' ')}`;
  return loadOptional(
    name,
    load,
    () => new ClassError(`a class needs the package ${name}, which is not installed; ${install}`),
  );
}
