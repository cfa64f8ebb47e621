// What the pages before the sign-in are: a heading, a form with one button, and the way to somewhere else.
import type { ComponentProps, ReactNode } from "react";
import type { Code } from "../api/problem";
import { Button } from "./button";
import { DoorPage } from "./door_page";
import { Form } from "./form";
import type { useSubmit } from "./use_submit";

interface Props extends Pick<ComponentProps<typeof DoorPage>, "title" | "beside"> {
  texts: { text?: string; button: string };
  sending: ReturnType<typeof useSubmit>;
  /** What some codes mean just here. */
  words?: Partial<Record<Code, string>>;
  /** Stands there when nothing is to be sent, any more or at all. */
  instead?: ReactNode;
  children: ReactNode;
}

export function DoorForm({ title, beside, texts, sending, words = {}, instead, children }: Props) {
  return (
    <DoorPage title={title} beside={beside}>
      {instead ?? (
        <Form onSubmit={sending.submit} problem={sending.problem} words={words}>
          {texts.text !== undefined && <p>{texts.text}</p>}
          {children}
          <div className="actions">
            <Button type="submit" kind="primary" isPending={sending.busy}>
              {texts.button}
            </Button>
          </div>
        </Form>
      )}
    </DoorPage>
  );
}
