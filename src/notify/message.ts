import type { WebhookEvent } from '../../schema/states.ts';

/** What a message tells. */
export interface Message {
  readonly event: WebhookEvent;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Whose form a body has. */
export type Receiver = 'standard' | 'slack' | 'teams';

const SLACK = /^hooks\.slack(-gov)?\.com$/;
const TEAMS = /(^|\.)(webhook\.office\.com|logic\.azure\.com|powerplatform\.com|powerautomate\.com)$/;

/** Slack and Microsoft Teams take no bodies but their own. */
export function readReceiver(url: string): Receiver {
  const { hostname } = new URL(url);
  if (SLACK.test(hostname)) return 'slack';
  return TEAMS.test(hostname) ? 'teams' : 'standard';
}

/** The event as it stands on the wire: "operation.succeeded". */
export function wireName(event: WebhookEvent): string {
  return event.toLowerCase().replace('_', '.');
}

const nameOf = (thing: unknown): string | null =>
  typeof thing === 'object' && thing !== null && 'name' in thing ? String(thing.name) : null;

/** Control characters, ends of lines, and what turns the order of a line round: names and causes are of strangers. */
const ACTS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** The message in one line for people. */
export function summarize(message: Message): string {
  return describe(message).replace(ACTS, ' ');
}

function describe({ event, data }: Message): string {
  const about = nameOf(data.instance) ?? nameOf(data.image) ?? nameOf(data.schedule);
  if (data.test === true) return 'Toygres: this is a trial message.';
  if (event === 'ALERT_OPENED' || event === 'ALERT_RESOLVED') {
    const word = event === 'ALERT_OPENED' ? String(data.severity) : 'RESOLVED';
    const remedy = event === 'ALERT_OPENED' && typeof data.remedy === 'string' ? ` ${data.remedy}` : '';
    return `Toygres ${word}: ${String(data.message)}${remedy}`;
  }
  const failure = data.failure as { readonly message?: string } | null | undefined;
  const why = failure?.message === undefined ? '' : `: ${failure.message}`;
  return `Toygres: ${String(data.kind)}${about === null ? '' : ` of "${about}"`} is ${String(data.state)}${why}`;
}

/** The body in the receiver's form. */
export function buildBody(receiver: Receiver, message: Message): string {
  const { event, at, data } = message;
  if (receiver === 'standard') return JSON.stringify({ type: wireName(event), timestamp: at.toISOString(), data });
  const text = summarize(message);
  // Slack reads &, < and > as its own.
  if (receiver === 'slack') {
    return JSON.stringify({ text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') });
  }
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    // A text block would read it as Markdown, with links wherever a stranger has put them.
    body: [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] }],
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
  return JSON.stringify({ type: 'message', attachments: [attachment] });
}
