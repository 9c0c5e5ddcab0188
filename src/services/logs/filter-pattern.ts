import { invalidParameter } from './errors.ts';
import { PatternError } from './pattern/error.ts';
import { type FilterPattern, parseFilterPattern } from './pattern/pattern.ts';

/** @throws InvalidParameterException in AWS's words */
export function readFilterPattern(text: string): FilterPattern {
  try {
    return parseFilterPattern(text);
  } catch (error) {
    if (error instanceof PatternError) throw invalidParameter(error.message);
    throw error;
  }
}
