const MASK = '********';
const SECRET_NAME = /pass(word|wd)?$|secret|token|_key$|accountkey|sharedaccesssignature|connection_string$|^sas$/i;

/** What is shown in place of a secret; the same for each, so that not even the length shows. */
export function maskSecret(value: string): string {
  return value === '' ? '' : MASK;
}

/** A URL without its password and without the values of its query, where signatures stand. Not a URL: masked whole. */
export function maskUrl(url: string): string {
  if (!URL.canParse(url)) return maskSecret(url);
  const parsed = new URL(url);
  if (parsed.password) parsed.password = MASK;
  for (const name of new Set(parsed.searchParams.keys())) {
    if (!/^(sslmode|application_name|connect_timeout)$/.test(name)) parsed.searchParams.set(name, MASK);
  }
  return parsed.toString().replaceAll(encodeURIComponent(MASK), MASK);
}

/** A setting as it may be shown: by its name masked whole, as a URL masked in part, or as it is. */
export function maskSetting(name: string, value: string): string {
  if (SECRET_NAME.test(name)) return maskSecret(value);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? maskUrl(value) : value;
}
