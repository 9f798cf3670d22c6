"""How people speak of themselves, of what others wrote, and of what they put under their names.

All lower case. Where a word means something else in another language, in which disclaimers are written, it is not here.
"""

# "I" and its like. Whoever says so writes himself: programs and companies do not.
FIRST_PERSON = (
    "my", "me", "myself", "i'm", "i've", "i'd", "i'll", "ich", "mein", "meine", "meinem", "meinen", "meiner", "meines",
    "mir", "mich", "moi", "mon", "j'ai", "yo", "mi", "mis", "mío", "io", "mio", "mia", "miei", "meu", "minha", "meus",
    "minhas", "ik", "mijn", "mij", "jag", "mig", "mitt", "mina", "jeg", "minä", "minun", "minulla", "minulle",
    "mój", "moja", "moje", "mojej", "mojego", "mnie", "já", "můj", "môj", "mně", "nekem", "engem", "я", "мой", "моя",
    "моё", "мои", "мне", "меня", "моей", "моего", "мій", "мені", "мене", "benim", "bana", "εγώ", "aku", "saya",
    "אני", "שלי", "أنا", "min",
)  # fmt: skip
# "It says ...": who tells of a sentence.
TELLS = (
    "it says", "says the", "says my", "it said", "that says", "saying", "reads:", "steht da", "steht unter",
    "steht unten", "steht im", "steht in der", "heißt es", "dit le", "dit la", "dice el", "dice la", "dice il",
    "staat er", "står det",
)  # fmt: skip
# Who announces it wants to be read: "Call me, the number is below."
ANNOUNCES = (
    "below", "call me", "phone me", "ring me", "reach me", "text me", "write to me", "mail me", "my number",
    "my address", "my new ", "unten", "ruf mich", "rufen sie mich", "rufen sie an", "meine nummer", "meine adresse",
    "erreichbar", "erreichen sie mich", "ci-dessous", "ci-après", "appelez-moi", "appelle-moi", "me joindre",
    "mon numéro", "mon adresse", "abajo", "llámame", "llámeme", "mi número", "mi dirección", "más abajo", "qui sotto",
    "chiamami", "mi chiami", "il mio numero", "abaixo", "ligue-me", "me ligue", "meu número", "hieronder", "onderaan",
    "bel me", "bel mij", "mijn nummer", "poniżej", "zadzwoń", "mój numer", "nedan", "ring mig", "mitt nummer",
    "nedenfor", "ring meg", "mit nummer", "alla oleva", "numeroni", "níže", "zavolejte", "alább", "hívjon", "ниже",
    "позвоните", "мой номер", "нижче", "aşağıda", "beni arayın", "παρακάτω", "下記", "以下", "下面", "아래",
    "أدناه", "להלן", "bên dưới", "di bawah",
)  # fmt: skip
# What disclaimers of people alone ask for: that is not yet somebody who tells of himself.
TELL_ME = (
    "notify me", "inform me", "contact me", "let me know", "advise me", "tell me", "return it to me", "reply to me",
    "informieren sie mich", "benachrichtigen sie mich", "geben sie mir", "mi avvisi", "mi informi", "informarmi",
    "me lo comunique", "me informe", "me avise", "laat het mij", "informeer mij", "meddela mig", "kontakta mig",
    "kontakt mig", "give mig besked", "kontakt meg", "сообщите мне", "уведомите меня",
)  # fmt: skip
