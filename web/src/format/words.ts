import { asSentence as sentenceOf } from '../../../src/client/as-sentence.ts';
import { formatDayAndTime } from './times.ts';

const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z/g;

/** What a server says, with the moments that it names in the time of this place. */
export const tidied = (text: string) =>
  keepUnits(text.replaceAll(MOMENT, (moment) => formatDayAndTime(Date.parse(moment))));

/** A message as a sentence of its own. */
export const asSentence = (message: string) => tidied(sentenceOf(message));

const PRINTABLE_ASCII = /^[ -~]*$/;
/** What opens and closes parts of a text that are read in another order. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A text of people or servers within a sentence of ours: in whichever order it is read, the rest of the sentence keeps its own. */
export function apart(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : `\u2068${text.replace(TURNS, '')}\u2069`;
}

/** What operations are called, while they run and afterwards. */
export const KIND_WORDS: Readonly<Record<string, string>> = {
  CREATE_INSTANCE: 'Create instance',
  CREATE_IMAGE: 'Take image',
  DELETE_IMAGE: 'Delete image',
  DELETE_INSTANCE: 'Delete instance',
  PREFLIGHT: 'Preflight',
  RESTART_INSTANCE: 'Restart instance',
  ROTATE_CREDENTIALS: 'Rotate credentials',
  START_INSTANCE: 'Start instance',
  STOP_INSTANCE: 'Stop instance',
  UPDATE_INSTANCE: 'Update instance',
  VERIFY_IMAGE: 'Verify image',
};

export const kindWord = (kind: string) => KIND_WORDS[kind] ?? sentence(kind);

/** `INDEX_LEFT_OUT` as `Index left out`. */
export function sentence(code: string): string {
  const words = code.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `createImage` as `Create image`, `login` as `Sign in`. */
export function actionWords(action: string): string {
  if (action === 'login') return 'Sign in';
  return sentence(action.replace(/([a-z])(?=[A-Z])/g, '$1_')).replace(/\bapi\b/, 'API');
}

/** How an image is taken. */
export function methodWords(method: string): string {
  return method === 'LOGICAL' ? 'logical, by pg_dump' : 'physical, a copy of the files';
}

/** What an operation is about. */
export function subjectOf(operation: {
  readonly instance?: { readonly name: string } | null | undefined;
  readonly image?: { readonly name: string } | null | undefined;
  readonly kind: string;
}): string {
  const { instance, image, kind } = operation;
  if (kind === 'CREATE_IMAGE' && image && instance) return `${image.name} of ${instance.name}`;
  if (kind === 'CREATE_INSTANCE' && image && instance) return `${instance.name} from ${image.name}`;
  if (/IMAGE/.test(kind)) return image?.name ?? instance?.name ?? '';
  return instance?.name ?? image?.name ?? '';
}

/** A sentence in which no line ends between a number and its unit. */
export const keepUnits = (text: string) => text.replaceAll(/(?<=\d) (?=(ms|s|min|h|d|[KMGT]iB)\b)/g, '\u00a0');
