// Everybody with an account, and what Admins can do.
import type { people as english } from "../en/people";

export const people: typeof english = {
  people: {
    title: "Personen",
    list: "Personen mit einem Konto",
    count: (count, isOne) => (isOne ? "1 Person" : `${count} Personen`),
    search: "Nach Adresse suchen",
    role: "Rolle",
    everyRole: "Alle Rollen",
    standing: "Zustand",
    everyStanding: "Alle",
    isActive: "Aktiv",
    isDisabled: "Gesperrt",
    none: "So jemanden gibt es nicht",
    noneText: "Versuchen Sie es mit weniger Buchstaben der Adresse oder einer anderen Auswahl.",
    nobody: "Niemand passt",
    you: "Sie",
    since: (day) => `seit ${day}`,
    sinceTitle: "Konto seit",
    disabled: "gesperrt",
    manage: "Verwalten",
    manageNamed: (name, email) => `${name}, ${email}, verwalten`,
    self: "Das ist Ihr eigenes Konto: Sie werden sofort abgemeldet.",
    actsBy: "Was diese Person getan hat",
    actsOn: "Was mit dem Konto geschehen ist",

    roleWay: "Rolle ändern",
    roleTitle: (name) => `Andere Rolle für ${name}`,
    roleText: {
      CLIENT: "Kundinnen und Kunden erhalten Dokumente und legen keine ab.",
      OPS: "Wer hochlädt, legt Dokumente ab und gibt sie für Kunden frei.",
      ADMIN:
        "Die Administration kümmert sich um diese Installation: Personen, Einladungen, Protokoll. Sie liest keine Inhalte, und wer je dazugehört hat, bekommt nie die Dateien anderer, auch später nicht.",
    },
    roleEnds:
      "Mit der alten Rolle endet, was aus ihr kam: Die Person wird überall abgemeldet; was für sie freigegeben ist und wen sie eingeladen hat, wird zurückgenommen. Sie erfährt es per Mail.",
    roleDone: (name, role) => `Die Rolle von ${name} ist jetzt: ${role}.`,
    ownsFiles: (name) => `${name} hat Dateien, vielleicht im Papierkorb. Geben Sie sie zuerst jemand anderem.`,
    lastAdmin: (name) => `${name} ist die letzte aktive Person in der Administration, und eine muss es geben. Machen Sie zuerst jemand anderen dazu.`,
    busy: "Mit diesem Konto geschieht gerade noch etwas. Versuchen Sie es gleich noch einmal.",

    disableWay: "Sperren",
    disableTitle: (name) => `${name} sperren?`,
    disableText:
      "Die Person wird sofort überall abgemeldet und kann sich nicht mehr anmelden. Links gelten nicht mehr; was sie freigegeben hat, ist wie nicht freigegeben, und wen sie eingeladen hat, der kann sich nicht registrieren. Dateien bleiben, wo sie sind, und Sie können es jederzeit zurücknehmen. Die Person erfährt es per Mail.",
    disabledNow: (name) => `${name} ist gesperrt.`,
    enableWay: "Entsperren",
    enableTitle: (name) => `${name} entsperren?`,
    enableText: "Die Person kann sich wieder anmelden, und was sie freigegeben hat, ist wieder freigegeben. Sie erfährt es per Mail.",
    enabled: (name) => `${name} kann sich wieder anmelden.`,

    filesWay: "Dateien weggeben",
    filesTitle: (name) => `Die Dateien von ${name} weggeben`,
    filesText: "Alle Dateien dieser Person, auch die im Papierkorb, gehören von da an jemand anderem. Für wen sie freigegeben sind, bleibt, wie es ist. Beide erfahren es per Mail.",
    heir: "Wer sie bekommt",
    heirHint: "Eine aktive Person, die Dateien hochlädt und nie in der Administration war. Geben Sie einen Teil der Adresse ein.",
    given: (count, isOne, heir) => (isOne ? `1 Datei gehört jetzt ${heir}.` : `${count} Dateien gehören jetzt ${heir}.`),

    deleteWay: "Konto löschen",
    deleteTitle: (name) => `${name} löschen?`,
    deleteText:
      "Das Konto wird endgültig gelöscht: Die Person wird überall abgemeldet, und alles, was für sie freigegeben ist, wird zurückgenommen. Das lässt sich nicht rückgängig machen. Sie erfährt es per Mail.",
    filesWhat: "Was mit den Dateien geschieht",
    give: "Jemand anderes bekommt sie",
    giveText: "Für wen sie freigegeben sind, bleibt, wie es ist.",
    destroy: "Sie werden auch gelöscht",
    destroyText: "Endgültig, mit allen Freigaben, auch aus dem Papierkorb.",
    deleteBoth: "Konto und Dateien löschen",
    deleted: (name) => `Das Konto von ${name} ist gelöscht.`,
  },
};
