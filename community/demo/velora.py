"""Velora: e-bikes; its community writes German. Its colour is too bright for white: it shows what is done then."""

from datetime import timedelta

from community.demo.scene import Known, Scene, Scenery

VELORA = Scene(
    name="velora",
    brand={
        "name": "Velora",
        "tagline": "Wer fährt, weiß Rat.",
        "welcome": "Was macht Ihr Rad gerade? Die meisten Antworten kommen von Leuten, die dasselbe fahren.",
        "accent": "#b5e300",
        "mail_footer": "Velora GmbH, Speicherstraße 12, 04109 Leipzig\nAmtsgericht Leipzig, HRB 00000",
    },
    links=(
        ("Räder", "https://velora.example/raeder/"),
        ("Ersatzteile", "https://velora.example/ersatzteile/"),
        ("Werkstatt finden", "https://velora.example/werkstatt/"),
        ("Datenschutz", "https://velora.example/datenschutz/"),
        ("Impressum", "https://velora.example/impressum/"),
    ),
    language="de",
    boards=(
        Scenery(
            "motor",
            "Motor & Antrieb",
            "M2 und M3: Unterstützung, Geräusche, Meldungen.",
            ("M2 2.8", "M3 3.0", "M3 3.1"),
            ("aussetzer", "geräusche", "reichweite", "fehlermeldung", "tempo"),
        ),
        Scenery(
            "akku",
            "Akku & Laden",
            "Laden, lagern, Reichweite, Schloss.",
            ("Akku 500", "Akku 625"),
            ("laden", "winter", "lagern", "schloss"),
        ),
        Scenery(
            "app",
            "Display & App",
            "Anzeige, Verbindung, Updates, Wünsche.",
            ("Display D2 1.4", "App 5.2", "App 5.3"),
            ("display", "bluetooth", "update", "wünsche"),
        ),
        Scenery(
            "werkstatt",
            "Werkstatt",
            "S1, T2 und L1: Bremsen, Kette, Zubehör und was man selbst kann.",
            ("S1", "T2", "L1"),
            ("bremse", "kette", "wartung", "zubehör"),
        ),
        Scenery(
            "test",
            "Testrunde",
            "Für alle, die die nächste Version mit uns fahren.",
            ("App 6.0b1", "App 6.0b2"),
            ("navigation",),
            closed=True,
        ),
    ),
    people={
        "katrin": "Katrin S.",
        "bernd": "Bernd",
        "uwe": "Uwe",
        "svenja": "Svenja",
        "murat": "Murat A.",
        "ilse": "Ilse",
        "jan_h": "Jan H.",
        "petra": "Petra",
        "lukas": "Lukas",
        "anke": "Anke",
        "thorsten": "Thorsten",
        "fahrradfee": "Fahrradfee",
        "emma": "Emma W.",
        "ebike_deals24": "E-Bike Deals",
        "akku_hilfe24": "Akku-Hilfe",
    },
    in_circle=("bernd", "jan_h"),
    languages={
        "katrin": ["de", "en"],
        "emma": ["en"],
        "ebike_deals24": [],
        "akku_hilfe24": [],
    },
    logins={"katrin": "customer", "bernd": "helper"},
    staff={"moderator": "Nele Brandt", "agent": "Tim Okafor", "admin": "Sabine Roth"},
    watched_board="motor",
    watched_tags=("reichweite", "laden"),
    customers_tags=("laden", "licht", "zubehör"),
    list_board="motor",
    mail_list=("motor", "Motor"),
    list_readers=("bernd", "thorsten"),
    known=(
        Known(
            "M3 3.1: Nach dem Halten keine Unterstützung (E21)",
            "Der Sensor meldet im Stand noch Last, und der Motor schaltet zur Sicherheit ab. Bis es behoben ist, hilft "
            "es, vor dem Anfahren kurz rückwärts zu treten.",
            "motor",
            ("Motor geht an der Ampel aus und nicht wieder an",),
            timedelta(days=15),
            joined=("bernd", "anke"),
            news="Die Version 3.1.1 behebt es. Sie kommt am Montag.",
            news_ago=timedelta(days=1, hours=3),
        ),
    ),
)
