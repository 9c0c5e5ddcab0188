import { describe, expect, it } from 'vitest';
import { fieldErrors, sentence } from '../../../src/console/app/api/field-errors.ts';

const FIELDS = ['title', 'runtime', 'version', 'code'] as const;

describe('messages about wrong input', () => {
  it('go to the fields that they are about', () => {
    expect(fieldErrors('title is required; code must not be empty', FIELDS)).toEqual({
      fields: { title: 'Title is required.', code: 'Code must not be empty.' },
      rest: undefined,
    });
  });

  it('keep what follows a semicolon and names no field', () => {
    const message = 'version "21" of node is not known; known: 20; title must not be empty';
    expect(fieldErrors(message, FIELDS).fields).toEqual({
      version: 'Version "21" of node is not known; known: 20.',
      title: 'Title must not be empty.',
    });
  });

  it('put two about one field together', () => {
    expect(fieldErrors('title is too long; title has a line break', FIELDS).fields.title).toBe(
      'Title is too long; title has a line break.',
    );
  });

  it('say the rest as it is', () => {
    expect(fieldErrors('the disk is full', FIELDS)).toEqual({ fields: {}, rest: 'The disk is full.' });
    expect(fieldErrors('titles are odd', FIELDS)).toEqual({ fields: {}, rest: 'Titles are odd.' });
  });

  it('become sentences', () => {
    expect(sentence('')).toBe('');
    expect(sentence('is it?')).toBe('Is it?');
  });
});
