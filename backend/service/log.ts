export type LogLevel = 'info' | 'warn' | 'error';
export type LogFormat = 'text' | 'json';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** `event` is a stable word for machines, `message` a sentence for people; both never hold a token. */
export type Log = (level: LogLevel, event: string, message: string, fields?: LogFields) => void;

/** Writes one line per record to stderr: stdout belongs to whoever starts the server. */
export function createLog(format: LogFormat, write: (line: string) => void): Log {
  return (level, event, message, fields = {}) => {
    const time = new Date().toISOString();
    if (format === 'json') {
      write(`${JSON.stringify({ time, level, event, message, ...fields })}\n`);
      return;
    }
    const detail = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ` ${name}=${value}`)
      .join('');
    write(`${time} ${level === 'info' ? '' : `${level}: `}${message}${detail}\n`);
  };
}
