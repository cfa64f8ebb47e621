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
      CLIENT: (name) => `${name} erhält Dokumente und legt keine ab.`,
      OPS: (name) => `${name} legt Dokumente ab und gibt sie für Kunden frei.`,
      ADMIN: (name) =>
        `${name} verwaltet diese Installation: Personen, Einladungen, Protokoll. Wer verwaltet, liest keine Inhalte, und wer es je getan hat, bekommt nie die Dateien anderer, auch später nicht.`,
    },
    roleEnds: (name) =>
      `Mit der alten Rolle endet, was aus ihr kam: ${name} wird überall abgemeldet; was für ${name} freigegeben ist und wen ${name} eingeladen hat, wird zurückgenommen. ${name} erfährt es per Mail.`,
    roleDone: (name, role) => `Die Rolle von ${name} ist jetzt: ${role}.`,
    ownsFiles: (name) => `${name} hat Dateien, vielleicht im Papierkorb. Geben Sie sie zuerst jemand anderem.`,
    lastAdmin: (name) => `${name} ist die letzte aktive Person in der Administration, und eine muss es geben. Machen Sie zuerst jemand anderen dazu.`,
    busy: "Mit diesem Konto geschieht gerade noch etwas. Versuchen Sie es gleich noch einmal.",

    disableWay: "Sperren",
    disableTitle: (name) => `${name} sperren?`,
    disableText: (name) =>
      `${name} wird sofort überall abgemeldet und kann sich nicht mehr anmelden. Links gelten nicht mehr; was ${name} freigegeben hat, ist wie nicht freigegeben, und wen ${name} eingeladen hat, der kann sich nicht registrieren. Dateien bleiben, wo sie sind, und Sie können es jederzeit zurücknehmen. ${name} erfährt es per Mail.`,
    disabledNow: (name) => `${name} ist gesperrt.`,
    enableWay: "Entsperren",
    enableTitle: (name) => `${name} entsperren?`,
    enableText: (name) => `${name} kann sich wieder anmelden, und was ${name} freigegeben hat, ist wieder freigegeben. ${name} erfährt es per Mail.`,
    enabled: (name) => `${name} kann sich wieder anmelden.`,

    filesWay: "Dateien weggeben",
    filesTitle: (name) => `Die Dateien von ${name} weggeben`,
    filesText: (name) =>
      `Alle Dateien von ${name}, auch die im Papierkorb, gehören von da an jemand anderem. Für wen sie freigegeben sind, bleibt, wie es ist. Beide erfahren es per Mail.`,
    heir: "Wer sie bekommt",
    heirHint: "Eine aktive Person, die Dateien hochlädt und nie in der Administration war. Geben Sie einen Teil der Adresse ein.",
    given: (count, isOne, heir) => (isOne ? `1 Datei gehört jetzt ${heir}.` : `${count} Dateien gehören jetzt ${heir}.`),

    deleteWay: "Konto löschen",
    deleteTitle: (name) => `${name} löschen?`,
    deleteText: (name) =>
      `Das Konto wird endgültig gelöscht: ${name} wird überall abgemeldet, und alles, was für ${name} freigegeben ist, wird zurückgenommen. Das lässt sich nicht rückgängig machen. ${name} erfährt es per Mail.`,
    filesWhat: "Was mit den Dateien geschieht",
    give: "Jemand anderes bekommt sie",
    giveText: "Für wen sie freigegeben sind, bleibt, wie es ist.",
    destroy: "Sie werden auch gelöscht",
    destroyText: "Endgültig, mit allen Freigaben, auch aus dem Papierkorb.",
    deleteBoth: "Konto und Dateien löschen",
    deleted: (name) => `Das Konto von ${name} ist gelöscht.`,
  },
};
