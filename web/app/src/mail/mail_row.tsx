import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import type { DeadMail } from "./operations";
import { kindOf, reasonOf } from "./words";

interface Props {
  mail: DeadMail;
  now: Date;
  isBusy: boolean;
  /** With the button, beside which the focus goes when the row does. */
  onRetry: (mail: DeadMail, button: Element) => void;
}

/** A mail that was given up: to whom, what about, why. */
export function MailRow({ mail, now, isBusy, onRetry }: Props) {
  const texts = useTexts();
  const formats = useFormats();
  const kind = kindOf(mail.template, texts);
  return (
    <article className="row dead-mail">
      <time className="when" dateTime={mail.failedAt} title={formats.moment(mail.failedAt)}>
        <span className="day">{formats.day(mail.failedAt, now)}</span> <span className="time">{formats.time(mail.failedAt)}</span>
      </time>
      <div className="what">
        <h2 className="name" title={mail.recipient}>
          <bdi>{mail.recipient}</bdi>
        </h2>
        <p className="from">
          <span>{kind}</span>
        </p>
      </div>
      <div className="terms">
        <p className="why">{reasonOf(mail.reason, texts)}</p>
        <p>{texts.mail.attempts(mail.attempts)}</p>
      </div>
      <Button className="act" aria-label={texts.mail.sendAgainNamed(kind, mail.recipient)} isPending={isBusy} onPress={({ target }) => onRetry(mail, target)}>
        {texts.mail.sendAgain}
      </Button>
    </article>
  );
}
