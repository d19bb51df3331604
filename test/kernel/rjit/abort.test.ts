import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MapProgress, RemoteError } from '../../../kernel/rjit/remote-jit.ts';
import { defineOne, errorOf, SPIN, withJit } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const SIGNATURE = 'int64(int64, int64)';

const aborting = suite('aborting calls');

aborting('a signal stops its own call and leaves those before and after it alone', () =>
  withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    const add = await defineOne(jit, ADD, SIGNATURE);
    spin.compile();
    add.compile();
    const controller = new AbortController();
    const before = add.async(1, 3);
    const stopped = errorOf(() => spin.with({ signal: controller.signal }).async(0));
    const after = add.async(2, 4);
    assert.is(await before, 4);
    controller.abort(new Error('the user left'));
    const error = (await stopped) as RemoteError;
    assert.is(error.code, 'cancelled');
    assert.is(error.message, '[cancelled] spin was aborted: the user left');
    assert.is((error.cause as Error).message, 'the user left');
    assert.is(await after, 6);
  }),
);

aborting('a call that waits behind others ends at once, and never runs for long', () =>
  withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    const add = await defineOne(jit, ADD, SIGNATURE);
    spin.compile();
    add.compile();
    const first = new AbortController();
    const second = new AbortController();
    const running = errorOf(() => spin.with({ signal: first.signal }).async(0));
    const waiting = errorOf(() => spin.with({ signal: second.signal }).async(0));
    second.abort();
    assert.is(((await waiting) as RemoteError).code, 'cancelled');
    first.abort();
    assert.is(((await running) as RemoteError).code, 'cancelled');
    assert.is(await add.async(1, 3), 4);
  }),
);

aborting('a signal that was aborted before lets nothing be sent', () =>
  withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    const { map, async, ...rest } = add.with({ signal: AbortSignal.abort() });
    assert.equal(rest, {});
    for (const run of [
      () => add.with({ signal: AbortSignal.abort() })(1, 3),
      () => async(1, 3),
      () => map(new BigInt64Array(3), 1),
      () => async.map(new BigInt64Array(3), 1),
    ]) {
      const error = (await errorOf(run)) as RemoteError;
      assert.is(error.code, 'cancelled');
      assert.match(error.message, /^\[cancelled\] add was aborted: /);
    }
    assert.equal(add.compileTimes, {});
  }),
);

aborting('many calls with one signal are all stopped by it, and it keeps no listeners', () =>
  withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    const add = await defineOne(jit, ADD, SIGNATURE);
    spin.compile();
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const [on, off] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    Object.assign(signal, {
      addEventListener: (...args: Parameters<typeof on>) => {
        listeners += 1;
        on(...args);
      },
      removeEventListener: (...args: Parameters<typeof off>) => {
        listeners -= 1;
        off(...args);
      },
    });
    assert.equal(await Promise.all([1, 2, 3].map((n) => add.with({ signal }).async(n, n))), [2, 4, 6]);
    const stopped = Promise.all([1, 2, 3].map(() => errorOf(() => spin.with({ signal }).async(0))));
    controller.abort();
    for (const error of await stopped) assert.is((error as RemoteError).code, 'cancelled');
    assert.is(listeners, 0);
    assert.is(add(1, 3), 4);
  }),
);

aborting('a map stops with all its chunks', () =>
  withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    const add = await defineOne(jit, ADD, SIGNATURE);
    add.compile();
    spin.compile();
    const controller = new AbortController();
    const { signal } = controller;
    const stopped = errorOf(() => spin.with({ signal }).async.map(new BigInt64Array(1_000_000)));
    controller.abort();
    assert.is(((await stopped) as RemoteError).code, 'cancelled');
    assert.is(await add.async(1, 3), 4);
  }),
);

aborting('options may give a time of their own', () =>
  withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    spin.compile();
    for (const run of [() => spin.with({ timeoutMs: 50 })(0), () => spin.with({ timeoutMs: 50 }).async(0)]) {
      const error = (await errorOf(run)) as RemoteError;
      assert.is(error.code, 'timeout');
      assert.match(error.message, /took longer than 50 ms/);
    }
  }),
);

aborting.run();

const progress = suite('progress');

for (const way of ['map', 'async.map'] as const) {
  progress(`of ${way} is told in elements, up to all of them`, () =>
    withJit(async (jit) => {
      const add = await defineOne(jit, ADD, SIGNATURE);
      const told: MapProgress[] = [];
      const bound = add.with({ onProgress: (one) => told.push(one) });
      const map = way === 'map' ? bound.map : bound.async.map;
      const length = 1_000_000;
      const sums = await map(new BigInt64Array(length).fill(2n), 40);
      assert.is(sums.length, length);
      assert.is(sums.at(-1), 42n);
      assert.ok(told.length > 1, `${told.length} reports`);
      assert.ok(told.every(({ done }, index) => done > (told[index - 1]?.done ?? 0)));
      assert.equal(told.at(-1), { done: length, total: length });
    }),
  );
}

progress('can’t wait for another call while its map blocks, and says so', () =>
  withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    add.compile();
    const errors: Error[] = [];
    const bound = add.with({
      onProgress: () => {
        try {
          add(1, 3);
        } catch (error) {
          if (error instanceof Error) errors.push(error);
        }
      },
    });
    assert.is(bound.map(new BigInt64Array(300_000), 1).length, 300_000);
    assert.match(errors[0]?.message ?? '', /can’t wait for another call; use foo\.async there/);
    assert.is(add(1, 3), 4);
  }),
);

progress('that throws ends the waiting, and leaves the client usable', () =>
  withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    const bound = add.with({
      onProgress: () => {
        throw new Error('enough');
      },
    });
    const error = await errorOf(() => bound.map(new BigInt64Array(1_000_000), 1));
    assert.is(error.message, 'enough');
    assert.is(add(1, 3), 4);
  }),
);

progress.run();
