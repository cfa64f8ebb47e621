import { useState } from "react";
import { useTexts } from "../i18n/language";
import { usePerson, useSession } from "../session/session";
import { Dialog } from "../ui/dialog";
import { useToast } from "../ui/toasts";
import { DeleteStep } from "./delete_step";
import { FactsStep } from "./facts_step";
import { FilesStep } from "./files_step";
import type { PersonItem } from "./operations";
import { RoleStep } from "./role_step";
import { StandingStep } from "./standing_step";

/** What the dialog asks about just now. */
export type Step = "facts" | "role" | "standing" | "files" | "delete";

interface Props {
  person: PersonItem;
  onClose: () => void;
  onChanged: (person: PersonItem) => void;
  onDeleted: (id: string) => void;
}

/** All about one person, and what an Admin can do; each act says first what it brings about. */
export function PersonDialog({ person, onClose, onChanged, onDeleted }: Props) {
  const { people } = useTexts();
  const say = useToast();
  const { forget } = useSession();
  const isSelf = usePerson().id === person.id;
  const [step, setStep] = useState<Step>("facts");
  // Giving the files away may be asked for on the way to something else.
  const [afterFiles, setAfterFiles] = useState<Step | null>(null);

  const back = () => setStep("facts");
  const changed = (now: PersonItem, words: string) => {
    say(words);
    onClose();
    // Acts on one's own account end one's own session.
    if (isSelf) forget();
    else onChanged(now);
  };
  const titles: Record<Step, string> = {
    facts: person.name,
    role: people.roleTitle(person.name),
    standing: person.disabled ? people.enableTitle(person.name) : people.disableTitle(person.name),
    files: people.filesTitle(person.name),
    delete: people.deleteTitle(person.name),
  };

  return (
    <Dialog title={titles[step]} isOpen onClose={onClose}>
      {isSelf && step !== "facts" && <p className="urgent">{people.self}</p>}
      {step === "facts" && <FactsStep person={person} onStep={setStep} onClose={onClose} />}
      {step === "role" && (
        <RoleStep
          person={person}
          onBack={back}
          onChanged={changed}
          onFiles={() => {
            setAfterFiles("role");
            setStep("files");
          }}
        />
      )}
      {step === "standing" && <StandingStep person={person} onBack={back} onChanged={changed} />}
      {step === "files" && (
        <FilesStep
          person={person}
          onBack={() => setStep(afterFiles ?? "facts")}
          onGiven={(words) => {
            say(words);
            if (afterFiles) setStep(afterFiles);
            else onClose();
          }}
        />
      )}
      {step === "delete" && (
        <DeleteStep
          person={person}
          onBack={back}
          onDeleted={(words) => {
            say(words);
            onClose();
            if (isSelf) forget();
            else onDeleted(person.id);
          }}
        />
      )}
    </Dialog>
  );
}
