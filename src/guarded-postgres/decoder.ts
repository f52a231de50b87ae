import { RawName } from './raw-name.ts';

/** What the encodings of PostgreSQL's servers are called elsewhere. EUC_TW and MULE_INTERNAL are known nowhere else. */
const LABELS: Readonly<Record<string, string>> = {
  UTF8: 'utf-8',
  EUC_CN: 'gbk',
  EUC_JIS_2004: 'euc-jp',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
  ISO_8859_5: 'iso-8859-5',
  ISO_8859_6: 'iso-8859-6',
  ISO_8859_7: 'iso-8859-7',
  ISO_8859_8: 'iso-8859-8',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  LATIN1: 'windows-1252',
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN5: 'windows-1254',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  WIN866: 'ibm866',
  WIN874: 'windows-874',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  WIN1253: 'windows-1253',
  WIN1254: 'windows-1254',
  WIN1255: 'windows-1255',
  WIN1256: 'windows-1256',
  WIN1257: 'windows-1257',
  WIN1258: 'windows-1258',
};

/** Bytes of a database of this encoding, one a character, as text for people. What is no letter is shown as one that says so. */
export function decoderOf(encoding: string): (bytes: string) => string {
  const label = LABELS[encoding];
  if (label === undefined) return (bytes) => RawName.of(Buffer.from(bytes, 'latin1')).text;
  const decoder = new TextDecoder(label);
  return (bytes) => decoder.decode(Buffer.from(bytes, 'latin1'));
}

/** A name of such a database for people. */
export function nameIn(encoding: string, name: RawName): RawName {
  return RawName.of(decoderOf(encoding)(name.key));
}
