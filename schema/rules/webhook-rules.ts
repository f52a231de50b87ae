import { invalidInput } from '../errors.ts';
import { checkName } from './name-rules.ts';
import { checkText } from './text-rules.ts';

const NAME_MAX = 63;
const URL_MAX = 2000;

/** Requires an address that messages can be sent to. Whether it may be reached, whoever sends decides. The message never holds it. */
export function checkWebhookUrl(field: string, text: string): void {
  checkText(field, text, { noun: 'address', minCharacters: 1, maxCharacters: URL_MAX });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.hostname === '') {
    throw invalidInput(field, 'url', `${field} must be an address like https://example.com/hook: write it so.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidInput(
      field,
      'noCredentials',
      `${field} must not hold a user or password: messages are signed instead.`,
    );
  }
}

interface WebhookForm {
  readonly name?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly events?: readonly string[] | null | undefined;
}

/** Requires the form of what is given of a webhook. */
export function checkWebhook({ name, url, events }: WebhookForm): void {
  if (name != null) checkName('name', name, NAME_MAX);
  if (url != null) checkWebhookUrl('url', url);
  if (events != null && events.length === 0) {
    throw invalidInput('events', 'atLeastOne', 'A webhook that is told of nothing is none: give at least one event.');
  }
}
