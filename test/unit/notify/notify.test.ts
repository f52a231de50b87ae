import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { checkWebhook } from '../../../schema/rules/webhook-rules.ts';
import { isPublicAddress, readLiteral } from '../../../src/notify/address.ts';
import { nextAttempt } from '../../../src/notify/backoff.ts';
import { buildBody, readReceiver, wireName } from '../../../src/notify/message.ts';
import { generateWebhookSecret, signMessage } from '../../../src/notify/secrets.ts';
import { brokenRule } from '../schema/rules/broken-rule.ts';

describe('an address', () => {
  it.each(['93.184.216.34', '2606:4700::1111'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    // What Azure has on every machine.
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'example.com',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('in a URL is seen however it is written', () => {
    for (const url of ['http://127.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/']) {
      expect(readLiteral(url)).toBe('127.0.0.1');
    }
    expect(readLiteral('http://[::1]:8080/')).toBe('::1');
    expect(readLiteral('https://example.com/')).toBeNull();
  });
});

describe('a webhook', () => {
  const url = (text: string) => brokenRule(() => checkWebhook({ url: text }));

  it('has an address of http without credentials, and is told of something', () => {
    expect(url('https://example.com/hook?x=1')).toBeNull();
    for (const text of ['ftp://example.com', 'javascript:alert(1)', 'example.com', 'https://'])
      expect(url(text)).toBe('url: url');
    expect(url('https://user:pass@example.com')).toBe('url: noCredentials');
    expect(url('')).toBe('url: length');
    expect(url('https://example.com/\n')).toBe('url: noControlCharacters');
    expect(brokenRule(() => checkWebhook({ events: [] }))).toBe('events: atLeastOne');
    expect(brokenRule(() => checkWebhook({ name: 'A' }))).toBe('name: pattern');
  });
});

describe('a message', () => {
  const at = new Date('2026-03-01T09:30:00.000Z');
  const alert = {
    event: 'ALERT_OPENED' as const,
    at,
    data: { severity: 'CRITICAL', message: 'The image of "a<b" failed.', remedy: 'Retry it.' },
  };

  it('has type, timestamp and data', () => {
    expect(wireName('OPERATION_SUCCEEDED')).toBe('operation.succeeded');
    expect(JSON.parse(buildBody('standard', alert))).toEqual({
      type: 'alert.opened',
      timestamp: at.toISOString(),
      data: alert.data,
    });
  });

  it('has the form of the receiver that the address names', () => {
    expect(readReceiver('https://hooks.slack.com/services/T/B/x')).toBe('slack');
    expect(readReceiver('https://contoso.webhook.office.com/webhookb2/x')).toBe('teams');
    expect(readReceiver('https://prod-1.westeurope.logic.azure.com:443/workflows/x')).toBe('teams');
    expect(readReceiver('https://hooks.slack.com.example.com/')).toBe('standard');
    expect(JSON.parse(buildBody('slack', alert))).toEqual({
      text: 'Toygres CRITICAL: The image of "a&lt;b" failed. Retry it.',
    });
    const { type, attachments } = JSON.parse(buildBody('teams', alert));
    expect(type).toBe('message');
    const [block] = attachments[0].content.body;
    expect(block.type).toBe('RichTextBlock');
    expect(block.inlines).toEqual([
      { type: 'TextRun', text: 'Toygres CRITICAL: The image of "a<b" failed. Retry it.' },
    ]);
  });

  it('is one line for people that reads as it is written, whatever a stranger has put into it', () => {
    const message = 'a\nToygres: all is well\u202e\u001b[2J\u0085b';
    const told = { ...alert, data: { ...alert.data, message, remedy: null } };
    expect(JSON.parse(buildBody('slack', told)).text).toBe('Toygres CRITICAL: a Toygres: all is well [2J b');
    expect(JSON.parse(buildBody('standard', told)).data.message).toBe(message);
  });

  it('is signed so that the library of the specification takes it, also with the secret before', () => {
    const [secret, old] = [generateWebhookSecret(), generateWebhookSecret()];
    const body = buildBody('standard', alert);
    const headers = { ...signMessage({ id: 'msg', at: new Date(), body }, [secret, old]) };
    for (const known of [secret, old]) expect(new Webhook(known).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(generateWebhookSecret()).verify(body, headers)).toThrow();
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
  });
});

describe('the next attempt', () => {
  it('comes later and later, for a day', () => {
    const created = new Date('2026-03-01T00:00:00Z');
    const waits: number[] = [];
    let now = created;
    for (let attempts = 1; ; attempts++) {
      const next = nextAttempt(attempts, created, now, 0.5);
      if (next === null) break;
      waits.push(next.getTime() - now.getTime());
      now = next;
    }
    expect(waits[0]).toBe(5000);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(waits.length).toBeLessThan(20);
    expect(now.getTime() - created.getTime()).toBeGreaterThan(20 * 3_600_000);
  });
});
