import { describe, expect, it } from 'vitest';
import { enteredOf, withEntered } from '../../../web/src/ui/entered.ts';
import { editsOf, labelChange, NO_EDITS, withEdits } from '../../../web/src/ui/label-edits.ts';

const label = (key: string, value: string) => ({ key, value });

describe('what is entered in a form of a record that others change meanwhile', () => {
  const opened = { storage: '10', isProtected: false };

  it('is what somebody has changed, and nothing of what somebody else has', () => {
    const entered = enteredOf(opened, { ...opened, storage: '20' });
    expect(entered).toEqual({ storage: '20' });
    const byOthers = { storage: '10', isProtected: true };
    expect(withEntered(byOthers, entered)).toEqual({ storage: '20', isProtected: true });
    expect(enteredOf(byOthers, withEntered(byOthers, entered))).toEqual({ storage: '20' });
  });

  it('is nothing any more where it was taken back, or somebody else did the same', () => {
    expect(enteredOf(opened, { ...opened })).toEqual({});
    const done = { storage: '20', isProtected: false };
    expect(enteredOf(done, withEntered(done, { storage: '20' }))).toEqual({});
  });

  it('is of objects only their fields that differ', () => {
    const rules = { rules: { keepDaily: '7', keepWeekly: '4' } as { [name: string]: string } };
    const entered = enteredOf(rules, { rules: { keepDaily: '9', keepWeekly: '4', keepYearly: '1' } });
    expect(entered).toEqual({ rules: { keepDaily: '9', keepYearly: '1' } });
    const byOthers = { rules: { keepDaily: '7', keepWeekly: '8' } };
    expect(withEntered(byOthers, entered)).toEqual({ rules: { keepDaily: '9', keepWeekly: '8', keepYearly: '1' } });
  });
});

describe('what is done to the labels of a record that others label meanwhile', () => {
  const opened = [label('team', 'shop'), label('tier', 'gold')];

  it('adds and removes what somebody wrote, and leaves those of others as they are', () => {
    const edits = editsOf(opened, [label('team', 'books'), label('env', 'prod')]);
    const byOthers = [...opened, label('cost', '42')];
    expect(withEdits(byOthers, edits)).toEqual([label('cost', '42'), label('team', 'books'), label('env', 'prod')]);
    expect(labelChange(byOthers, edits)).toEqual({
      addLabels: [label('team', 'books'), label('env', 'prod')],
      removeLabels: ['tier'],
    });
  });

  it('sends nothing where nothing was done, and nothing that is so already', () => {
    expect(labelChange([...opened, label('cost', '42')], NO_EDITS)).toEqual({});
    expect(editsOf(opened, opened)).toEqual(NO_EDITS);
    const edits = editsOf(opened, [label('tier', 'silver')]);
    expect(labelChange([label('tier', 'silver')], edits)).toEqual({});
  });
});
