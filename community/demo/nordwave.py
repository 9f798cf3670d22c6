"""Nordwave: routers, satellites and speakers; its customers write in English, some of them in German and Spanish."""

from community.demo.scene import Scene, Scenery
from community.models import Board

NORDWAVE = Scene(
    name="nordwave",
    brand={
        "name": "Nordwave",
        "tagline": "Customers help each other, and we read along.",
        "welcome": "Ask about your router, satellites or speakers. Most questions get an answer within hours.",
        "accent": "#0f6b6b",
        "mail_footer": "Nordwave AB, Hamngatan 4, 981 31 Kiruna, Sweden",
    },
    links=(
        ("Shop", "https://nordwave.example/shop/"),
        ("Manuals", "https://nordwave.example/manuals/"),
        ("Write to us", "mailto:care@nordwave.example"),
        ("Imprint", "https://nordwave.example/imprint/"),
    ),
    language="en",
    boards=(
        Scenery(
            "routers",
            "Wave routers",
            "W2 and W3: the line, the wifi, settings and updates.",
            ("W2 3.9", "W3 4.1", "W3 4.2", "W3 4.2.1"),
            ("wifi", "firmware", "red light", "speed", "security", "drops"),
        ),
        Scenery(
            "mesh",
            "Mesh satellites",
            "M1: where to put them, how they talk to each other.",
            ("M1 2.3", "M1 2.4", "M1 2.5"),
            ("satellite", "range", "cable", "roaming"),
        ),
        Scenery(
            "sound",
            "Speakers",
            "Solo, Duo and Bar: sound, rooms and alarms.",
            ("Solo 2.0", "Solo 2.1", "Duo 1.6", "Duo 1.7", "Bar 1.2"),
            ("stereo", "bass", "bluetooth", "alarm", "standby"),
        ),
        Scenery(
            "app",
            "Nordwave app",
            "Setting up, accounts, wishes for the app.",
            ("App 7.1", "App 7.2"),
            ("setup", "account", "wishes", "privacy", "notifications"),
        ),
        Scenery(
            "beta",
            "Beta circle",
            "For those who try the next version with us.",
            ("App 8.0b2", "App 8.0b3"),
            ("tablet", "automations"),
            closed_vocabulary=True,
            audience=Board.Audience.GROUPS,
        ),
    ),
    people={
        "jonas": ("Jonas Lindqvist", ["en", "de"], True),
        "mira": ("Mira K.", ["en"], False),
        "ben.t": ("Ben Taylor", ["en"], False),
        "olga": ("Olga", ["en"], False),
        "tomasz": ("Tomasz", ["en"], False),
        "lin": ("Lin Chen", ["en"], False),
        "carla_h": ("Carla H.", ["en", "es"], False),
        "priya": ("Priya", ["en"], True),
        "samir": ("Samir B.", ["en"], False),
        "erik": ("Erik", ["en"], False),
        "noor": ("Noor", ["en"], False),
        "agneta": ("Agneta", ["en", "de"], False),
        "heike": ("Heike", ["de"], False),
        "ulli": ("Ulli", ["de"], False),
        "ines": ("Inés", ["es"], False),
        "marcos": ("Marcos", ["es"], False),
        "dealz4u": ("Best Dealz", [], False),
    },
    circle="Beta circle",
    logins={"mira": "customer", "lin": "helper"},
    watched_board="routers",
    watched_tags=("wifi", "speed"),
)
