// What asks whoever is in the middle of something, and whose session has ended, to sign in again.
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Credentials } from "./credentials";
import type { Person } from "./operations";

interface Props {
  person: Person;
  onSignedIn: () => void;
  onGiveUp: () => void;
}

export default function SignInAgain({ person, onSignedIn, onGiveUp }: Props) {
  const { login } = useTexts();
  // A passkey may be somebody else's, for whom nothing of this page is.
  const goOn = (who: Person) => (who.id === person.id ? onSignedIn() : location.reload());
  return (
    <Dialog title={login.again} isOpen>
      <p>{login.againText}</p>
      <p className="soft">{person.email}</p>
      <Credentials email={person.email} onSignedIn={goOn}>
        <Button kind="quiet" onPress={onGiveUp}>
          {login.stay}
        </Button>
      </Credentials>
    </Dialog>
  );
}
