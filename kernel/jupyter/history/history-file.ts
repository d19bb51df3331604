/**
 * The history of all sessions in an SQLite file, in the tables that IPython's history has, so that tools which read that
 * read this. Used in the history's thread only: SQLite is WebAssembly, and takes a moment to load.
 */
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import type { HistoryEntry, HistorySearch } from './history.ts';

/** More than anybody scrolls through; older lines make room. */
const MAX_LINES = 100_000;
/** A lock is held for milliseconds; one of this age was left by a process that died. */
const STALE_LOCK_MS = 10_000;

const SCHEMA = `
  create table if not exists sessions (
    session integer primary key autoincrement, start timestamp, end timestamp, num_cmds integer, remark text);
  create table if not exists history (
    session integer, line integer, source text, source_raw text, primary key (session, line));
  create table if not exists output_history (
    session integer, line integer, output text, primary key (session, line));`;

const SELECT = `
  select history.session as session, history.line as line, source_raw as input, output
  from history left join output_history on
    history.session = output_history.session and history.line = output_history.line`;

export type NewEntry = Omit<HistoryEntry, 'session'>;

export class HistoryFile {
  readonly #database: sqlite.Database;
  readonly #session: number;

  /** Opens the file, or makes it, readable by its owner only. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    removeStaleLock(`${path}.lock`);
    this.#database = new sqlite.Database(path);
    this.#database.exec('pragma busy_timeout = 2000');
    this.#database.exec(SCHEMA);
    const start = new Date().toISOString();
    const { lastInsertRowid } = this.#database.run('insert into sessions (start) values (?)', start);
    this.#session = Number(lastInsertRowid);
  }

  append(entries: readonly NewEntry[]): void {
    const database = this.#database;
    database.exec('begin immediate');
    for (const { line, input, output } of entries) {
      const key = [this.#session, line];
      database.run('insert or replace into history values (?, ?, ?, ?)', [...key, input, input]);
      if (output !== undefined) {
        database.run('insert or replace into output_history values (?, ?, ?)', [...key, output]);
      }
    }
    for (const table of ['history', 'output_history']) {
      database.run(`delete from ${table} where rowid <= (select max(rowid) from ${table}) - ?`, MAX_LINES);
    }
    database.exec('commit');
  }

  tail(count: number): readonly HistoryEntry[] {
    return this.#select('order by history.session desc, history.line desc limit ?', [
      Math.max(0, count),
    ]).reverse();
  }

  /** Session 0 is this one, -1 the one before it. */
  range(session: number, start: number, stop: number | undefined): readonly HistoryEntry[] {
    const number = session <= 0 ? this.#session + session : session;
    return this.#select(
      'where history.session = ? and history.line >= ? and history.line < ? order by history.line',
      [number, start, stop ?? Number.MAX_SAFE_INTEGER],
    );
  }

  search({ pattern, count, unique }: HistorySearch): readonly HistoryEntry[] {
    const newest = unique
      ? `and not exists (select 1 from history newer where newer.source_raw = history.source_raw
           and (newer.session, newer.line) > (history.session, history.line))`
      : '';
    return this.#select(
      `where source_raw glob ? ${newest} order by history.session desc, history.line desc limit ?`,
      [pattern, count === undefined ? -1 : Math.max(0, count)],
    ).reverse();
  }

  close(lines: number): void {
    const end = new Date().toISOString();
    this.#database.run('update sessions set end = ?, num_cmds = ? where session = ?', [
      end,
      lines,
      this.#session,
    ]);
    this.#database.close();
  }

  #select(rest: string, values: (string | number)[]): HistoryEntry[] {
    return this.#database.all(`${SELECT} ${rest}`, values).map(({ session, line, input, output }) => ({
      session: Number(session),
      line: Number(line),
      input: String(input),
      output: typeof output === 'string' ? output : undefined,
    }));
  }
}

/** The lock is a folder beside the file: a process that died while it wrote can't remove it. */
function removeStaleLock(path: string): void {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > STALE_LOCK_MS) rmSync(path, { recursive: true, force: true });
}
