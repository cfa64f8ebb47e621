// Numbers, sizes and moments as people of a language write them.

const KIB = 1024;
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Formats {
  number(value: number): string;
  percent(part: number): string;
  /** `1.4 MiB` */
  size(bytes: number): string;
  /** `21 Nov`, with the year where it is another one. */
  day(moment: string, now: Date): string;
  /** `09:30` */
  time(moment: string): string;
  /** `21 November 2026, 09:30` */
  moment(moment: string): string;
  /** `21 November 2026 at 09:30:05 UTC`: to the second, with the time zone. */
  exact(moment: string): string;
  /** `in 3 hours`, `2 days ago`; a date where it is further away than a week. */
  near(moment: string, now: Date): string;
  /** `90 seconds`, `3 minutes` */
  duration(seconds: number): string;
}

export function formatsOf(locale: string, timeZone?: string): Formats {
  const zone = timeZone ? { timeZone } : {};
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const digits = [0, 1].map((maximumFractionDigits) => new Intl.NumberFormat(locale, { maximumFractionDigits }));
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...zone });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", ...zone });
  const year = new Intl.DateTimeFormat("en", { year: "numeric", ...zone });
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", ...zone });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", ...zone });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "long", ...zone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(value);

  const formats: Formats = {
    number: (value) => number.format(value),
    percent: (part) => percent.format(part),
    size(bytes) {
      let [value, step] = [bytes, 0];
      // What would be rounded up to 1024 of a unit is 1 of the next.
      while (value >= KIB - 0.5 && step < UNITS.length - 1) {
        value /= KIB;
        step += 1;
      }
      const places = step === 0 || value >= 99.95 ? 0 : 1;
      return `${(digits[places] ?? number).format(value)} ${UNITS[step] ?? "B"}`;
    },
    day: (text, now) => {
      const date = new Date(text);
      return (year.format(date) === year.format(now) ? day : dayOfYear).format(date);
    },
    time: (text) => time.format(new Date(text)),
    moment: (text) => moment.format(new Date(text)),
    exact: (text) => exact.format(new Date(text)),
    near(text, now) {
      const seconds = (new Date(text).getTime() - now.getTime()) / 1000;
      const away = Math.abs(seconds);
      if (away < MINUTE) return relative.format(0, "second");
      if (away < HOUR) return relative.format(Math.trunc(seconds / MINUTE), "minute");
      if (away < DAY) return relative.format(Math.trunc(seconds / HOUR), "hour");
      if (away < 7 * DAY) return relative.format(Math.trunc(seconds / DAY), "day");
      return formats.day(text, now);
    },
    duration(seconds) {
      if (seconds < 2 * MINUTE) return unit(Math.max(1, Math.ceil(seconds)), "second");
      if (seconds < 2 * HOUR) return unit(Math.ceil(seconds / MINUTE), "minute");
      return unit(Math.ceil(seconds / HOUR), "hour");
    },
  };
  return formats;
}
