import { describe, expect, it } from 'vitest';
import { buildScramVerifier } from '../../../src/secrets/scram-verifier.ts';

describe('the verifier of a password', () => {
  it('is what the client and the server of the example in RFC 7677 prove to each other', () => {
    const verifier = buildScramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
    expect(verifier).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$' +
        'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  it('is another one each time, of signs that need no quoting', () => {
    const [one, two] = [buildScramVerifier('open sesame'), buildScramVerifier('open sesame')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
    expect(one).not.toContain('sesame');
  });

  it('is the same for forms of a letter that SASLprep makes one', () => {
    const salt = Buffer.alloc(16, 1);
    expect(buildScramVerifier('pa\u0308ssword', salt)).toBe(buildScramVerifier('p\u00e4ssword', salt));
    expect(buildScramVerifier('\u2168', salt)).toBe(buildScramVerifier('IX', salt));
  });
});
