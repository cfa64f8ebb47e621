import { useFormats } from "../format/use_formats";

/** The day and the time of something that was done to a file. */
export function Moment({ at, now }: { at: string; now: Date }) {
  const formats = useFormats();
  return (
    <time className="when" dateTime={at} title={formats.moment(at)}>
      <span className="day">{formats.day(at, now)}</span> <span className="time">{formats.time(at)}</span>
    </time>
  );
}
