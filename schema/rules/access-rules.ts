import { invalidInput } from '../errors.ts';
import { checkText } from './text-rules.ts';

export const USERNAME_MAX = 63;
export const TOKEN_NAME_MAX = 100;
const PASSWORD_MIN = 12;
const PASSWORD_MAX = 128;

const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Requires a name that people can tell from others: no space at its ends, no character that does not show. */
function checkVisible(field: string, noun: string, name: string): void {
  if (name === name.trim() && !UNSEEN.test(name) && name === name.normalize('NFC')) return;
  throw invalidInput(
    field,
    'visible',
    `The ${noun} begins or ends with a space, or holds what cannot be seen: leave that out.`,
  );
}

/** Requires a name of a user as people read it. */
export function checkUsername(field: string, name: string): void {
  checkText(field, name, { noun: 'username', minCharacters: 1, maxCharacters: USERNAME_MAX });
  checkVisible(field, 'username', name);
}

/** Whether a text can be the name of a user at all. */
export function isUsername(text: string): boolean {
  try {
    checkUsername('username', text);
    return true;
  } catch {
    return false;
  }
}

/** Requires a password that is worth one. */
export function checkUserPassword(field: string, password: string): void {
  checkText(field, password, { noun: 'password', minCharacters: PASSWORD_MIN, maxCharacters: PASSWORD_MAX });
}

/** Requires what could be a login at all; says nothing of whether it is one. */
export function checkLogin({ username, password }: { readonly username: string; readonly password: string }): void {
  checkText('username', username, { noun: 'username', minCharacters: 0, maxCharacters: 200 });
  checkText('password', password, { noun: 'password', minCharacters: 0, maxCharacters: 1000 });
}

/** The same for a token, whose name stands where that of a user does: as the actor of what it did. */
export function checkTokenName(field: string, name: string): void {
  checkText(field, name, { noun: 'name', minCharacters: 1, maxCharacters: TOKEN_NAME_MAX });
  checkVisible(field, 'name', name);
}
