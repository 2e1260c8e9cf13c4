import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParameterEdits } from '../../src/app/parameter-edits.ts';

const base = Float64Array.of(1, -2, 0.5, 0);

describe('changes of parameters', () => {
  test('of one parameter, one after the other, are one step back', () => {
    const edits = new ParameterEdits(base);
    for (const value of [1.1, 1.2, 1.3]) edits.edit(0, value);
    edits.edit(2, 9);
    expect([...edits.current]).toEqual([1.3, -2, 9, 0]);
    expect([...edits.edited]).toEqual([0, 2]);
    edits.undo();
    expect([...edits.current]).toEqual([1.3, -2, 0.5, 0]);
    edits.undo();
    expect([...edits.current]).toEqual([...base]);
    expect(edits.edited.size).toBe(0);
    expect(edits.canUndo).toBe(false);
    edits.redo();
    expect(edits.current[0]).toBe(1.3);
    edits.redo();
    expect([...edits.current]).toEqual([1.3, -2, 9, 0]);
    expect(edits.canRedo).toBe(false);
  });

  test('that are settled, or come after an undo, are a step of their own', () => {
    const edits = new ParameterEdits(base);
    edits.edit(0, 2);
    edits.settle();
    edits.edit(0, 3);
    edits.undo();
    expect(edits.current[0]).toBe(2);
    edits.edit(0, 4);
    expect(edits.canRedo).toBe(false);
    edits.undo();
    expect(edits.current[0]).toBe(2);
  });

  test('are all taken back by a reset, and that can be undone', () => {
    const edits = new ParameterEdits(base);
    edits.reset();
    expect(edits.canUndo).toBe(false);
    edits.edit(1, 5);
    edits.edit(3, -1);
    edits.reset();
    expect([...edits.current]).toEqual([...base]);
    edits.undo();
    expect([...edits.current]).toEqual([1, 5, 0.5, -1]);
    expect([...edits.edited]).toEqual([1, 3]);
  });

  test('never change an array that was handed out', () => {
    const edits = new ParameterEdits(base);
    const before = edits.current;
    edits.edit(0, 7);
    expect(edits.current).not.toBe(before);
    expect([...before]).toEqual([1, -2, 0.5, 0]);
    const [after, set] = [edits.current, edits.edited];
    edits.edit(0, 7);
    expect(edits.current).toBe(after);
    expect(edits.edited).toBe(set);
  });

  test('to what is no finite number, or of no parameter, are refused', () => {
    const edits = new ParameterEdits(base);
    expect(() => edits.edit(4, 1)).toThrow(RangeError);
    expect(() => edits.edit(-1, 1)).toThrow(RangeError);
    expect(() => edits.edit(0, NaN)).toThrow(RangeError);
    expect(() => edits.edit(0, Infinity)).toThrow(RangeError);
    expect(edits.canUndo).toBe(false);
  });

  test('whatever they are, undone all together lead back, and done again lead forth', () => {
    const anyEdits = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: -5, max: 5 }), fc.boolean()));
    fc.assert(
      fc.property(anyEdits, (all) => {
        const edits = new ParameterEdits(base);
        for (const [index, value, isSettled] of all) {
          edits.edit(index, value);
          if (isSettled) edits.settle();
        }
        const end = [...edits.current];
        const changed = end.flatMap((value, index) => (Object.is(value, base[index]) ? [] : [index]));
        expect([...edits.edited].toSorted((a, b) => a - b)).toEqual(changed);
        while (edits.canUndo) edits.undo();
        expect([...edits.current]).toEqual([...base]);
        expect(edits.edited.size).toBe(0);
        while (edits.canRedo) edits.redo();
        expect([...edits.current]).toEqual(end);
      }),
    );
  });
});
