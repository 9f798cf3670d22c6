"""Velora: e-bikes; its community writes German. Its colour is too bright for white: it shows what is done then."""

from community.demo.scene import Scene, Scenery
from community.models import Board

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
            closed_vocabulary=True,
            audience=Board.Audience.GROUPS,
        ),
    ),
    people={
        "katrin": ("Katrin S.", ["de", "en"], False),
        "bernd": ("Bernd", ["de"], True),
        "uwe": ("Uwe", ["de"], False),
        "svenja": ("Svenja", ["de"], False),
        "murat": ("Murat A.", ["de"], False),
        "ilse": ("Ilse", ["de"], False),
        "jan_h": ("Jan H.", ["de"], True),
        "petra": ("Petra", ["de"], False),
        "lukas": ("Lukas", ["de"], False),
        "anke": ("Anke", ["de"], False),
        "thorsten": ("Thorsten", ["de"], False),
        "fahrradfee": ("Fahrradfee", ["de"], False),
        "emma": ("Emma W.", ["en"], False),
        "ebike_deals24": ("E-Bike Deals", [], False),
    },
    circle="Testrunde",
    logins={"katrin": "customer", "bernd": "helper"},
    staff={"moderator": "Nele Brandt", "agent": "Tim Okafor", "admin": "Sabine Roth"},
    watched_board="motor",
    watched_tags=("reichweite", "laden"),
)
