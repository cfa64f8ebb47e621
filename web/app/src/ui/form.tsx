import { createContext, use, useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { Code, Problem } from "../api/problem";
import { useTexts } from "../i18n/language";
import { Notice } from "./notice";
import { useExplanation } from "./use_explanation";

interface Complaint {
  field: string;
  problem?: Problem;
}

const ComplaintContext = createContext<Complaint | null>(null);

/** What is wrong with the field of this name, in words. */
export function useFieldProblem(name: string | undefined): string | null {
  const { errors, fields } = useTexts();
  const complaint = use(ComplaintContext);
  if (!complaint || name === undefined || complaint.field !== name) return null;
  return complaint.problem ? (errors.field[name] ?? complaint.problem.message) : fields.required;
}

interface Props {
  onSubmit: () => void;
  problem: Problem | null;
  /** What some codes mean just here. */
  words?: Partial<Record<Code, string>>;
  children: ReactNode;
  className?: string;
}

/**
 * A form. What went wrong stands above it or, where it is about a field (each has its name as the API has it), below that one,
 * and is focused. A required field that is empty is found before anything is sent.
 */
export function Form({ onSubmit, problem, words = {}, children, className = "form" }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const explain = useExplanation();
  const [complaint, setComplaint] = useState<Complaint | null>(null);

  const find = (name: string) => form.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>(`:is(input, textarea)[name="${CSS.escape(name)}"]`);

  useEffect(() => {
    if (!problem) return;
    const field = problem.code === "BAD_USER_INPUT" ? problem.field : undefined;
    const input = field === undefined ? null : find(field);
    setComplaint(field !== undefined && input ? { field, problem } : null);
    (input ?? form.current?.querySelector<HTMLElement>(".notice.problem"))?.focus();
  }, [problem]);

  const send = () => {
    const required = form.current?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(":is(input, textarea)[aria-required=true]") ?? [];
    const empty = [...required].find((input) => input.value === "");
    setComplaint(empty ? { field: empty.name } : null);
    if (empty) empty.focus();
    else onSubmit();
  };

  return (
    <ComplaintContext value={complaint}>
      <form
        ref={form}
        className={className}
        noValidate
        // What was missing is not any more.
        onInput={() => setComplaint((old) => (old && !old.problem ? null : old))}
        onSubmit={(event) => {
          event.preventDefault();
          // A dialog's form may stand in a page's.
          event.stopPropagation();
          send();
        }}
      >
        {problem && complaint?.problem !== problem && <Notice kind="problem">{words[problem.code] ?? explain(problem)}</Notice>}
        {children}
      </form>
    </ComplaintContext>
  );
}
