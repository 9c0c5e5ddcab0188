import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginEditing,
  type CodeDraft,
  type Editing,
  type EditingEvent,
  edit,
  isDirty,
  type Stored,
} from '../../../src/console/app/pages/info/editing.ts';

const FIRST: Stored = { code: 'first', etag: '"1"' };
const SECOND: Stored = { code: 'second', etag: '"2"' };
const TIME = '2026-01-31T12:00:00.000Z';

describe('editing code that others may change', () => {
  it('takes what others save while nothing is typed', () => {
    const editing = run(FIRST, { type: 'stored', stored: SECOND });
    expect(editing.code).toBe('second');
    expect(isDirty(editing)).toBe(false);
    expect(editing.theirs).toBeUndefined();
  });

  it('keeps what is typed when others save, and tells of theirs', () => {
    const editing = run(FIRST, typed('mine'), { type: 'stored', stored: SECOND });
    expect(editing).toMatchObject({ code: 'mine', base: FIRST, theirs: SECOND, comparing: false });
  });

  it('knows of no conflict when others save the same, or only another title', () => {
    const same = run(FIRST, typed('second'), { type: 'stored', stored: SECOND });
    expect(same.theirs).toBeUndefined();
    expect(isDirty(same)).toBe(false);
    const renamed = { code: 'first', etag: '"renamed"' };
    const other = run(FIRST, typed('mine'), { type: 'stored', stored: renamed });
    expect(other).toMatchObject({ code: 'mine', base: renamed });
    expect(other.theirs).toBeUndefined();
  });

  it('has no conflict any more when others take their change back', () => {
    const back = { type: 'stored', stored: FIRST } as const;
    const editing = run(FIRST, typed('mine'), { type: 'stored', stored: SECOND }, back);
    expect(editing.theirs).toBeUndefined();
    expect(editing.base).toEqual(FIRST);
  });

  it('is saved as it was when it was sent; what is typed meanwhile is not', () => {
    const editing = run(FIRST, typed('mine'), { type: 'saving' }, typed('mine, more'), {
      type: 'saved',
      etag: '"3"',
    });
    expect(editing).toMatchObject({ code: 'mine, more', base: { code: 'mine', etag: '"3"' } });
    expect(isDirty(editing)).toBe(true);
    expect(editing.saving).toBeUndefined();
  });

  it('does not take what comes while it is being saved for what others did', () => {
    const editing = run(
      FIRST,
      typed('mine'),
      { type: 'saving' },
      { type: 'stored', stored: { code: 'mine', etag: '"3"' } },
      { type: 'saved', etag: '"3"' },
      { type: 'stored', stored: { code: 'mine', etag: '"3"' } },
    );
    expect(editing).toMatchObject({ code: 'mine', base: { code: 'mine', etag: '"3"' } });
    expect(editing.theirs).toBeUndefined();
  });

  it('shows both versions when the daemon refuses to overwrite one', () => {
    const editing = run(FIRST, typed('mine'), { type: 'saving' }, { type: 'refused', theirs: SECOND });
    expect(editing).toMatchObject({ code: 'mine', theirs: SECOND, comparing: true });
    expect(editing.saving).toBeUndefined();
  });

  it('is saved when the daemon has it already, as after an answer that was lost', () => {
    const editing = run(
      FIRST,
      typed('mine'),
      { type: 'saving' },
      { type: 'failed', failure: new Error('no answer') },
      { type: 'stored', stored: { code: 'mine', etag: '"3"' } },
    );
    expect(isDirty(editing)).toBe(false);
    expect(editing.failure).toBeUndefined();
  });

  it('goes on from theirs when mine is kept, and is unsaved', () => {
    const editing = run(...conflict(), { type: 'keep-mine' });
    expect(editing).toMatchObject({ code: 'mine', base: SECOND, comparing: false });
    expect(editing.theirs).toBeUndefined();
    expect(isDirty(editing)).toBe(true);
  });

  it('has nothing unsaved when theirs is taken', () => {
    const editing = run(...conflict(), { type: 'take-stored' });
    expect(editing).toMatchObject({ code: 'second', base: SECOND, comparing: false });
    expect(isDirty(editing)).toBe(false);
  });

  it('can be gone on with, and the conflict stays', () => {
    const editing = run(...conflict(), { type: 'keep-editing' }, typed('mine, more'));
    expect(editing).toMatchObject({ code: 'mine, more', theirs: SECOND, comparing: false });
    expect(edit(editing, { type: 'compare' }).comparing).toBe(true);
  });

  it('says why it was not saved until it is tried again', () => {
    const failed = run(FIRST, typed('mine'), { type: 'saving' }, { type: 'failed', failure: 'why' });
    expect(failed).toMatchObject({ code: 'mine', failure: 'why' });
    expect(edit(failed, { type: 'saving' }).failure).toBeUndefined();
  });

  it('goes on with a draft from before the page was loaded, until it is discarded', () => {
    const editing = beginEditing(FIRST, draft('typed before', FIRST));
    expect(editing).toMatchObject({ code: 'typed before', restoredFrom: TIME });
    expect(editing.theirs).toBeUndefined();
    const discarded = edit(editing, { type: 'take-stored' });
    expect(discarded.code).toBe('first');
    expect(discarded.restoredFrom).toBeUndefined();
  });

  it('tells of what others saved between the draft and now', () => {
    const editing = beginEditing(SECOND, draft('typed before', FIRST));
    expect(editing).toMatchObject({ code: 'typed before', base: FIRST, theirs: SECOND });
  });

  it('has no use for a draft that says what is stored', () => {
    expect(beginEditing(SECOND, draft('second', FIRST))).toEqual({
      base: SECOND,
      code: 'second',
      comparing: false,
    });
  });

  it('never changes what is typed but when it is told to', () => {
    const text = fc.constantFrom('first', 'second', 'third', 'mine');
    const stored = fc.record({ code: text, etag: fc.constantFrom('"1"', '"2"', '"3"') });
    const event: fc.Arbitrary<EditingEvent> = fc.oneof(
      stored.map((one) => ({ type: 'stored' as const, stored: one })),
      stored.map((one) => ({ type: 'refused' as const, theirs: one })),
      fc.constantFrom<EditingEvent>(
        { type: 'saving' },
        { type: 'saved', etag: '"4"' },
        { type: 'failed', failure: 'why' },
        { type: 'compare' },
        { type: 'keep-editing' },
        { type: 'keep-mine' },
      ),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let editing = run(FIRST, typed('only here'));
        for (const one of events) {
          const unsaved = isDirty(editing);
          const { code } = editing;
          editing = edit(editing, one);
          if (unsaved) expect(editing.code).toBe(code);
        }
      }),
    );
  });
});

function conflict(): [Stored, ...EditingEvent[]] {
  return [FIRST, typed('mine'), { type: 'stored', stored: SECOND }, { type: 'compare' }];
}

function run(stored: Stored, ...events: EditingEvent[]): Editing {
  return events.reduce(edit, beginEditing(stored, undefined));
}

function typed(code: string): EditingEvent {
  return { type: 'typed', code };
}

function draft(code: string, base: Stored): CodeDraft {
  return { code, base, time: TIME };
}
