import * as z from 'zod';
import { areImages, IMAGES_FORM } from './container-images.ts';
import { findUrlFault, sayTlsPlainly } from './database-url.ts';
import { parseResources } from './resources.ts';

/** An unset variable and an empty one mean the same: compose files and shells cannot always leave one out. */
export const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), type);
/** A text; null where it is not set. */
export const text = optional(z.string().optional()).transform((value) => value ?? null);
const isWhole = (value: string, min: number, max: number) =>
  /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max;
/** A whole number within bounds, with what it is where it is not set. */
export const whole = (fallback: number, min: number, max: number) =>
  optional(z.string().default(String(fallback)))
    .refine((value) => isWhole(value, min, max), { message: `must be a whole number from ${min} to ${max}` })
    .transform(Number);
/** The same, which may be left out. */
export const wholeOrNull = (min: number, max: number) =>
  text
    .refine((value) => value === null || isWhole(value, min, max), {
      message: `must be a whole number from ${min} to ${max}`,
    })
    .transform((value) => (value === null ? null : Number(value)));
/** A whole number from 1. */
export const count = (fallback: number, max: number) => whole(fallback, 1, max);
/** Texts between commas; none where it is not set. */
export const list = text.transform((value) => value?.split(',').map((item) => item.trim()) ?? []);
/** Requests and limits of a container. */
export const resources = (fallback: string) =>
  optional(z.string().default(fallback)).transform((value, context) => {
    const parsed = parseResources(value);
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: `must be like ${fallback}` });
    return z.NEVER;
  });
/** Where a database of records is; refused with what is wrong with it. */
export const databaseUrl = text
  .superRefine((value, context) => {
    const fault = value === null ? null : findUrlFault(value);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  })
  .transform((value) => value && sayTlsPlainly(value));
/** Container images; null where it is not set. */
export const images = text.refine((value) => value === null || areImages(value), { message: IMAGES_FORM });
/** The name of a namespace. */
export const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const RATE_UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** `20MB` as bytes; null for what is no rate that PostgreSQL takes. */
export function readRate(text: string): number | null {
  const [, amount, unit = ''] = /^([1-9]\d{0,3}) ?(kB|MB|GB)$/.exec(text) ?? [];
  const bytes = Number(amount) * (RATE_UNITS[unit] ?? Number.NaN);
  return bytes >= 32_768 && bytes <= 1e9 ? bytes : null;
}

/** `2GB`, as PostgreSQL writes memory, as bytes; null for what is none, or too little to work with. */
export function readMemory(text: string): number | null {
  const [, amount, unit] = /^([1-9]\d{0,5}) ?(MB|GB)$/.exec(text) ?? [];
  const bytes = Number(amount) * (unit === 'GB' ? 2 ** 30 : 2 ** 20);
  return bytes >= 2 ** 28 && bytes <= 2 ** 42 ? bytes : null;
}
