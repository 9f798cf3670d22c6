"""What the demo's many customers are called and write to staff about, in the brand's language."""

from typing import NamedTuple


class Matter(NamedTuple):
    """What a customer writes to staff, and what they answer."""

    subject: str
    text: str
    reply: str


FIRST_NAMES = {
    "en": (
        "Anna", "Ben", "Carla", "David", "Elena", "Finn", "Grace", "Hanna", "Ivan", "Julia", "Karl", "Laura", "Marta",
        "Nils", "Olivia", "Paul", "Rosa", "Simon", "Tess", "Victor",
    ),
    "de": (
        "Andrea", "Björn", "Christine", "Dirk", "Eva", "Frank", "Gerda", "Holger", "Ines", "Jörg", "Kerstin", "Lars",
        "Martina", "Norbert", "Oliver", "Paula", "Ralf", "Sabine", "Tobias", "Ute",
    ),
}  # fmt: skip
MATTERS = {
    "en": (
        Matter("My router is offline", "The light is red and nothing loads.", "Please hold the reset button for ten "
               "seconds. If it stays red, we will send you another one."),
        Matter("Wifi is slow upstairs", "Downstairs it is fine, upstairs pages take for ever.", "A second access point "
               "helps there. We have sent you the list of those that fit."),
        Matter("Forgot the password of my router", "I changed it last year and did not write it down.", "Resetting it "
               "brings back the one on the label underneath. Your settings are kept in the app."),
        Matter("Update does not finish", "It says 99 % since yesterday.", "We have started it again from here. It is "
               "through now."),
        Matter("Printer is not found", "The printer is on, the laptop does not see it.", "Both have to be in the same "
               "network: please choose the 2.4 GHz one on the laptop."),
        Matter("Television loses the connection", "Every evening, always in the middle of a film.", "We have moved you "
               "to a free channel. Please tell us if it happens again."),
        Matter("How do I return the old device?", "The new one works, the old one is in its box.", "The label for "
               "sending it back is in your mail."),
        Matter("Guest network is gone", "After the update there is only one network left.", "It was switched off by "
               "the update. You find it under Home network, Guests."),
    ),
    "de": (
        Matter("Mein Rad zeigt E21", "An der Ampel geht der Motor aus.", "Bitte den Akku herausnehmen, eine Minute "
               "warten und wieder einsetzen. Hilft das nicht, tauschen wir den Sensor."),
        Matter("Akku lädt nicht voll", "Bei 80 % ist Schluss.", "Das ist der Schonmodus. Sie schalten ihn unter Akku, "
               "Laden ab."),
        Matter("App findet das Rad nicht", "Bluetooth ist an, das Rad steht daneben.", "Bitte in der App das Rad "
               "entfernen und neu verbinden, dann ist es wieder da."),
        Matter("Bremse quietscht", "Seit dem Regen am Wochenende, nur vorn.", "Einmal kräftig bremsen, dann ist der "
               "Belag wieder trocken. Sonst bitte in die Werkstatt."),
        Matter("Schlüssel verloren", "Einer von zweien ist weg.", "Wir haben Ihnen einen neuen geschickt."),
        Matter("Display bleibt dunkel", "Das Rad fährt, aber ich sehe nichts.", "Der Stecker hinter dem Display sitzt "
               "lose. Bitte einmal fest andrücken."),
        Matter("Reichweite im Winter", "Im Sommer 90 km, jetzt nur noch 60.", "Das ist bei Kälte normal. Lagern Sie "
               "den Akku im Warmen, dann sind es wieder mehr."),
        Matter("Wann kommt mein Ersatzteil?", "Bestellt vor zehn Tagen.", "Es ist heute an Sie abgegangen."),
    ),
}  # fmt: skip
#: What askers say of how it went, one after the other: score, words.
RATINGS = {
    "en": (
        (5, "Quicker than I could have called."),
        (4, ""),
        (5, ""),
        (3, ""),
        (5, "Thank you all!"),
        (4, ""),
        (5, ""),
        (4, ""),
        (2, ""),
        (5, ""),
    ),
    "de": (
        (5, "Schneller, als ich hätte anrufen können."),
        (4, ""),
        (5, ""),
        (3, ""),
        (5, "Danke!"),
        (4, ""),
        (5, ""),
        (4, ""),
        (2, ""),
        (5, ""),
    ),
}
#: The same of tickets, a little less content.
TICKET_RATINGS = {
    "en": (
        *(
            (5, ""),
            (4, ""),
            (3, ""),
            (5, "Friendly, and it works again."),
            (4, ""),
            (2, "Three days for one sentence."),
        ),
        *((4, ""), (5, ""), (4, ""), (1, "I had to tell everything twice."), (5, "Thank you."), (4, ""), (3, "")),
        *((5, ""), (4, "Good, but a call would have been quicker."), (4, ""), (3, ""), (5, "")),
    ),
    "de": (
        *(
            (5, ""),
            (4, ""),
            (3, ""),
            (5, "Freundlich, und es läuft wieder."),
            (4, ""),
            (2, "Drei Tage für einen Satz."),
        ),
        *((4, ""), (5, ""), (4, ""), (1, "Ich musste alles zweimal erzählen."), (5, "Danke."), (4, ""), (3, "")),
        *((5, ""), (4, "Gut, am Telefon wäre es schneller gegangen."), (4, ""), (3, ""), (5, "")),
    ),
}


