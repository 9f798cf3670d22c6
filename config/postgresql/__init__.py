"""Django's PostgreSQL backend with Peerdesk's own floor: version 15."""
