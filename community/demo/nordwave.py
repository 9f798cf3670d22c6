"""Nordwave: routers, satellites and speakers; its customers write in English, some of them in German and Spanish."""

from datetime import timedelta

from community.demo.scene import Known, Scene, Scenery

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
            closed=True,
        ),
    ),
    people={
        "jonas": "Jonas Lindqvist",
        "mira": "Mira K.",
        "ben.t": "Ben Taylor",
        "olga": "Olga",
        "tomasz": "Tomasz",
        "lin": "Lin Chen",
        "carla_h": "Carla H.",
        "priya": "Priya",
        "samir": "Samir B.",
        "erik": "Erik",
        "noor": "Noor",
        "agneta": "Agneta",
        "heike": "Heike",
        "ulli": "Ulli",
        "ines": "Inés",
        "marcos": "Marcos",
        "dealz4u": "Best Dealz",
        "quickfix": "Quick Repairs",
        "rescue_desk": "Router Rescue",
    },
    in_circle=("jonas", "priya"),
    languages={
        "jonas": ["en", "de"],
        "carla_h": ["en", "es"],
        "agneta": ["en", "de"],
        "heike": ["de"],
        "ulli": ["de"],
        "ines": ["es"],
        "marcos": ["es"],
        "dealz4u": [],
        "rescue_desk": [],
    },
    logins={"mira": "customer", "lin": "helper"},
    watched_board="routers",
    watched_tags=("wifi", "speed"),
    customers_tags=("cable", "noise", "standby"),
    list_board="sound",
    mail_list=("speakers", "Speakers"),
    list_readers=("lin", "erik"),
    known=(
        Known(
            "W3 with 4.2: the line drops for three minutes every six hours",
            "Since 4.2 the router refuses an answer that some providers give when the line is renewed, and starts "
            "anew: that takes three minutes. Nothing is lost, and nothing is wrong with your line.\n\nUntil it is "
            "put right: **Line > Expert > Renew once a day** makes it one break at four in the morning.",
            "routers",
            ("Line drops for exactly 3 minutes, every 6 hours",),
            timedelta(days=12),
            joined=("tomasz", "noor", "lin"),
            news="We have put it right. The new version, 4.2.2, is with our testers until the end of next week.",
            news_ago=timedelta(days=1, hours=4),
        ),
        Known(
            "W3: red light after 4.2.1, and the button does not help",
            "4.2.1 does not start the radio where it was switched off by the button before. We are looking into it; "
            "the cable works meanwhile.",
            "routers",
            ("Red light again after 4.2.1",),
            timedelta(hours=5),
            joined=("mira",),
        ),
    ),
)