class Sentence(NamedTuple):
    """What a reader said of a question that peers solved, so many days ago, and agreed to have shown."""

    days_ago: int
    title: str
    instead: str
    text: str


SENTENCES = {
    "en": (
        Sentence(58, "How do I give the printer a fixed address?", "search", "Two minutes. I had put this off for a "
                 "year."),
        Sentence(41, "The app does not find my router on the new phone", "phone", "I had said no to that question too. "
                 "Would never have looked there."),
        Sentence(30, "Guest network cannot reach the internet", "email", "Same name server here. My visitors thank "
                 "you."),
        Sentence(17, "Port forwarding to my NAS stopped working", "phone", "Comparing the two addresses was all it "
                 "took, and my provider did the rest."),
        Sentence(6, "Update to 4.2 stuck at 63 %", "phone", "I had my hand on the plug. Good that I read this first."),
    ),
    "de": (
        Sentence(55, "Akku lädt nur bis 80 %", "phone", "Bei uns war es auch die App. Den Termin in der Werkstatt habe "
                 "ich abgesagt."),
        Sentence(37, "Display bleibt nach dem Update schwarz", "phone", "Wirklich zwei Minuten warten! Beim ersten Mal "
                 "war ich zu ungeduldig."),
        Sentence(24, "App findet das Rad nicht mehr", "email", "Auf die Idee mit dem alten Handy wäre ich nie "
                 "gekommen."),
        Sentence(13, "Wie stelle ich die Uhr am Display?", "search", "Endlich eine Anleitung, die man am Rad lesen "
                 "kann."),
        Sentence(5, "Bremse quietscht nach der Wäsche", "give_up", "Ruhe nach zwölf Bremsungen. Danke!"),
    ),
}  # fmt: skip
SOURCES = {
    "en": {
        "phone": "Controlling, contact centre 2026: wages and line, per call",
        "email": "Controlling, contact centre 2026: wages per e-mail",
        "chat": "Controlling, contact centre 2026: two chats at a time",
        "form": "Controlling, contact centre 2026: as e-mail",
        "platform": "Contract with the provider, yearly sum by days",
        "moderation": "Time sheets of the moderator",
        "answering": "Time sheets of the agents, community only",
        "upkeep": "Editor's invoices",
        "covered": "The export of the telephone system and of the mailbox is read in every night; compared on Mondays.",
        "absent": "We have no such channel.",
        "calls": "Telephone system",
        "baseline": "Monthly report of the contact centre",
        "trial": "Suggestions on the contact form",
    },
    "de": {
        "phone": "Controlling, Kundendienst 2026: Lohn und Leitung je Anruf",
        "email": "Controlling, Kundendienst 2026: Lohn je E-Mail",
        "chat": "Controlling, Kundendienst 2026: zwei Chats zugleich",
        "form": "Controlling, Kundendienst 2026: wie E-Mail",
        "platform": "Vertrag mit dem Anbieter, Jahressumme nach Tagen",
        "moderation": "Stundenzettel der Moderatorin",
        "answering": "Stundenzettel des Kundendienstes, nur Community",
        "upkeep": "Rechnungen der Redaktion",
        "covered": "Der Export der Telefonanlage und des Postfachs wird jede Nacht eingelesen; montags verglichen.",
        "absent": "Diesen Weg gibt es bei uns nicht.",
        "calls": "Telefonanlage",
        "baseline": "Monatsbericht des Kundendienstes",
        "trial": "Vorschläge am Kontaktformular",
    },
}
